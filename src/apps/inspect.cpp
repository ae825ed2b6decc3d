#include <fmt/format.h>

#include "apps/session.h"
#include "apps/version.h"
#include "flexunet/base/files.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "flexunet/options/project_files.h"
#include "flexunet/report/architecture.h"

namespace flexunet {
namespace {

void inspect_network(const Arguments& arguments, const std::string& output) {
  const LoadedConfig config = load_config(config_request(arguments, Task::kInspect));
  for (const std::string& warning : config.warnings) warn(warning);
  const std::filesystem::path folder =
      output.empty() ? config.options.project_dir : std::filesystem::path(output);
  const std::string summary = summary_text(config.options.network);
  say(summary);
  if (arguments.dry_run) return;
  write_file(folder / kSummaryFile, summary);
  write_architecture_png(folder / kNetworkPicture, config.options.network);
  say(fmt::format("written: {}, {}", (folder / kSummaryFile).string(),
                  (folder / kNetworkPicture).string()));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  std::string output;
  return run_program(
      {"flexunet-inspect", "Describes the network of a config: summary.txt and model.png.",
       "cd projects/FlexUNet/KneeBones3Dify && flexunet-inspect", version_text},
      argc, argv,
      [&](CLI::App& app, Arguments&) {
        app.add_option("--output", output, "Folder for the files instead of the config's");
      },
      [&](const Arguments& arguments) { inspect_network(arguments, output); });
}
