#include "scans/volume.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

#include "flexunet/base/deflate.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/png_codec.h"
#include "scans/scan_files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& path, const std::string& what) {
  throw DataError(fmt::format("{}: {}", path.string(), what));
}

// The bytes of all voxels. Refuses a claim that the file cannot hold, before memory is asked for.
std::uint64_t checked_bytes(const fs::path& path, const VolumeHeader& header) {
  std::error_code unreadable;
  const std::uint64_t file_size = fs::file_size(header.data_file, unreadable);
  if (unreadable) {
    refuse(path,
           fmt::format("its data file {}: {}", header.data_file.string(), unreadable.message()));
  }
  const std::uint64_t most = header.is_compressed ? file_size * kBestDeflateRatio : file_size;
  std::uint64_t bytes = value_size(header.type);
  std::uint64_t widest = 1;  // the product of the two longest sides
  std::array<std::int64_t, 3> sides = header.extent;
  std::sort(sides.begin(), sides.end());
  for (const std::int64_t side : sides) {
    if (side < 1) refuse(path, fmt::format("damaged: a side of {} voxels", side));
    if (static_cast<std::uint64_t>(side) > most) refuse(path, "truncated: fewer bytes than voxels");
  }
  widest = static_cast<std::uint64_t>(sides[1]) * static_cast<std::uint64_t>(sides[2]);
  const bool is_too_wide = static_cast<std::uint64_t>(sides[2]) > kMaxPicturePixels ||
                           static_cast<std::uint64_t>(sides[1]) > kMaxPicturePixels ||
                           widest > kMaxPicturePixels;
  if (is_too_wide) {
    refuse(path, fmt::format("slices of {}x{} pixels, at most {} are read", sides[2], sides[1],
                             kMaxPicturePixels));
  }
  bytes *= widest;  // below 2^32
  if (bytes > most / static_cast<std::uint64_t>(sides[0]) ||
      header.offset > most - bytes * static_cast<std::uint64_t>(sides[0])) {
    refuse(path, fmt::format("truncated: its {}x{}x{} voxels take more than the {} bytes it has",
                             header.extent[0], header.extent[1], header.extent[2], file_size));
  }
  return bytes * static_cast<std::uint64_t>(sides[0]);
}

std::ifstream open_data(const fs::path& path, const fs::path& data_file) {
  try {
    return open_file(data_file);
  } catch (const DataError& error) {
    if (data_file == path) throw;
    refuse(path, fmt::format("its data file {}", error.what()));
  }
}

// Expands zlib or gzip data piece by piece.
class Inflater {
 public:
  Inflater(const fs::path& path, std::ifstream& file) : path_(path), file_(file) {
    constexpr int kZlibOrGzip = 15 + 32;
    if (inflateInit2(&stream_, kZlibOrGzip) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // The next `size` bytes.
  void read(std::uint8_t* target, std::uint64_t size) {
    while (size > 0) {
      const auto piece = static_cast<uInt>(std::min<std::uint64_t>(size, 1U << 30U));
      stream_.next_out = target;
      stream_.avail_out = piece;
      while (stream_.avail_out > 0) step();
      target += piece;
      size -= piece;
    }
  }
  void skip(std::uint64_t size) {
    std::vector<std::uint8_t> unused(1U << 16U);
    while (size > 0) {
      const std::uint64_t piece = std::min<std::uint64_t>(size, unused.size());
      read(unused.data(), piece);
      size -= piece;
    }
  }

 private:
  void step() {
    if (stream_.avail_in == 0) {
      file_.read(reinterpret_cast<char*>(input_.data()),
                 static_cast<std::streamsize>(input_.size()));
      stream_.next_in = input_.data();
      stream_.avail_in = static_cast<uInt>(file_.gcount());
      if (stream_.avail_in == 0) refuse(path_, "truncated: its compressed data end too soon");
    }
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      inflateReset(&stream_);  // gzip files may be joined
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      refuse(path_, "damaged: its compressed data cannot be expanded");
    }
  }

  const fs::path& path_;
  std::ifstream& file_;
  std::vector<std::uint8_t> input_ = std::vector<std::uint8_t>(1U << 16U);
  z_stream stream_{};
};

template <typename Stored>
double stored_value(const std::uint8_t* bytes, bool is_big_endian) {
  std::array<std::uint8_t, sizeof(Stored)> copy;
  std::memcpy(copy.data(), bytes, copy.size());
  if (is_big_endian) std::reverse(copy.begin(), copy.end());
  Stored value;
  std::memcpy(&value, copy.data(), copy.size());
  return static_cast<double>(value);
}

double stored_value(ValueType type, const std::uint8_t* bytes, bool is_big_endian) {
  switch (type) {
    case ValueType::kU8:
      return stored_value<std::uint8_t>(bytes, is_big_endian);
    case ValueType::kS8:
      return stored_value<std::int8_t>(bytes, is_big_endian);
    case ValueType::kU16:
      return stored_value<std::uint16_t>(bytes, is_big_endian);
    case ValueType::kS16:
      return stored_value<std::int16_t>(bytes, is_big_endian);
    case ValueType::kU32:
      return stored_value<std::uint32_t>(bytes, is_big_endian);
    case ValueType::kS32:
      return stored_value<std::int32_t>(bytes, is_big_endian);
    case ValueType::kU64:
      return stored_value<std::uint64_t>(bytes, is_big_endian);
    case ValueType::kS64:
      return stored_value<std::int64_t>(bytes, is_big_endian);
    case ValueType::kF32:
      return stored_value<float>(bytes, is_big_endian);
    case ValueType::kF64:
      return stored_value<double>(bytes, is_big_endian);
  }
  return 0.0;
}

// The axes that a plane shows to the right, downwards, and counts its slices along.
struct Axes {
  std::size_t right, down, across;
};

Axes axes_of(SlicePlane plane) {
  switch (plane) {
    case SlicePlane::kAxial:
      return {0, 1, 2};
    case SlicePlane::kCoronal:
      return {0, 2, 1};
    case SlicePlane::kSagittal:
      break;
  }
  return {1, 2, 0};
}

}  // namespace

std::size_t value_size(ValueType type) {
  switch (type) {
    case ValueType::kU8:
    case ValueType::kS8:
      return 1;
    case ValueType::kU16:
    case ValueType::kS16:
      return 2;
    case ValueType::kU32:
    case ValueType::kS32:
    case ValueType::kF32:
      return 4;
    case ValueType::kU64:
    case ValueType::kS64:
    case ValueType::kF64:
      break;
  }
  return 8;
}

Volume::Volume(const fs::path& path, VolumeHeader header) : header_(std::move(header)) {
  const std::uint64_t size = checked_bytes(path, header_);
  if (!std::isfinite(header_.slope) || !std::isfinite(header_.intercept)) {
    refuse(path,
           fmt::format("damaged: its scaling is {} and {}", header_.slope, header_.intercept));
  }
  // Left as it comes, so that memory is taken only as far as the file fills it.
  bytes_.reset(new (std::nothrow) std::uint8_t[size]);
  if (!bytes_) refuse(path, fmt::format("its {} bytes of voxels do not fit the memory", size));
  std::ifstream file = open_data(path, header_.data_file);
  if (header_.is_compressed) {
    file.seekg(static_cast<std::streamoff>(header_.compressed_from));
    Inflater inflater(path, file);
    inflater.skip(header_.offset);
    inflater.read(bytes_.get(), size);
    return;
  }
  file.seekg(static_cast<std::streamoff>(header_.offset));
  file.read(reinterpret_cast<char*>(bytes_.get()), static_cast<std::streamsize>(size));
  if (static_cast<std::uint64_t>(file.gcount()) != size) refuse(path, "truncated");
}

int Volume::count(SlicePlane plane, const AxisTurn& turn) const {
  return static_cast<int>(header_.extent.at(turn.axis.at(axes_of(plane).across)));
}

cv::Size Volume::size(SlicePlane plane, const AxisTurn& turn) const {
  const Axes axes = axes_of(plane);
  return {static_cast<int>(header_.extent.at(turn.axis.at(axes.right))),
          static_cast<int>(header_.extent.at(turn.axis.at(axes.down)))};
}

double Volume::label_tolerance() const {
  constexpr double kMost = 0.25, kRounding = 1.001;  // of a slope in 32 bits
  const bool is_whole = header_.type != ValueType::kF32 && header_.type != ValueType::kF64;
  return is_whole ? std::min(std::abs(header_.slope) / 2 * kRounding, kMost) : 0.0;
}

double Volume::value_at(std::size_t voxel) const {
  const std::uint8_t* bytes = bytes_.get() + voxel * value_size(header_.type);
  return header_.slope * stored_value(header_.type, bytes, header_.is_big_endian) +
         header_.intercept;
}

cv::Mat Volume::slice(SlicePlane plane, int index, const AxisTurn& turn) const {
  const Axes axes = axes_of(plane);
  const std::array<std::int64_t, 3> own_steps{1, header_.extent[0],
                                              header_.extent[0] * header_.extent[1]};
  std::int64_t first = 0;
  std::array<std::int64_t, 3> steps{};
  for (std::size_t a = 0; a < steps.size(); ++a) {
    const std::size_t own = turn.axis.at(a);
    steps.at(a) = turn.is_reversed.at(a) ? -own_steps.at(own) : own_steps.at(own);
    if (turn.is_reversed.at(a)) first += (header_.extent.at(own) - 1) * own_steps.at(own);
  }
  cv::Mat values(size(plane, turn), CV_64FC1);
  for (int y = 0; y < values.rows; ++y) {
    auto* row = values.ptr<double>(y);
    std::int64_t voxel = first + index * steps.at(axes.across) + y * steps.at(axes.down);
    for (int x = 0; x < values.cols; ++x) {
      row[x] = value_at(static_cast<std::size_t>(voxel));
      voxel += steps.at(axes.right);
    }
  }
  return values;
}

std::shared_ptr<const Volume> open_volume(const fs::path& path) {
  struct Last {
    fs::path path;
    fs::file_time_type time;
    std::shared_ptr<const Volume> volume;
  };
  static std::mutex mutex;
  static std::array<Last, 2> kept;  // the one used last comes first
  const std::lock_guard<std::mutex> lock(mutex);
  std::error_code unknown;
  const auto time = fs::last_write_time(path, unknown);
  const auto is_wanted = [&](const Last& last) {
    return last.volume && last.path == path && last.time == time;
  };
  if (is_wanted(kept[1])) std::swap(kept[0], kept[1]);
  if (is_wanted(kept[0])) return kept[0].volume;
  kept[1] = {};  // three volumes at once may be too much
  std::swap(kept[0], kept[1]);
  const bool is_nifti = scan_kind(path) == ScanKind::kNifti;
  auto header = is_nifti ? read_nifti_header(path) : read_meta_image_header(path);
  kept[0] = {path, time, std::make_shared<const Volume>(path, std::move(header))};
  return kept[0].volume;
}

}  // namespace flexunet
