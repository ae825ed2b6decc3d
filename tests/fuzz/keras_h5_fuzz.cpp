// A model of Keras: what is accepted has as many values as its shapes say.
#include <algorithm>

#include "flexunet/base/error.h"
#include "fuzz/fuzz_input.h"
#include "keras/keras_h5_reader.h"

namespace flexunet {
namespace {

void check(const KerasModel& model) {
  for (const KerasLayer& layer : model.layers) {
    for (const KerasWeight& weight : layer.weights) {
      std::size_t count = 1;
      for (const std::int64_t extent : weight.shape) count *= static_cast<std::size_t>(extent);
      require(weight.data.size() == count, "as many values as the shape asks for");
    }
  }
}

}  // namespace

bool reads_input(std::string_view input) {
  const InputFile file(input);
  const bool was_read = reads_or_refuses<CheckpointError>(
      file.path().string(), [&] { check(read_keras_h5(file.path())); });
  // The fuzzer sees only what this process does, not its children. What was refused there may crash
  // here.
  if (was_read) parse_keras_h5(file.path());
  return was_read;
}

}  // namespace flexunet
