// A checkpoint: what is accepted lies within the file and has the checksums that it states.
#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"
#include "flexunet/checkpoint/safetensors.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {
namespace {

void check(const StoredTensor& tensor, std::size_t file_size) {
  std::size_t size = element_size(tensor.dtype);
  require(size > 0, "a known type");
  for (const std::int64_t extent : tensor.shape) {
    require(extent >= 0, "no negative extent");
    size *= static_cast<std::size_t>(extent);
  }
  require(tensor.data.size() == size, "as much data as the shape asks for");
  require(size < file_size, "no more data than the file holds");
}

}  // namespace

bool reads_input(std::string_view input) {
  const InputFile file(input);
  return reads_or_refuses<CheckpointError>(file.path().string(), [&] {
    const auto content = SafetensorsFile::read(file.path());
    const auto checksums = content.metadata().find("crc32");
    for (const auto& [name, tensor] : content.tensors()) {
      check(tensor, input.size());
      if (checksums == content.metadata().end()) continue;
      require(checksums->second.find(checksum_text(crc32_of(tensor.data))) != std::string::npos,
              "the checksum of the data among those of the file");
    }
  });
}

}  // namespace flexunet
