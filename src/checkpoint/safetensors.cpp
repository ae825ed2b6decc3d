#include "flexunet/checkpoint/safetensors.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"

namespace flexunet {
namespace {

using nlohmann::json;

constexpr const char* kChecksums = "crc32";
constexpr const char* kHeaderChecksum = "header_crc32";
constexpr std::size_t kLengthBytes = 8;
// Tensors that are laid out in memory as in the file then begin with a disk block in both.
constexpr std::size_t kDataAlignment = kDiskBlockBytes;

std::string checksum(std::string_view data) { return checksum_text(crc32_of(data)); }

// Where the header's text holds its own checksum, which is computed with zeros in its place; npos
// where it has none.
std::size_t header_checksum_position(std::string_view header) {
  const std::string entry = fmt::format("\"{}\":\"", kHeaderChecksum);
  const std::size_t position = header.find(entry);
  return position == std::string_view::npos ? position : position + entry.size();
}

std::string header_checksum(std::string_view header, std::size_t position) {
  constexpr std::string_view kZeros = "00000000";
  const std::uint32_t before = crc32_of(header.substr(0, position));
  return checksum_text(crc32_of(header.substr(position + kZeros.size()), crc32_of(kZeros, before)));
}

// The number of bytes that dtype and shape ask for; false when that overflows or is no number.
bool byte_size(const StoredTensor& tensor, std::size_t& size) {
  size = element_size(tensor.dtype);
  if (size == 0) return false;
  for (const std::int64_t extent : tensor.shape) {
    if (extent < 0) return false;
    const auto factor = static_cast<std::size_t>(extent);
    if (factor != 0 && size > std::numeric_limits<std::size_t>::max() / factor) return false;
    size *= factor;
  }
  return true;
}

// Not get() alone: it would turn fractions, and numbers beyond all bounds, into whole ones.
template <typename Number>
Number whole_number(const json& value) {
  if (!value.is_number_integer()) throw std::invalid_argument(value.dump() + " is no whole number");
  return value.get<Number>();
}

StoredTensor parse_entry(const json& entry, std::string_view data) {
  StoredTensor tensor;
  tensor.dtype = entry.at("dtype").get<std::string>();
  for (const json& extent : entry.at("shape").get_ref<const json::array_t&>()) {
    tensor.shape.push_back(whole_number<std::int64_t>(extent));
  }
  const auto begin = whole_number<std::size_t>(entry.at("data_offsets").at(0));
  const auto end = whole_number<std::size_t>(entry.at("data_offsets").at(1));
  std::size_t size = 0;
  if (begin > end || end > data.size() || !byte_size(tensor, size) || end - begin != size) {
    throw std::invalid_argument("shape, type and position do not fit the file");
  }
  tensor.data = data.substr(begin, size);
  return tensor;
}

// The header's text; throws std::invalid_argument when the file is shorter than it says.
std::string_view header_of(std::string_view content) {
  std::uint64_t length = 0;
  if (content.size() < kLengthBytes) throw std::invalid_argument("shorter than its header");
  std::memcpy(&length, content.data(), kLengthBytes);
  if (length > content.size() - kLengthBytes) {
    throw std::invalid_argument("shorter than its header says, or not a safetensors file");
  }
  return content.substr(kLengthBytes, length);
}

void verify_header(std::string_view header, const Metadata& metadata) {
  const auto entry = metadata.find(kHeaderChecksum);
  if ((entry == metadata.end()) != (metadata.count(kChecksums) == 0)) {
    throw std::invalid_argument("one of its two kinds of checksums is missing");
  }
  if (entry == metadata.end()) return;
  const std::size_t position = header_checksum_position(header);
  if (position == std::string_view::npos || position + entry->second.size() > header.size() ||
      header_checksum(header, position) != entry->second) {
    throw std::invalid_argument("the checksum of the header does not match");
  }
}

// The format leaves no byte unused and uses none twice.
void verify_layout(const StoredTensors& tensors, std::string_view data) {
  std::map<const char*, std::size_t> sizes;
  std::size_t total = 0;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.data.empty()) continue;
    sizes[tensor.data.data()] = tensor.data.size();
    total += tensor.data.size();
  }
  const char* end = data.data();
  for (const auto& [begin, size] : sizes) {
    if (begin != end) throw std::invalid_argument("its tensors overlap or leave a gap");
    end += size;
  }
  if (total != data.size()) throw std::invalid_argument("it is longer than its tensors");
}

void verify_checksums(const StoredTensors& tensors, const Metadata& metadata) {
  const auto entry = metadata.find(kChecksums);
  if (entry == metadata.end()) return;
  const json expected = json::parse(entry->second);
  for (const auto& [name, tensor] : tensors) {
    if (expected.at(name).get<std::string>() != checksum(tensor.data)) {
      throw std::invalid_argument("the checksum of " + name + " does not match its data");
    }
  }
}

// Appends to the last part what follows it in memory: one large part is written faster.
void add_part(std::vector<std::string_view>& parts, std::string_view data) {
  std::string_view& last = parts.back();
  if (last.data() + last.size() == data.data()) {
    last = {last.data(), last.size() + data.size()};
  } else {
    parts.push_back(data);
  }
}

}  // namespace

std::size_t element_size(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32" || dtype == "I32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16") return 2;
  if (dtype == "U8" || dtype == "I8" || dtype == "BOOL") return 1;
  return 0;
}

SafetensorsFile SafetensorsFile::read(const std::filesystem::path& path) {
  try {
    SafetensorsFile file = parse(read_file(path));
    file.path_ = path;
    return file;
  } catch (const DataError& error) {
    throw CheckpointError(error.what());
  } catch (const CheckpointError& error) {
    throw CheckpointError(
        fmt::format("{}: not a readable checkpoint: {}", path.string(), error.what()));
  }
}

SafetensorsFile SafetensorsFile::parse(std::string content) {
  SafetensorsFile file;
  // A string that is moved may take its bytes along to another place.
  file.content_ = std::make_unique<const std::string>(std::move(content));
  try {
    const std::string_view header_text = header_of(*file.content_);
    const std::string_view data =
        std::string_view(*file.content_).substr(kLengthBytes + header_text.size());
    const json header = json::parse(header_text);
    if (!header.is_object()) throw std::invalid_argument("the header is no JSON object");
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        file.metadata_ = entry.get<Metadata>();
      } else {
        file.tensors_[name] = parse_entry(entry, data);
      }
    }
    verify_header(header_text, file.metadata_);
    verify_layout(file.tensors_, data);
    verify_checksums(file.tensors_, file.metadata_);
  } catch (const std::exception& error) {
    throw CheckpointError(error.what());
  }
  return file;
}

void write_safetensors(const std::filesystem::path& path, const StoredTensors& tensors,
                       Metadata metadata) {
  json checksums = json::object();
  json header = json::object();
  std::vector<std::string_view> parts(2);
  std::size_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    header[name] = {{"dtype", tensor.dtype},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, offset + tensor.data.size()}}};
    checksums[name] = checksum(tensor.data);
    offset += tensor.data.size();
    add_part(parts, tensor.data);
  }
  metadata[kChecksums] = checksums.dump();
  metadata[kHeaderChecksum] = checksum({});
  header["__metadata__"] = metadata;
  std::string text = header.dump();
  const std::size_t data_begin =
      (kLengthBytes + text.size() + kDataAlignment - 1) / kDataAlignment * kDataAlignment;
  text.resize(data_begin - kLengthBytes, ' ');
  const std::size_t position = header_checksum_position(text);
  const std::string own = header_checksum(text, position);
  text.replace(position, own.size(), own);
  std::string length(kLengthBytes, '\0');
  const std::uint64_t size = text.size();
  std::memcpy(length.data(), &size, kLengthBytes);
  parts[0] = length;
  parts[1] = text;
  write_file(path, parts);
}

}  // namespace flexunet
