#include <fmt/format.h>

#include <string>

#include "flexunet/base/files.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/threads.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "generator/statistics/statistics.h"

namespace flexunet {
namespace {

struct StatisticsOptions {
  std::string where;
  std::string rgb_map;
  std::filesystem::path output = ".";
};

void add_options(CLI::App& app, StatisticsOptions& options) {
  app.add_option("WHERE", options.where,
                 "Config file, or folder with train/, valid/, test/ or with images/ and masks/ in "
                 "it")
      ->type_name("CONFIG|FOLDER")
      ->required();
  app.add_option("--rgb-map", options.rgb_map,
                 "Classes of a folder's masks, as in a config; without it their own colours")
      ->type_name("MAP");
  app.add_option("--output", options.output, "Where NAME_Statistics.png and .csv are written")
      ->type_name("FOLDER")
      ->capture_default_str();
}

void write_statistics(const StatisticsOptions& options) {
  DatasetSource source = open_dataset(options.where, options.rgb_map);
  source.survey.threads = physical_cores();
  for (const std::string& warning : source.warnings) warn(warning);
  const InterruptHandler interrupts;
  const DatasetStatistics statistics = count_dataset(source);
  if (!statistics.blended.empty()) warn(statistics.blended);
  say(statistics_text(statistics));
  const std::filesystem::path picture = options.output / (source.name + "_Statistics.png");
  const std::filesystem::path table = options.output / (source.name + "_Statistics.csv");
  write_file(picture, statistics_png(statistics));
  write_file(table, statistics_csv(statistics));
  say(fmt::format("written: {}, {}", picture.string(), table.string()));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  StatisticsOptions options;
  ProgramInfo info{"flexunet-statistics",
                   "Counts the images of each split and the share of pixels of each class, and "
                   "draws both:\nNAME_Statistics.png and NAME_Statistics.csv, NAME being that of "
                   "the config's folder or the folder.",
                   "flexunet-statistics dataset/Knee --output dataset/Knee"};
  info.config_option = "";
  return run_program(
      info, argc, argv, [&](CLI::App& app, Arguments&) { add_options(app, options); },
      [&](const Arguments&) { write_statistics(options); });
}
