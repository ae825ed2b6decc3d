// The text of a config file.
#include <nlohmann/json.hpp>

#include "flexunet/base/error.h"
#include "flexunet/config/config.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {
namespace {

bool load(const ConfigRequest& request) {
  const std::string where = request.file.string();
  return reads_or_refuses<ConfigError>(where, [&] {
    const LoadedConfig loaded = load_config(request);
    require(loaded.options.network.num_layers > 0, "a network with levels");
    for (const std::string& warning : loaded.warnings) {
      require(warning.find(where) != std::string::npos, "a warning that names the file");
    }
  });
}

// dump_config is what the recorded configs are compared by: it must always be JSON.
void dump(const ConfigRequest& request) {
  reads_or_refuses<ConfigError>(request.file.string(), [&] {
    const auto sections = nlohmann::json::parse(dump_config(request));
    require(sections.is_object() && !sections.empty(), "a JSON object of sections");
  });
}

}  // namespace

bool reads_input(std::string_view input) {
  const InputFile file(input);
  // One task an input, so that more inputs are tried.
  constexpr Task kTasks[] = {Task::kTrain, Task::kTiledInfer, Task::kEvaluate};
  const Task task = kTasks[input.size() % 3];
  dump({file.path()});
  return load(
      {file.path(), {}, task, /*strict=*/input.size() % 2 == 0, /*lenient=*/input.size() % 4 < 2});
}

}  // namespace flexunet
