#include "generator/verify/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "flexunet/base/error.h"
#include "flexunet/base/text.h"
#include "flexunet/options/rgb_map_entries.h"
#include "generator/common/group_names.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

constexpr int kLevels = 5;

constexpr const char* kHead =
    R"(; Suggested by flexunet-verify. Values are Python literals; paths are relative to this file.
; Check it with: flexunet-train --dry-run
{first_step}
[model]
model           = "FlexUNet"
; Add flips of the training images with True and [augmentor], where left and right are alike.
generator       = False
; Images have {image_size} pixels; they are resized to these, which must be divisible by {divisor}.
image_width     = {width}
image_height    = {height}
image_channels  = 3
input_normalize = True
normalization   = "instance"
num_classes     = {classes}
; More filters learn more, and take longer.
base_filters    = 8
base_kernels    = (3,3)
num_layers      = {levels}
dropout_rate    = 0.05
dilation        = (1,1)

optimizer       = "Adam"
learning_rate   = 0.002
clipvalue       = 0.5
loss            = "dice_crossentropy"
metrics         = ["dice_coef_multiclass"]

[dataset]
class_name = "ImageCategorizedMaskDataset"

[train]
epochs     = 100
batch_size = 2
; 0: all epochs; the best model is kept
patience   = 0
metrics    = ["dice_coef_multiclass", "val_dice_coef_multiclass"]
model_dir  = "./models/"
eval_dir   = "./eval/"
images_dir = {train_images}
masks_dir  = {train_masks}

learning_rate_schedule = "cosine"
warmup_epochs          = 3
learning_rate_reducer  = False

epoch_change_infer     = True
epoch_change_infer_dir = "./epoch_change_infer"
num_infer_images       = 6

[valid]
images_dir = {valid_images}
masks_dir  = {valid_masks}
)";

constexpr const char* kTest = R"(
[test]
images_dir = {test_images}
masks_dir  = {test_masks}
)";

constexpr const char* kTail = R"(
[infer]
images_dir = {infer_images}
output_dir = "./mini_test_output/"

[image]
color_order = "RGB"

[mask]
mask_file_format = ".png"
{class_comments}rgb_map = {rgb_map}
)";

// A path as a Python literal.
std::string quoted(const fs::path& path) {
  std::string text = "\"";
  for (const char character : path.generic_string()) {
    if (character == '"' || character == '\\') text += '\\';
    text += character;
  }
  return text + "/\"";
}

cv::Size median_size(const Survey& survey) {
  std::vector<int> widths, heights;
  for (const SurveyedPair& pair : survey.pairs) {
    if (!pair.has_image()) continue;
    widths.push_back(pair.image_size.width);
    heights.push_back(pair.image_size.height);
  }
  std::sort(widths.begin(), widths.end());
  std::sort(heights.begin(), heights.end());
  return {widths[widths.size() / 2], heights[heights.size() / 2]};
}

struct ClassTotals {
  std::vector<std::int64_t> pixels;
  std::vector<std::size_t> masks;  // in which the class occurs
  std::int64_t all = 0;
  std::int64_t off_palette = 0;
};

ClassTotals total_classes(const Survey& survey) {
  const std::size_t classes = survey.rgb_map.size();
  ClassTotals totals{std::vector<std::int64_t>(classes), std::vector<std::size_t>(classes), 0, 0};
  for (const SurveyedPair& pair : survey.pairs) {
    for (std::size_t i = 0; i < pair.class_pixels.size(); ++i) {
      totals.pixels[i] += pair.class_pixels[i];
      totals.masks[i] += pair.class_pixels[i] > 0 ? 1 : 0;
      totals.all += pair.class_pixels[i];
    }
    totals.off_palette += pair.off_palette.pixels;
  }
  return totals;
}

std::string class_comments(const Survey& survey) {
  const ClassTotals totals = total_classes(survey);
  const auto percent = [&](std::int64_t pixels) {
    return 100.0 * static_cast<double>(pixels) / static_cast<double>(totals.all);
  };
  std::string text =
      "; One colour a class, as found in the masks, background first; an index says which class.\n";
  for (const auto& [color, index] : survey.rgb_map) {
    const auto i = static_cast<std::size_t>(index);
    text += fmt::format("; {} {}: {:.3f} % of the pixels, in {} masks\n", index, color_text(color),
                        percent(totals.pixels[i]), totals.masks[i]);
  }
  if (totals.off_palette > 0) {
    text += fmt::format("; {} pixels of other colours are read as the nearest of these.\n",
                        with_thousands(totals.off_palette));
  }
  return text;
}

// Where the config is to look for the splits: not every folder has been divided yet.
struct Places {
  fs::path folder;
  bool has_test = true;
  fs::path undivided{};  // what is to be divided first; empty: nothing
};

Places find_places(const fs::path& folder, const std::vector<NamedSplit>& splits) {
  const auto has = [&](const char* name) {
    return std::any_of(splits.begin(), splits.end(),
                       [&](const NamedSplit& split) { return split.name == name; });
  };
  fs::path plain = folder.lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();
  if (has("train") && has("valid")) return {plain, has("test")};
  return {fs::path(plain.string() + "-split"), true,
          splits.front().folders.images_dir.parent_path().lexically_normal()};
}

// The option of flexunet-split that keeps together what names tell, with a blank behind it.
std::string group_option(const Survey& survey) {
  std::vector<std::string> names;
  for (const SurveyedPair& pair : survey.pairs) {
    if (!pair.origin.patient.empty() || !pair.origin.series.empty()) return "";
    if (!pair.origin.is_variant()) names.push_back(pair.origin.source);
  }
  const auto suggestion = suggest_groups(names);
  return suggestion ? fmt::format("--group-pattern '{}' ", suggestion->pattern) : "";
}

std::string config_text(const Survey& survey, const Places& places) {
  constexpr int kDivisor = 1 << (kLevels - 1);
  const cv::Size median = median_size(survey);
  const cv::Size size = network_size(median, kDivisor);
  const auto place = [&](const char* split, const char* kind) {
    return quoted(places.folder / split / kind);
  };
  const std::string first_step =
      places.undivided.empty()
          ? ""
          : fmt::format("; Before: flexunet-split {}{} {}\n", group_option(survey),
                        places.undivided.generic_string(), places.folder.generic_string());
  using fmt::arg;
  std::string text = fmt::format(
      kHead, arg("first_step", first_step),
      arg("image_size", fmt::format("{}x{}", median.width, median.height)),
      arg("divisor", kDivisor), arg("width", size.width), arg("height", size.height),
      arg("classes", survey.rgb_map.size()), arg("levels", kLevels),
      arg("train_images", place("train", "images")), arg("train_masks", place("train", "masks")),
      arg("valid_images", place("valid", "images")), arg("valid_masks", place("valid", "masks")));
  if (places.has_test) {
    text += fmt::format(kTest, arg("test_images", place("test", "images")),
                        arg("test_masks", place("test", "masks")));
  }
  return text + fmt::format(
                    kTail, arg("infer_images", place(places.has_test ? "test" : "valid", "images")),
                    arg("class_comments", class_comments(survey)),
                    arg("rgb_map", rgb_map_text(survey.rgb_map)));
}

bool has_problems(const Survey& survey) {
  return !survey.pair_problems.empty() ||
         std::any_of(survey.pairs.begin(), survey.pairs.end(), [](const SurveyedPair& pair) {
           return !pair.has_image() || !pair.has_mask() || pair.image_size != pair.mask_size;
         });
}

}  // namespace

cv::Size network_size(cv::Size median, int divisor) {
  constexpr double kLargest = 512;
  const double scale = std::min(1.0, kLargest / std::max(median.width, median.height));
  const auto side = [&](int pixels) {
    const int steps = static_cast<int>(std::lround(pixels * scale / divisor));
    return std::max(2, steps) * divisor;
  };
  return {side(median.width), side(median.height)};
}

SuggestedConfig suggest_config(const fs::path& folder, int threads) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw ConfigError(folder.string() + ": no such folder");
  }
  DatasetSource source = open_dataset(folder);
  source.survey.threads = threads;
  const Survey survey = survey_dataset(source.survey);
  const bool has_images = std::any_of(survey.pairs.begin(), survey.pairs.end(),
                                      [](const SurveyedPair& pair) { return pair.has_image(); });
  if (!has_images) {
    throw DataError(folder.string() + ": has no image with a mask that can be read");
  }
  if (survey.rgb_map.size() < 2) {
    throw DataError(folder.string() +
                    ": its masks show a single colour: there must be a background and a class");
  }
  const Places places = find_places(folder, survey.splits);
  return {config_text(survey, places), places.undivided.empty(), has_problems(survey),
          blended_colors_text(survey)};
}

}  // namespace flexunet
