#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/threads.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "generator/common/dataset_source.h"
#include "generator/verify/check_fit.h"
#include "generator/verify/suggest.h"
#include "generator/verify/verify_report.h"

namespace flexunet {
namespace {

struct VerifyOptions {
  std::string where;
  std::string suggest;
  std::string rgb_map;
  std::string group_pattern;
  std::string pictures;
  bool json = false;
  bool lenient = false;
};

void add_options(CLI::App& app, VerifyOptions& options) {
  auto* where = app.add_option("WHERE", options.where,
                               "Config file, or folder with train/, valid/, test/ or with images/ "
                               "and masks/ in it")
                    ->type_name("CONFIG|FOLDER");
  app.add_option("--suggest", options.suggest,
                 "Print a complete train_eval_infer.config for a folder whose masks' colours are "
                 "unknown, to be saved where this was run")
      ->type_name("FOLDER")
      ->excludes(where);
  app.add_option("--rgb-map", options.rgb_map,
                 "Classes of a folder's masks, as in a config; without it their own colours")
      ->type_name("MAP")
      ->needs(where);
  app.add_option("--group-pattern", options.group_pattern,
                 "Regular expression whose first group tells the patient from the name of a file, "
                 "such as '(P[0-9]+)_', where no manifest.csv tells patient or series")
      ->type_name("REGEX")
      ->needs(where);
  app.add_option("--pictures", options.pictures,
                 "Write pictures of the pairs whose masks fit worst into this folder, where masks "
                 "do not seem to belong to their images")
      ->type_name("FOLDER")
      ->needs(where);
  app.add_flag("--lenient", options.lenient,
               "Masks most of whose pixels are far from rgb_map are a warning, not an error")
      ->needs(where);
  app.add_flag("--json", options.json, "Print everything as JSON")->needs(where);
}

void suggest(const std::string& folder) {
  const InterruptHandler interrupts;
  const SuggestedConfig config = suggest_config(folder, physical_cores());
  std::fputs(config.text.c_str(), stdout);
  if (!config.is_divided) {
    warn(folder + ": is not divided into train/ and valid/: do first what the config's head says");
  }
  if (!config.blended.empty()) warn(config.blended);
  if (config.has_problems) {
    warn(fmt::format("{0}: has errors that stop training: flexunet-verify {0} lists them", folder));
  }
}

void verify(const VerifyOptions& options) {
  if (!options.suggest.empty()) return suggest(options.suggest);
  if (options.where.empty()) throw ConfigError("name a config file or a folder to look at");
  DatasetSource source = open_dataset(options.where, options.rgb_map);
  source.survey.group_pattern = options.group_pattern;
  source.survey.threads = physical_cores();
  for (const std::string& warning : source.warnings) warn(warning);
  const InterruptHandler interrupts;
  const Survey survey = survey_dataset(source.survey);
  const DatasetFindings findings = check_dataset(survey, options.lenient);
  if (options.json) {
    std::fputs((verify_json(source.name, survey, findings) + "\n").c_str(), stdout);
  } else {
    say(source.name + "\n" + verify_text(survey, findings));
  }
  if (!options.pictures.empty()) {
    const std::size_t pictures =
        write_misfit_pictures(survey, find_misfits(survey), options.pictures);
    if (!options.json) say(fmt::format("{}: {} pictures", options.pictures, pictures));
  }
  const std::size_t errors = count_findings(findings, Severity::kError);
  if (errors == 0) return;
  throw DataError(
      fmt::format("{}: {} error{} in the data set", options.where, errors, errors == 1 ? "" : "s"));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  VerifyOptions options;
  ProgramInfo info{
      "flexunet-verify",
      "Looks at a data set before anything is trained on it. Errors, exit code 3: images without "
      "mask and\nmasks without image, unreadable files, masks of another size than their images, "
      "a source, patient\nor picture in two splits (mirrored, rotated and recompressed ones too), "
      "masks most of whose\npixels are far from rgb_map. Warnings: masks that do not seem to "
      "belong "
      "to their images, colours\noutside rgb_map, look-alikes in two splits (neighbouring slices "
      "are alike by nature), duplicates,\nclasses that a split lacks, masks without any class, "
      "images of unusual contrast.",
      "flexunet-verify dataset/Knee --json\n  flexunet-verify --suggest ../../../dataset/Knee > "
      "train_eval_infer.config"};
  info.config_option = "";
  return run_program(
      info, argc, argv, [&](CLI::App& app, Arguments&) { add_options(app, options); },
      [&](const Arguments&) { verify(options); });
}
