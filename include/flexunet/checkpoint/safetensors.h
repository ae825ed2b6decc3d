#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

/// One tensor of a safetensors file: raw little-endian elements in row-major order.
struct StoredTensor {
  std::string dtype;  ///< "F32", "F64", "I64", "U8", ...
  std::vector<std::int64_t> shape;
  std::string_view data;  ///< owned by whoever made the StoredTensor
};

using StoredTensors = std::map<std::string, StoredTensor>;
using Metadata = std::map<std::string, std::string>;

/// A safetensors file in memory: an 8-byte length, a JSON header, raw tensors
/// (https://huggingface.co/docs/safetensors). The metadata entries "crc32" and "header_crc32" hold
/// checksums of each tensor and of the header, which reading verifies where they are present.
class SafetensorsFile {
 public:
  /// Throws CheckpointError naming the file: unreadable, not safetensors, truncated, a header that
  /// does not fit the data, a checksum that does not match.
  static SafetensorsFile read(const std::filesystem::path& path);
  /// The same from a file's bytes; the message names no file.
  static SafetensorsFile parse(std::string content);

  /// Where it was read from; empty for bytes.
  const std::filesystem::path& path() const { return path_; }
  const StoredTensors& tensors() const { return tensors_; }
  const Metadata& metadata() const { return metadata_; }

 private:
  SafetensorsFile() = default;
  std::filesystem::path path_;
  std::unique_ptr<const std::string> content_;
  StoredTensors tensors_;
  Metadata metadata_;
};

/// Writes tensors, sorted by name, with a checksum each; equal input gives equal bytes.
/// Throws OutputError.
void write_safetensors(const std::filesystem::path& path, const StoredTensors& tensors,
                       Metadata metadata);

/// Bytes of one element of a dtype, 0 when the dtype is unknown.
std::size_t element_size(const std::string& dtype);

}  // namespace flexunet
