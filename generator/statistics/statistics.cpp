#include "generator/statistics/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "flexunet/base/csv.h"
#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"

namespace flexunet {

double DatasetStatistics::share(std::size_t split, std::size_t class_index) const {
  const std::vector<std::int64_t>& pixels = splits.at(split).class_pixels;
  const auto all = std::accumulate(pixels.begin(), pixels.end(), std::int64_t{0});
  if (all == 0) return 0;
  return static_cast<double>(pixels.at(class_index)) / static_cast<double>(all);
}

DatasetStatistics count_dataset(const DatasetSource& source) {
  SurveyRequest request = source.survey;
  request.read_images = false;
  const Survey survey = survey_dataset(request);
  Findings findings;
  for (const PairProblem& problem : survey.pair_problems) findings.add(problem.text);
  DatasetStatistics statistics{source.name, {}, survey.rgb_map, blended_colors_text(survey)};
  const std::vector<std::int64_t> none(survey.rgb_map.size());
  for (const NamedSplit& split : survey.splits) statistics.splits.push_back({split.name, 0, none});
  for (const SurveyedPair& pair : survey.pairs) {
    if (!pair.has_mask()) findings.add(pair.mask_problem);
    SplitStatistics& split = statistics.splits[pair.split];
    ++split.images;
    for (std::size_t i = 0; i < pair.class_pixels.size(); ++i) {
      split.class_pixels[i] += pair.class_pixels[i];
    }
  }
  findings.throw_if_any<DataError>();
  return statistics;
}

std::string statistics_text(const DatasetStatistics& statistics) {
  std::string text = fmt::format("{:<20}", statistics.name);
  for (const SplitStatistics& split : statistics.splits) text += fmt::format("{:>12}", split.name);
  text += fmt::format("\n{:<20}", "images");
  for (const SplitStatistics& split : statistics.splits) {
    text += fmt::format("{:>12}", split.images);
  }
  for (const RgbMapEntry& entry : statistics.rgb_map) {
    text += fmt::format("\n{:<20}",
                        fmt::format("class {} {}", entry.class_index, color_text(entry.color)));
    for (std::size_t split = 0; split < statistics.splits.size(); ++split) {
      const double share = statistics.share(split, static_cast<std::size_t>(entry.class_index));
      text += fmt::format("{:>10.3f} %", 100.0 * share);
    }
  }
  return text;
}

std::string statistics_csv(const DatasetStatistics& statistics) {
  std::string csv = csv_row({"split", "images", "class", "color", "pixels", "share"});
  for (std::size_t split = 0; split < statistics.splits.size(); ++split) {
    const auto& [name, images, pixels] = statistics.splits[split];
    for (const RgbMapEntry& entry : statistics.rgb_map) {
      const auto index = static_cast<std::size_t>(entry.class_index);
      csv += csv_row({name, std::to_string(images), std::to_string(index), color_text(entry.color),
                      std::to_string(pixels.at(index)),
                      fmt::format("{:.6f}", statistics.share(split, index))});
    }
  }
  return csv;
}

}  // namespace flexunet
