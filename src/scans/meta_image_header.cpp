#include <fmt/format.h>

#include <charconv>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "scans/volume.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The lines "Key = Value" up to ElementDataFile, behind which the voxels of an .mha begin.
class Fields {
 public:
  explicit Fields(const fs::path& path) : where_(path.string()) {
    constexpr std::size_t kLongestHeader = 1U << 16U;
    std::ifstream file = open_file(path);
    std::string bytes(kLongestHeader, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    std::size_t start = 0;
    while (values_.count("ElementDataFile") == 0) {
      const std::size_t end = bytes.find('\n', start);
      const std::string_view line = std::string_view(bytes).substr(
          start, end == std::string::npos ? std::string::npos : end - start);
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos) {
        damaged("not MetaImage: no line \"ElementDataFile = ...\" ends its header");
      }
      values_.emplace(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
      start = end == std::string::npos ? bytes.size() : end + 1;
    }
    size_ = start;
  }

  [[noreturn]] void damaged(const std::string& what) const {
    throw DataError(fmt::format("{}: {}", where_, what));
  }
  std::string text(const std::string& key, const std::string& fallback) const {
    const auto found = values_.find(key);
    return found == values_.end() ? fallback : found->second;
  }
  bool is_true(const std::string& key) const {
    const std::string value = to_lower(text(key, "false"));
    return value == "true" || value == "t" || value == "1";
  }
  std::int64_t whole(const std::string& key, std::optional<std::int64_t> fallback) const {
    const auto found = values_.find(key);
    if (found == values_.end() && fallback) return *fallback;
    std::string_view rest = found == values_.end() ? std::string_view() : found->second;
    return next_whole(key, rest);
  }
  double real(const std::string& key, double fallback) const {
    const auto found = values_.find(key);
    if (found == values_.end()) return fallback;
    double value = 0;
    const char* end = found->second.data() + found->second.size();
    const auto [stopped, error] = std::from_chars(found->second.data(), end, value);
    if (error != std::errc() || stopped != end) damaged(key + " is no number");
    return value;
  }
  // Takes a whole number from the front of `rest`.
  std::int64_t next_whole(const std::string& key, std::string_view& rest) const {
    rest = trimmed(rest);
    std::int64_t value = 0;
    const auto [stopped, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc()) damaged(key + " is missing or no whole number");
    rest.remove_prefix(static_cast<std::size_t>(stopped - rest.data()));
    return value;
  }
  // The numbers of the first of the keys that is there; none where no key is.
  std::vector<double> reals(std::initializer_list<const char*> keys, std::size_t count) const {
    for (const char* key : keys) {
      const auto found = values_.find(key);
      if (found == values_.end()) continue;
      std::vector<double> numbers;
      std::string_view rest = trimmed(found->second);
      while (!rest.empty()) {
        double number = 0;
        const auto [stopped, error] =
            std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error != std::errc()) break;
        numbers.push_back(number);
        rest = trimmed(rest.substr(static_cast<std::size_t>(stopped - rest.data())));
      }
      if (numbers.size() != count || !rest.empty()) {
        damaged(fmt::format("{} = {}: must be {} numbers", key, found->second, count));
      }
      return numbers;
    }
    return {};
  }
  std::uint64_t size() const { return size_; }

 private:
  std::string where_;
  std::map<std::string, std::string> values_;
  std::uint64_t size_ = 0;
};

ValueType value_type(const Fields& fields) {
  static const std::map<std::string, ValueType> types{
      {"MET_UCHAR", ValueType::kU8},       {"MET_CHAR", ValueType::kS8},
      {"MET_USHORT", ValueType::kU16},     {"MET_SHORT", ValueType::kS16},
      {"MET_UINT", ValueType::kU32},       {"MET_INT", ValueType::kS32},
      {"MET_ULONG", ValueType::kU32},      {"MET_LONG", ValueType::kS32},
      {"MET_ULONG_LONG", ValueType::kU64}, {"MET_LONG_LONG", ValueType::kS64},
      {"MET_FLOAT", ValueType::kF32},      {"MET_DOUBLE", ValueType::kF64}};
  const std::string name = fields.text("ElementType", "");
  const auto found = types.find(name);
  if (found == types.end()) fields.damaged("ElementType \"" + name + "\" is not read");
  return found->second;
}

void read_extent(const Fields& fields, VolumeHeader& header) {
  const std::int64_t dimensions = fields.whole("NDims", std::nullopt);
  if (dimensions < 2 || dimensions > 3) {
    fields.damaged(fmt::format("{} dimensions: 2 and 3 are read", dimensions));
  }
  const std::string sizes = fields.text("DimSize", "");
  std::string_view rest = sizes;
  for (std::int64_t i = 0; i < dimensions; ++i) {
    header.extent.at(static_cast<std::size_t>(i)) = fields.next_whole("DimSize", rest);
  }
}

// LPS, as MetaImage has it, in RAS. The matrix lists the directions of the axes one after the
// other.
std::optional<VolumeGeometry> read_geometry(const Fields& fields, const VolumeHeader& header) {
  constexpr std::size_t kAxes = 3;
  const auto matrix = fields.reals({"TransformMatrix", "Rotation", "Orientation"}, kAxes * kAxes);
  const auto origin = fields.reals({"Offset", "Position", "Origin"}, kAxes);
  if (matrix.empty() && origin.empty()) return std::nullopt;
  const auto spacing = fields.reals({"ElementSpacing", "ElementSize"}, kAxes);
  VolumeGeometry geometry;
  geometry.extent = header.extent;
  for (std::size_t row = 0; row < kAxes; ++row) {
    const double sign = row < 2 ? -1.0 : 1.0;
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      const double direction =
          matrix.empty() ? (row == axis ? 1.0 : 0.0) : matrix[kAxes * axis + row];
      const double step = spacing.empty() ? 1.0 : spacing[axis];
      geometry.steps(static_cast<int>(row), static_cast<int>(axis)) = sign * direction * step;
    }
    geometry.origin[static_cast<int>(row)] = origin.empty() ? 0.0 : sign * origin[row];
  }
  return geometry;
}

// Whether the voxels are compressed: some writers say so of plain ones, and the other way round.
bool holds_compressed(const VolumeHeader& header, std::uint64_t start) {
  std::error_code unreadable;
  const std::uint64_t size = fs::file_size(header.data_file, unreadable);
  if (unreadable || size < start + 2) return header.is_compressed;
  std::ifstream file = open_file(header.data_file);
  file.seekg(static_cast<std::streamoff>(start));
  const int first = file.get();
  constexpr int kZlib = 0x78, kGzip = 0x1F;
  const bool begins_compressed = first == kZlib || first == kGzip;
  std::uint64_t needed = value_size(header.type);
  for (const std::int64_t side : header.extent) needed *= static_cast<std::uint64_t>(side);
  const bool has_all_voxels = size - start >= needed;
  return header.is_compressed ? begins_compressed || !has_all_voxels
                              : begins_compressed && !has_all_voxels;
}

void locate_data(const fs::path& path, const Fields& fields, VolumeHeader& header) {
  const std::string file = fields.text("ElementDataFile", "");
  const bool is_local = file == "LOCAL" || file == "Local" || file == "local";
  const bool is_name = !file.empty() && file.find('\0') == std::string::npos;
  if (file == "LIST" || file.find('%') != std::string::npos || !is_name) {
    fields.damaged("ElementDataFile = " + file +
                   " is not read: LOCAL and the name of one file are");
  }
  header.data_file = is_local ? path : path.parent_path() / file;
  std::uint64_t start = is_local ? fields.size() : 0;
  const std::int64_t skipped = fields.whole("HeaderSize", 0);
  if (skipped > 0) start += static_cast<std::uint64_t>(skipped);
  header.is_compressed = fields.is_true("CompressedData");
  if (skipped < 0) {
    if (is_local || header.is_compressed) {
      fields.damaged("HeaderSize = -1 is read of an uncompressed data file only");
    }
    std::error_code unreadable;
    const std::uint64_t size = fs::file_size(header.data_file, unreadable);
    std::uint64_t needed = value_size(header.type);
    for (const std::int64_t side : header.extent) needed *= static_cast<std::uint64_t>(side);
    if (!unreadable && needed <= size) start = size - needed;  // else found truncated later
  }
  header.is_compressed = holds_compressed(header, start);
  (header.is_compressed ? header.compressed_from : header.offset) = start;
}

}  // namespace

VolumeHeader read_meta_image_header(const fs::path& path) {
  const Fields fields(path);
  if (fields.text("ObjectType", "Image") != "Image") {
    fields.damaged("ObjectType \"" + fields.text("ObjectType", "") + "\" is not read: Image is");
  }
  if (!fields.is_true("BinaryData")) fields.damaged("BinaryData = False (text) is not read");
  if (const std::int64_t channels = fields.whole("ElementNumberOfChannels", 1); channels != 1) {
    fields.damaged(fmt::format("{} values a voxel, one is read", channels));
  }
  VolumeHeader header;
  header.type = value_type(fields);
  read_extent(fields, header);
  header.is_big_endian =
      fields.is_true("BinaryDataByteOrderMSB") || fields.is_true("ElementByteOrderMSB");
  header.slope = fields.real("ElementToIntensityFunctionSlope", 1.0);
  header.intercept = fields.real("ElementToIntensityFunctionOffset", 0.0);
  if (fields.whole("NDims", std::nullopt) == 3) header.geometry = read_geometry(fields, header);
  locate_data(path, fields, header);
  return header;
}

}  // namespace flexunet
