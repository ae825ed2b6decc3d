#include "apps/benchmark_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace flexunet {

std::string limited_by(const EpochTimes& epoch) {
  const std::pair<double, const char*> parts[] = {
      {epoch.computing, "the network: its convolutions forward and backward"},
      {epoch.waiting, "data: steps wait for images that are decoded and augmented"},
      {epoch.validation, "validation: [train] validation_steps bounds it"},
      {epoch.checkpoint, "writing the checkpoints"},
      {epoch.previews, "previews: [train] num_infer_images says how many there are"}};
  return std::max_element(std::begin(parts), std::end(parts),
                          [](const auto& a, const auto& b) { return a.first < b.first; })
      ->second;
}

std::vector<std::string> suggestions(std::vector<Alternative> alternatives) {
  constexpr double kWorthTelling = 1.1;
  std::stable_sort(
      alternatives.begin(), alternatives.end(),
      [](const Alternative& a, const Alternative& b) { return a.speedup > b.speedup; });
  std::vector<std::string> lines;
  for (const Alternative& alternative : alternatives) {
    if (alternative.speedup < kWorthTelling) break;
    lines.push_back(fmt::format("{}: {:.1f}x the images a second{}", alternative.setting,
                                alternative.speedup,
                                alternative.remark.empty() ? "" : "; " + alternative.remark));
  }
  return lines;
}

std::string describe_epoch(const EpochTimes& epoch) {
  std::vector<std::string> parts{"training " + duration_text(epoch.training()),
                                 "validation " + duration_text(epoch.validation)};
  if (epoch.checkpoint > 0) parts.push_back("checkpoint " + duration_text(epoch.checkpoint));
  if (epoch.previews > 0) parts.push_back("previews " + duration_text(epoch.previews));
  return fmt::format("an epoch: {} ({})", duration_text(epoch.seconds()), fmt::join(parts, ", "));
}

std::string describe_run(const EpochTimes& epoch, int epochs, bool may_stop_early) {
  return fmt::format("the whole run: {} epoch{}, {}{}", epochs, epochs == 1 ? "" : "s",
                     duration_text(epochs * epoch.seconds()), may_stop_early ? " at most" : "");
}

std::string duration_text(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 60 * kMinute;
  if (seconds < 9.95) return fmt::format("{:.2g} s", seconds);
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} s", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.0f} min", seconds / kMinute);
  return fmt::format("{:.1f} h", seconds / kHour);
}

}  // namespace flexunet
