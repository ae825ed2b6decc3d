#include <fmt/format.h>

#include <set>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/threads.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "generator/split/split.h"

namespace flexunet {
namespace {

struct SplitOptions {
  SplitRequest request;
  std::vector<double> ratio;
};

void add_options(CLI::App& app, SplitOptions& options) {
  SplitRequest& request = options.request;
  app.add_option("IN", request.in, "Folder with images/, masks/ and perhaps manifest.csv")
      ->type_name("FOLDER")
      ->required();
  app.add_option("OUT", request.out, "New or empty folder")->type_name("FOLDER")->required();
  app.add_option("--ratio", options.ratio,
                 "Parts of the images for train, valid and test; test may be 0 [70,20,10; with "
                 "--folds only the part of test counts, and is 0 unless given]")
      ->type_name("TRAIN,VALID,TEST")
      ->delimiter(',')
      ->expected(3)
      ->check(CLI::NonNegativeNumber);
  app.add_option("--folds", request.folds,
                 "Write OUT/fold_1 ... OUT/fold_K, for cross-validation: part k is the valid of "
                 "fold k and belongs to train in the others")
      ->type_name("K")
      ->check(CLI::Range(2, 100));
  app.add_option("--group-pattern", request.group_pattern,
                 "Regular expression whose first group tells the patient from the name of a file, "
                 "such as '(P[0-9]+)_', where no manifest.csv tells patient or series")
      ->type_name("REGEX");
  add_seed_option(app, request.seed, "The same seed gives the same split");
  app.add_flag("--link", request.link, "Give files a second name (hard link), copy nothing");
}

void set_shares(SplitOptions& options) {
  SplitRequest& request = options.request;
  if (options.ratio.empty()) {
    if (request.folds > 0) request.shares = {0.8, 0.2, 0.0};
    return;
  }
  const double sum = options.ratio[0] + options.ratio[1] + options.ratio[2];
  const bool is_missing = options.ratio[0] <= 0 || options.ratio[1] <= 0;
  if (!(sum > 0) || is_missing) {
    throw ConfigError(fmt::format("--ratio {}: train and valid must be above 0, such as 70,20,10",
                                  fmt::join(options.ratio, ",")));
  }
  for (std::size_t i = 0; i < 3; ++i) request.shares.at(i) = options.ratio[i] / sum;
}

std::string group_text(std::size_t groups) {
  return fmt::format("{} group{}", groups, groups == 1 ? "" : "s");
}

// The line of numbers of a class in each side: "train 80, valid 20, test 10".
void say_classes(const SplitResult& result) {
  constexpr std::size_t kMostLines = 20;
  std::set<RgbColor> colors;
  for (const SplitSide& side : result.sides) {
    for (const auto& [color, images] : side.color_images) colors.insert(color);
  }
  if (colors.size() > kMostLines) return;
  for (const RgbColor& color : colors) {
    std::string line;
    for (const SplitSide& side : result.sides) {
      const auto found = side.color_images.find(color);
      line += fmt::format("{}{} {}", line.empty() ? "" : ", ", side.name,
                          found == side.color_images.end() ? 0 : found->second);
    }
    say(fmt::format("images with {}: {}", color_text(color), line));
  }
}

void split(SplitOptions& options) {
  set_shares(options);
  options.request.threads = physical_cores();
  const InterruptHandler interrupts;
  const SplitResult result = split_dataset(options.request);
  for (const SplitSide& side : result.sides) {
    const std::string variants =
        side.variants == 0 ? "" : fmt::format(" and {} variants", side.variants);
    say(fmt::format("{}: {} images{} of {}", side.name, side.images, variants,
                    group_text(side.groups)));
  }
  for (const std::string& warning : result.warnings) warn(warning);
  if (result.sourceless_variants > 0) {
    warn(
        fmt::format("{} images are by their names variants of images that are not there: they are "
                    "in train",
                    result.sourceless_variants));
  }
  if (result.left_out_variants > 0) {
    say(fmt::format("{} variants of images outside train are left out", result.left_out_variants));
  }
  say_classes(result);
  say(fmt::format("{}: written, seed {}", options.request.out.string(), options.request.seed));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  SplitOptions options;
  ProgramInfo info{
      "flexunet-split",
      "Divides IN/{images,masks} into OUT/{train,valid,test}/{images,masks}, such that all "
      "images of a\npatient or series are in one split, each class is in each split as far as it "
      "can be, and variants of\nimages are in train alone. What belongs together is told by "
      "IN/manifest.csv, which\nflexunet-generate writes with the patients and series of DICOM "
      "files, or by the names of files:\nhflipped_10001.png belongs to 10001.png.",
      "flexunet-split dataset/Knee-master dataset/Knee --ratio 70,20,10 --seed 137"};
  info.config_option = "";
  return run_program(
      info, argc, argv, [&](CLI::App& app, Arguments&) { add_options(app, options); },
      [&](const Arguments&) { split(options); });
}
