#include "generator/common/survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <set>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/base/text.h"
#include "flexunet/dataset/decoder.h"
#include "flexunet/dataset/mask_fit.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/npy.h"

namespace flexunet {
namespace {

// A pair and the colours of its mask, as long as the classes are unknown.
struct ReadPair {
  SurveyedPair facts;
  MaskColors colors;
  bool with_sketch = false;
  cv::Mat image;  // while its mask is read
};

// Different colours among the pixels of a picture that is shrunk without mixing them.
int count_sampled_colors(const cv::Mat& picture) {
  const cv::Mat small = mask_fit_mask(picture);
  std::set<std::array<std::uint8_t, 3>> colors;
  const auto channels = static_cast<std::size_t>(small.channels());
  for (int y = 0; y < small.rows; ++y) {
    for (int x = 0; x < small.cols; ++x) {
      std::array<std::uint8_t, 3> color{};
      std::copy_n(small.ptr(y, x), channels, color.begin());
      colors.insert(color);
    }
  }
  return static_cast<int>(colors.size());
}

bool is_stray(const RgbColor& color, const RgbColor& nearest) {
  int distance = 0;
  for (std::size_t i = 0; i < color.size(); ++i) {
    const int difference = int{color[i]} - int{nearest[i]};
    distance += difference * difference;
  }
  return distance > RgbMap::kPaletteNoise * RgbMap::kPaletteNoise;
}

// The class of each colour and what lies outside the map.
void classify(const MaskColors& colors, const std::vector<RgbMapEntry>& rgb_map,
              SurveyedPair& facts) {
  facts.class_pixels.assign(rgb_map.size(), 0);
  OffPalette& off = facts.off_palette;
  off.pixels = colors.dropped_pixels;
  off.colors = colors.dropped_colors;
  for (const auto& [color, count] : colors.counts) {
    const RgbMapEntry& nearest = nearest_entry(rgb_map, color);
    facts.class_pixels.at(static_cast<std::size_t>(nearest.class_index)) += count.pixels;
    if (nearest.color == color) continue;
    off.pixels += count.pixels;
    if (is_stray(color, nearest.color)) off.stray_pixels += count.pixels;
    ++off.colors;
    if (count.pixels <= off.color_pixels) continue;
    off.color = color;
    off.color_pixels = count.pixels;
    off.first = count.first;
    off.nearest_class = nearest.class_index;
  }
}

class PairReader {
 public:
  explicit PairReader(const SurveyRequest& request) : request_(request) {}

  ReadPair read(SurveyedPair facts, bool with_sketch) const {
    ReadPair read{std::move(facts), {}, with_sketch, {}};
    if (request_.read_images) read_image_of(read);
    try {
      read_mask(read);
    } catch (const DataError& error) {
      read.facts.mask_problem = error.what();
    }
    read.image.release();
    return read;
  }

 private:
  void read_image_of(ReadPair& read) const {
    SurveyedPair& facts = read.facts;
    try {
      const cv::Mat image = read_image({facts.pair.image}, request_.network, request_.data).pixels;
      facts.image_size = image.size();
      read.image = image;
      facts.pixel_checksum = orientation_free_checksum(image);
      facts.hash = picture_hash(image);
      cv::Scalar mean, deviation;
      cv::meanStdDev(image, mean, deviation);
      facts.contrast = cv::sum(deviation)[0] / image.channels();
      if (!read.with_sketch) return;
      facts.sketch.image = mask_fit_image(image);
      if (image.channels() <= 3) facts.sketch.image_colors = count_sampled_colors(image);
    } catch (const DataError& error) {
      facts.image_problem = error.what();
    }
  }

  void read_mask(ReadPair& read) const {
    SurveyedPair& facts = read.facts;
    if (!is_picture(facts.pair.mask)) {
      const int classes = request_.network.num_classes;
      const cv::Mat mask = read_npz_class_mask(facts.pair.mask, classes);
      facts.mask_size = mask.size();
      if (read.with_sketch) facts.sketch.mask = mask_fit_mask(mask);
      facts.class_pixels.assign(static_cast<std::size_t>(classes), 0);
      for (int i = 0; i < classes; ++i) {
        facts.class_pixels[static_cast<std::size_t>(i)] = cv::countNonZero(mask == i);
      }
      return;
    }
    const cv::Mat mask = load_mask(facts.pair.mask, request_.data.rgb_map).rgb;
    if (is_same_picture(read.image, mask)) {
      throw DataError(fmt::format("{} and {} hold the same pixels: one of them must be a mask",
                                  facts.pair.image.string(), facts.pair.mask.string()));
    }
    facts.mask_size = mask.size();
    if (read.with_sketch) {
      facts.sketch.mask = mask_fit_mask(mask);
      facts.sketch.mask_colors = count_sampled_colors(mask);
    }
    read.colors = count_colors(mask);
    if (request_.data.rgb_map.empty()) {
      limit_colors(read.colors);
    } else {
      classify(read.colors, request_.data.rgb_map, facts);
      read.colors = {};
    }
  }

  const SurveyRequest& request_;
};

// All pairs with their origins, not read yet.
std::vector<SurveyedPair> list_dataset(const SurveyRequest& request, Survey& survey) {
  Origins origins(request.group_pattern);
  std::vector<PairListing> listings;
  for (const NamedSplit& split : request.splits) {
    listings.push_back(list_pairs(split.name, split.folders, request.data));
    const std::filesystem::path folder = split.folders.images_dir.parent_path();
    origins.add_manifest_of(folder);
    origins.add_manifest_of(folder / "..");
    origins.add_stems(listings.back().pairs);
  }
  survey.missing_pictures = origins.missing_pictures();
  std::vector<SurveyedPair> pairs;
  for (std::size_t i = 0; i < listings.size(); ++i) {
    for (PairProblem& problem : listings[i].problems) {
      survey.pair_problems.push_back(std::move(problem));
    }
    for (const SamplePair& pair : listings[i].pairs) {
      SurveyedPair facts;
      facts.split = i;
      facts.pair = pair;
      facts.origin = origins.of(pair.image);
      pairs.push_back(std::move(facts));
    }
  }
  return pairs;
}

bool is_gray(const RgbColor& color) { return color[0] == color[1] && color[1] == color[2]; }

}  // namespace

Survey survey_dataset(const SurveyRequest& request) {
  cv::setNumThreads(1);  // every pair has a thread already
  Survey survey;
  survey.splits = request.splits;
  survey.network = request.network;
  survey.data = request.data;
  survey.threads = request.threads;
  survey.rgb_map = request.data.rgb_map;
  const std::vector<SurveyedPair> pairs = list_dataset(request, survey);
  constexpr std::size_t kMostSketches = 512;
  const std::size_t stride =
      std::max<std::size_t>(1, (pairs.size() + kMostSketches - 1) / kMostSketches);
  survey.is_sketched_whole = request.read_images && stride == 1;
  const PairReader reader(request);
  OrderedPipeline<ReadPair> pipeline(
      pairs.size(), {request.threads, static_cast<std::size_t>(4 * request.threads)},
      [&](std::size_t i) { return reader.read(pairs[i], request.read_images && i % stride == 0); });
  ColorTotals total;
  std::vector<MaskColors> colors;
  while (!pipeline.done()) {
    throw_if_interrupted();
    ReadPair read = pipeline.next();
    if (!read.colors.counts.empty()) total.add(read.colors);
    colors.push_back(std::move(read.colors));
    survey.pairs.push_back(std::move(read.facts));
  }
  if (!survey.rgb_map.empty() || total.counts.empty()) return survey;
  survey.is_map_guessed = true;
  survey.rgb_map = guess_rgb_map(total);
  for (std::size_t i = 0; i < colors.size(); ++i) {
    if (!colors[i].counts.empty()) classify(colors[i], survey.rgb_map, survey.pairs[i]);
  }
  return survey;
}

cv::Mat read_again(const Survey& survey, const SurveyedPair& pair) {
  return read_image({pair.pair.image}, survey.network, survey.data).pixels;
}

cv::Mat read_classes_again(const Survey& survey, const SurveyedPair& pair) {
  const std::filesystem::path& mask = pair.pair.mask;
  if (!is_picture(mask)) return read_npz_class_mask(mask, survey.network.num_classes);
  return RgbMap(survey.rgb_map).decode(load_mask(mask, survey.rgb_map).rgb).class_mask;
}

cv::Mat sketched_classes(const Survey& survey, const PairSketch& sketch) {
  if (sketch.mask.channels() == 1) return sketch.mask;
  return RgbMap(survey.rgb_map).decode(sketch.mask).class_mask;
}

std::string blended_colors_text(const Survey& survey) {
  if (!survey.is_map_guessed) return "";
  std::int64_t pixels = 0;
  std::size_t masks = 0;
  const SurveyedPair* example = nullptr;
  for (const SurveyedPair& pair : survey.pairs) {
    const OffPalette& off = pair.off_palette;
    if (off.pixels == 0) continue;
    pixels += off.pixels;
    ++masks;
    if (example == nullptr || off.color_pixels > example->off_palette.color_pixels) example = &pair;
  }
  if (example == nullptr) return "";
  const OffPalette& off = example->off_palette;
  return fmt::format(
      "{} pixels in {} mask{} have colours that are taken for mixtures or noise and read as the "
      "nearest class, such as {} in {}, first at x {}, y {}: if it is a class, name it in rgb_map",
      with_thousands(pixels), masks, masks == 1 ? "" : "s", color_text(off.color),
      example->pair.mask.string(), off.first.x, off.first.y);
}

std::vector<RgbMapEntry> guess_rgb_map(const ColorTotals& total) {
  std::vector<RgbColor> colors = class_colors(total);
  if (std::all_of(colors.begin(), colors.end(), is_gray)) std::sort(colors.begin(), colors.end());
  const auto black = std::find(colors.begin(), colors.end(), RgbColor{0, 0, 0});
  if (black != colors.end()) std::rotate(colors.begin(), black, black + 1);
  std::vector<RgbMapEntry> map;
  map.reserve(colors.size());
  for (const RgbColor& color : colors) map.push_back({color, static_cast<int>(map.size())});
  return map;
}

}  // namespace flexunet
