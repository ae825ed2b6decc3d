#include "generator/verify/verify_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "generator/verify/check_fit.h"

namespace flexunet {
namespace {

std::size_t count_pairs(const Survey& survey, std::size_t split) {
  return static_cast<std::size_t>(
      std::count_if(survey.pairs.begin(), survey.pairs.end(),
                    [&](const SurveyedPair& pair) { return pair.split == split; }));
}

// Images of each size, "512x512".
std::map<std::string, std::size_t> count_sizes(const Survey& survey, std::size_t split) {
  std::map<std::string, std::size_t> sizes;
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.split != split || !pair.has_image()) continue;
    ++sizes[fmt::format("{}x{}", pair.image_size.width, pair.image_size.height)];
  }
  return sizes;
}

std::string sizes_text(const std::map<std::string, std::size_t>& sizes) {
  constexpr std::size_t kMost = 4;
  if (sizes.size() > kMost) return fmt::format("{} sizes", sizes.size());
  std::string text;
  for (const auto& [size, images] : sizes) {
    text += (text.empty() ? "" : ", ") + size;
    if (sizes.size() > 1) text += fmt::format(" ({})", images);
  }
  return text;
}

void append_findings(const DatasetFindings& findings, Severity severity, std::string& text) {
  constexpr std::size_t kMostOfAKind = 10;
  std::map<std::string, std::size_t> seen;
  std::map<std::string, std::size_t> total;
  for (const DatasetFinding& finding : findings) {
    if (finding.severity == severity) ++total[finding.kind];
  }
  for (const DatasetFinding& finding : findings) {
    if (finding.severity != severity) continue;
    const std::size_t number = ++seen[finding.kind];
    if (number <= kMostOfAKind) text += fmt::format("  {}: {}\n", finding.kind, finding.text);
    if (number == kMostOfAKind && total[finding.kind] > kMostOfAKind) {
      text += fmt::format("  {}: and {} more, all of them with --json\n", finding.kind,
                          total[finding.kind] - kMostOfAKind);
    }
  }
}

}  // namespace

std::size_t count_findings(const DatasetFindings& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const DatasetFinding& finding) { return finding.severity == severity; }));
}

std::vector<std::int64_t> class_pixels_of(const Survey& survey, std::size_t split) {
  std::vector<std::int64_t> pixels(survey.rgb_map.size());
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.split != split || pair.class_pixels.empty()) continue;
    std::transform(pixels.begin(), pixels.end(), pair.class_pixels.begin(), pixels.begin(),
                   std::plus<>());
  }
  return pixels;
}

std::string class_share_table(const Survey& survey) {
  std::string table = fmt::format("  {:<20}", "class");
  std::vector<std::vector<std::int64_t>> pixels;
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    table += fmt::format("{:>12}", survey.splits[split].name);
    pixels.push_back(class_pixels_of(survey, split));
  }
  table += "\n";
  for (const RgbMapEntry& entry : survey.rgb_map) {
    const auto index = static_cast<std::size_t>(entry.class_index);
    table += fmt::format("  {:<20}", fmt::format("{} {}", index, color_text(entry.color)));
    for (const std::vector<std::int64_t>& of_split : pixels) {
      const auto all = std::accumulate(of_split.begin(), of_split.end(), std::int64_t{0});
      const double share =
          all == 0 ? 0 : 100.0 * static_cast<double>(of_split[index]) / static_cast<double>(all);
      table += fmt::format("{:>10.3f} %", share);
    }
    table += "\n";
  }
  return table;
}

std::string verify_text(const Survey& survey, const DatasetFindings& findings) {
  std::string text;
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    const std::string sizes = sizes_text(count_sizes(survey, split));
    text += fmt::format("{}: {} pairs{}{}\n", survey.splits[split].name, count_pairs(survey, split),
                        sizes.empty() ? "" : ", ", sizes);
  }
  text += survey.is_map_guessed ? "share of pixels (classes guessed from the masks' colours):\n"
                                : "share of pixels:\n";
  text += class_share_table(survey);
  for (const Severity severity : {Severity::kError, Severity::kWarning}) {
    const char* name = severity == Severity::kError ? "errors" : "warnings";
    text += fmt::format("{}: {}\n", name, count_findings(findings, severity));
    append_findings(findings, severity, text);
  }
  text.pop_back();
  return text;
}

std::string verify_json(const std::string& name, const Survey& survey,
                        const DatasetFindings& findings) {
  using Json = nlohmann::ordered_json;
  Json report = {{"dataset", name},
                 {"splits", Json::array()},
                 {"classes", Json::array()},
                 {"classes_guessed", survey.is_map_guessed},
                 {"errors", count_findings(findings, Severity::kError)},
                 {"warnings", count_findings(findings, Severity::kWarning)},
                 {"findings", Json::array()}};
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    report["splits"].push_back({{"name", survey.splits[split].name},
                                {"pairs", count_pairs(survey, split)},
                                {"sizes", count_sizes(survey, split)},
                                {"class_pixels", class_pixels_of(survey, split)}});
  }
  for (const RgbMapEntry& entry : survey.rgb_map) {
    report["classes"].push_back({{"index", entry.class_index}, {"color", entry.color}});
  }
  for (const DatasetFinding& finding : findings) {
    Json files = Json::array();
    for (const auto& file : finding.files) files.push_back(file.string());
    Json entry = {{"kind", finding.kind},
                  {"severity", finding.severity == Severity::kError ? "error" : "warning"},
                  {"files", files},
                  {"text", finding.text}};
    if (const auto& likeness = finding.likeness) {
      entry["orientation"] = likeness->orientation;
      entry["correlation"] = likeness->correlation;
      if (likeness->mask_agreement >= 0) entry["mask_agreement"] = likeness->mask_agreement;
    }
    report["findings"].push_back(std::move(entry));
  }
  const MaskFitResult fit = measure_fit(survey).fit;
  report["mask_fit"] = {{"pairs", fit.pairs}, {"median_rank", fit.median_rank}};
  // File names need not be UTF-8.
  return report.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace flexunet
