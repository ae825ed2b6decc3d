#include <fmt/format.h>

#include <opencv2/core/utility.hpp>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/text.h"
#include "flexunet/base/threads.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "generator/generate/contact_sheet.h"
#include "generator/generate/generate.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// What the command line says beyond the request itself.
struct GenerateArguments {
  fs::path masks;
  std::string pair = "stem";
  std::string mask_suffix;
  std::string plane = "axial";
  std::vector<std::string> recolor;
  std::vector<int> size;
  std::vector<double> range;
  fs::path contact_sheet;
  bool no_augmentation = false;
};

void add_input_options(CLI::App& app, GenerateArguments& generate, GenerateRequest& request) {
  app.add_option(
         "IMAGES", request.images,
         "Folder (with all below it) or file: DICOM, NIfTI, MetaImage, PNG, JPEG, TIFF, BMP")
      ->type_name("PATH")
      ->required();
  app.add_option("MASKS", generate.masks, "The same for the masks")->type_name("PATH")->required();
  app.add_option("OUT", request.out, "New or empty folder; may be left out with --contact-sheet")
      ->type_name("FOLDER");
  app.add_option(
         "--pair", generate.pair,
         "Which mask belongs to an image: stem (that of the same name), sorted (that of the "
         "same place in order: natural order of paths, and slices of a series by position), or a "
         "CSV file with an image and a mask in each line, relative to IMAGES and MASKS")
      ->type_name("stem|sorted|FILE.csv")
      ->capture_default_str();
  app.add_option("--mask-suffix", generate.mask_suffix,
                 "Masks are the files whose names end so before the ending, such as _mask, and "
                 "images the others: for images and masks in one folder, given twice")
      ->type_name("SUFFIX");
  app.add_option("--plane", generate.plane, "Which plane of a volume is a slice")
      ->check(CLI::IsMember({"axial", "coronal", "sagittal"}))
      ->capture_default_str();
  app.add_flag(
      "--window", request.reading.intensity.use_window,
      "Gray values by the window of the DICOM file, or by its VOI look-up table where it has "
      "no window");
  app.add_option("--range", generate.range,
                 "Values that become black and white, after rescaling (Hounsfield units); without "
                 "it, each slice's own minimum and maximum")
      ->type_name("LOW HIGH")
      ->expected(2);
  app.add_option("--recolor", generate.recolor,
                 "A colour of the masks and its new one, such as '255=(128,40,40)' (repeatable)")
      ->type_name("OLD=NEW")
      ->allow_extra_args(false);
  app.add_option("--size", generate.size, "Width and height of the results")
      ->type_name("WIDTH HEIGHT")
      ->check(CLI::Range(1, kMaxWarpSide))
      ->expected(2);
}

void add_output_options(CLI::App& app, GenerateArguments& generate, GenerateRequest& request) {
  app.add_flag("--no-augmentation", generate.no_augmentation, "Write the sources alone");
  app.add_option("--contact-sheet", generate.contact_sheet,
                 "Write a picture of what every method makes of the first pair, also of methods "
                 "that are off")
      ->type_name("FILE.png");
  app.add_option("--first-number", request.first_number, "Of the files' names")
      ->check(CLI::Range(0, 999999999))
      ->capture_default_str();
  add_seed_option(app, request.seed, "The same seed gives the same files");
  add_threads_option(app, request.threads);
}

SlicePlane plane_of(const std::string& name) {
  if (name == "coronal") return SlicePlane::kCoronal;
  return name == "sagittal" ? SlicePlane::kSagittal : SlicePlane::kAxial;
}

void complete_request(const GenerateArguments& generate, GenerateRequest& request) {
  if (request.out.empty() && generate.contact_sheet.empty()) {
    throw ConfigError("OUT is missing: the folder to write, or --contact-sheet FILE.png");
  }
  if (request.threads == 0) request.threads = physical_cores();
  PairReading& reading = request.reading;
  reading.plane = plane_of(generate.plane);
  for (const std::string& rule : generate.recolor) {
    reading.recolor_rules.push_back(parse_recolor_rule(rule));
  }
  if (!generate.size.empty()) reading.size = cv::Size(generate.size[0], generate.size[1]);
  if (generate.range.empty()) return;
  if (generate.range[0] >= generate.range[1]) {
    throw ConfigError("--range: the value that becomes black comes first and is the lower one");
  }
  reading.intensity.range = {generate.range[0], generate.range[1]};
}

std::vector<SlicePair> find_pairs(const GenerateArguments& generate,
                                  const GenerateRequest& request) {
  const PairRule rule = generate.pair == "stem"     ? PairRule::kStem
                        : generate.pair == "sorted" ? PairRule::kSorted
                                                    : PairRule::kTable;
  PairedSlices paired = pair_slices({request.images, generate.masks, rule, generate.pair,
                                     generate.mask_suffix, request.reading.plane});
  for (const std::string& warning : paired.warnings) warn(warning);
  if (paired.unlisted_images > 0) {
    warn(fmt::format("{}: does not name {} of the images, which are left out", generate.pair,
                     paired.unlisted_images));
  }
  return std::move(paired.pairs);
}

void warn_of_missing_windows(const std::vector<SlicePair>& pairs) {
  std::vector<ScanSlice> images;
  for (const SlicePair& pair : pairs) images.push_back(pair.image);
  const std::size_t without = count_without_window(images);
  if (without == 0) return;
  warn(fmt::format("--window: {} of {} images have no window: they are read by {}", without,
                   images.size(), "--range, or else by their own minimum and maximum"));
}

void run(const Arguments& arguments, const GenerateArguments& generate_arguments,
         GenerateRequest request) {
  cv::setNumThreads(1);  // each picture has a thread of its own, see base/threads.h
  complete_request(generate_arguments, request);
  request.lenient = arguments.lenient;
  const LoadedAugmentor augmentor = load_augmentor(config_request(arguments, Task::kGenerate));
  for (const std::string& warning : augmentor.warnings) warn(warning);
  if (augmentor.options.enabled && !generate_arguments.no_augmentation) {
    request.augmentation.variants = list_variants(augmentor.options);
  }
  const std::vector<SlicePair> pairs = find_pairs(generate_arguments, request);
  if (request.reading.intensity.use_window) warn_of_missing_windows(pairs);
  const std::size_t variants = request.augmentation.variants.size();
  say(fmt::format("{}: {} pairs, {} variants of each", request.images.string(),
                  with_thousands(static_cast<std::int64_t>(pairs.size())), variants));
  if (arguments.dry_run) return;
  const InterruptHandler handler;
  if (!generate_arguments.contact_sheet.empty()) {
    write_contact_sheet(generate_arguments.contact_sheet, read_pair(pairs.front(), request.reading),
                        every_method(augmentor.options), request.seed);
    say(fmt::format("written: {}", generate_arguments.contact_sheet.string()));
  }
  if (request.out.empty()) return;
  request.on_pair = [&](std::size_t done) {
    constexpr std::size_t kPairsBetweenReports = 200;
    if (done % kPairsBetweenReports == 0) say(fmt::format("{} of {} pairs", done, pairs.size()));
  };
  const GenerateSummary summary = generate(pairs, request);
  if (summary.shared_masks > 0) {
    warn(fmt::format("segments overlap in {} masks: their pixels have the highest number",
                     summary.shared_masks));
  }
  say(fmt::format("{}: {} sources and {} variants of them, seed {}", request.out.string(),
                  with_thousands(static_cast<std::int64_t>(summary.sources)),
                  with_thousands(static_cast<std::int64_t>(summary.variants)), request.seed));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  GenerateArguments generate;
  GenerateRequest request;
  request.threads = 0;
  ProgramInfo info{"flexunet-generate",
                   "Makes a data set of images and masks, with variants, from scans:\n"
                   "OUT/{images,masks}/10001.png ..., OUT/manifest.csv. A config's sections "
                   "[augmentor],\n[deformation], ... say which variants; without one the original "
                   "generator's defaults.",
                   "flexunet-generate scans/images scans/masks dataset/Knee-master "
                   "--recolor '255=(128,40,40)' --set augmentor.hflip=True"};
  info.config_option = "--config";
  return run_program(
      info, argc, argv,
      [&](CLI::App& app, Arguments& arguments) {
        arguments.config.clear();
        app.get_option("--config")
            ->default_str("")
            ->description("A config whose sections on augmentation are read");
        add_input_options(app, generate, request);
        add_output_options(app, generate, request);
      },
      [&](const Arguments& arguments) { run(arguments, generate, request); });
}
