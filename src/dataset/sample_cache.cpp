#include "dataset/sample_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <opencv2/core.hpp>
#include <utility>

#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"

namespace flexunet {
namespace {

constexpr std::string_view kMagic = "FlexUNet";
constexpr std::string_view kEnd = "end\n";
constexpr std::uint64_t kLayoutVersion = 1;
constexpr std::uint64_t kHeaderBytes = 16;
constexpr std::uint64_t kTrailerBytes = 16;
// A quarter of a million samples with long paths; what claims more is no cache file of ours.
constexpr std::uint64_t kMostIndexBytes = std::uint64_t{1} << 28U;

std::string little_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i) & 0xFF);
  return text;
}

std::uint64_t number_from(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    number = number << 8U | static_cast<unsigned char>(bytes[i - 1]);
  }
  return number;
}

std::string_view bytes_of(const cv::Mat& picture) {
  return {reinterpret_cast<const char*>(picture.data), picture.total() * picture.elemSize()};
}

bool is_same_file(const std::optional<FileStamp>& a, const std::optional<FileStamp>& b) {
  return a && b && *a == *b;
}

}  // namespace

std::uint64_t CacheLayout::mask_bytes() const {
  return static_cast<std::uint64_t>(size.width) * static_cast<std::uint64_t>(size.height);
}

std::uint64_t CacheLayout::image_bytes() const {
  return mask_bytes() * static_cast<std::uint64_t>(channels);
}

bool CachedSample::has_files_of(const CachedSample& now) const {
  return pair.image == now.pair.image && pair.mask == now.pair.mask &&
         is_same_file(image_stamp, now.image_stamp) && is_same_file(mask_stamp, now.mask_stamp);
}

CacheWriter::CacheWriter(const CacheLayout& layout, const Append& append)
    : layout_(layout), append_(append) {
  append_(kMagic);
  append_(little_endian(kLayoutVersion, 8));
}

void CacheWriter::add(const Sample& sample, CachedSample entry) {
  for (const cv::Mat& picture : {sample.image, sample.class_mask}) {
    append_(bytes_of(picture.isContinuous() ? picture : picture.clone()));
  }
  entries_.push_back(std::move(entry));
}

void CacheWriter::finish() {
  const std::string index = cache_index(layout_, entries_);
  append_(index);
  append_(little_endian(index.size(), 8));
  append_(little_endian(crc32_of(index), 4));
  append_(kEnd);
}

CacheFile::CacheFile(std::filesystem::path path, CacheLayout layout)
    : path_(std::move(path)),
      layout_(std::move(layout)),
      file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!file_) fail(std::strerror(errno));
  try {
    read_index();
    in_use_ = true;
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    fail("its index is not what was written");
  }
}

void CacheFile::read_index() {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail(std::strerror(errno));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size < kHeaderBytes + kTrailerBytes) fail("too short");
  std::array<char, kHeaderBytes> header{};
  read_at(0, header.data(), header.size());
  const std::string_view start(header.data(), header.size());
  if (start.substr(0, kMagic.size()) != kMagic) fail("not a cache of samples");
  if (number_from(start.substr(kMagic.size())) != kLayoutVersion) fail("of another version");
  std::array<char, kTrailerBytes> trailer{};
  read_at(size - kTrailerBytes, trailer.data(), trailer.size());
  const std::string_view end(trailer.data(), trailer.size());
  if (end.substr(12) != kEnd) fail("cut short");
  const std::uint64_t index_bytes = number_from(end.substr(0, 8));
  const std::uint64_t most = size - kHeaderBytes - kTrailerBytes;
  if (index_bytes > most || index_bytes > kMostIndexBytes) fail("cut short");
  std::string index(static_cast<std::size_t>(index_bytes), '\0');
  read_at(size - kTrailerBytes - index_bytes, index.data(), index_bytes);
  if (crc32_of(index) != number_from(end.substr(8, 4))) fail("its index is not what was written");
  const std::uint64_t record_bytes = most - index_bytes;
  entries_ = parse_cache_index(index, layout_, record_bytes / layout_.record_bytes());
  if (!entries_.empty() && record_bytes % layout_.record_bytes() != 0) fail("cut short");
}

void CacheFile::read_at(std::uint64_t offset, void* target, std::uint64_t bytes) const {
  auto* next = static_cast<char*>(target);
  while (bytes > 0) {
    const ssize_t got =
        ::pread(file_.get(), next, static_cast<std::size_t>(bytes), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(std::strerror(errno));
    if (got == 0) fail("cut short");
    next += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::uint64_t>(got);
  }
}

Sample CacheFile::sample(std::size_t i) const {
  const CachedSample& entry = entries_.at(i);
  Sample sample{entry.pair.stem, cv::Mat(layout_.size, CV_8UC(layout_.channels)),
                cv::Mat(layout_.size, CV_8UC1), entry.pair.image};
  const std::uint64_t offset = kHeaderBytes + i * layout_.record_bytes();
  read_at(offset, sample.image.data, layout_.image_bytes());
  read_at(offset + layout_.image_bytes(), sample.class_mask.data, layout_.mask_bytes());
  if (sample_checksum(sample.image, sample.class_mask) != entry.facts.checksum) {
    fail(fmt::format("the sample of {} is not what was written", entry.pair.image.string()));
  }
  return sample;
}

void CacheFile::fail(const std::string& why) const {
  throw DataError(fmt::format(
      "{}: {}{}", path_.string(), why,
      in_use_ ? ": the cache of samples is damaged: delete this file, the next run makes it anew"
              : ""));
}

}  // namespace flexunet
