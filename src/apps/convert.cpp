#include <fmt/format.h>

#include <filesystem>

#include "apps/session.h"
#include "apps/version.h"
#include "flexunet/base/error.h"
#include "flexunet/base/text.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "flexunet/keras/keras_weights.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

struct ConvertArguments {
  fs::path from;
  fs::path to;
};

bool has_ending(const fs::path& path, const char* ending) {
  return to_lower(path.extension().string()) == ending;
}

// A Keras 3 archive passes: reading it says what it is.
void require_endings(const ConvertArguments& convert) {
  const bool native = has_ending(convert.from, ".safetensors");
  const bool keras = has_ending(convert.from, ".h5") || has_ending(convert.from, ".keras");
  if (native && has_ending(convert.to, ".h5")) return;
  if (keras && has_ending(convert.to, ".safetensors")) return;
  throw ConfigError(
      fmt::format("cannot convert {} to {}: one must end in .h5 (Keras 2), the other "
                  "in .safetensors (FlexUNet)",
                  convert.from.string(), convert.to.string()));
}

void convert_model(const Arguments& arguments, const ConvertArguments& convert) {
  require_endings(convert);
  const LoadedConfig config = load_config(config_request(arguments, Task::kInspect));
  for (const std::string& warning : config.warnings) warn(warning);
  describe_network(config.options.network);
  FlexUNet model(config.options.network, std::nullopt);
  load_any_weights(convert.from, model);
  if (arguments.dry_run) {
    say(fmt::format("dry run: {} fits and would become {}", convert.from.string(),
                    convert.to.string()));
    return;
  }
  if (has_ending(convert.to, ".h5")) {
    save_keras_weights(convert.to, model);
  } else {
    save_weights(convert.to, model,
                 {{"flexunet_version", FLEXUNET_VERSION},
                  {"converted_from", convert.from.filename().string()}});
  }
  say(fmt::format("written: {}", convert.to.string()));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  ConvertArguments convert;
  ProgramInfo info{"flexunet-convert",
                   "Converts a trained model between Keras 2 (.h5) and FlexUNet (.safetensors).",
                   "flexunet-convert best_model.h5 best_model.safetensors "
                   "--config train_eval_infer.config",
                   version_text};
  info.config_option = "--config";
  return run_program(
      info, argc, argv,
      [&](CLI::App& app, Arguments&) {
        app.add_option("IN", convert.from, "Model to read: .h5 or .safetensors")->required();
        app.add_option("OUT", convert.to, "Model to write, of the other kind; replaced if there")
            ->required();
      },
      [&](const Arguments& arguments) { convert_model(arguments, convert); });
}
