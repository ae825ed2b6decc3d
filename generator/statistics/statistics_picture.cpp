#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "flexunet/drawing/axis_step.h"
#include "flexunet/drawing/canvas.h"
#include "generator/statistics/statistics.h"

namespace flexunet {
namespace {

constexpr int kWidth = 800;
constexpr Rect kChart{84, 76, 686, 320};
constexpr double kRowHeight = 26;
constexpr double kTableTop = 464;
constexpr std::size_t kMostRows = 24;
constexpr Color kGrid{0.88, 0.89, 0.91};
constexpr std::array<Color, 3> kBarColors{
    {{0.16, 0.38, 0.72}, {0.11, 0.56, 0.20}, {0.85, 0.55, 0.10}}};

// Lines one pixel wide are sharp in the middle of a pixel.
double sharp(double coordinate) { return std::floor(coordinate) + 0.5; }

void draw_bars(Canvas& canvas, const std::vector<SplitStatistics>& splits) {
  double most = 1;
  for (const SplitStatistics& split : splits) {
    most = std::max(most, static_cast<double>(split.images));
  }
  const double step = std::max(1.0, axis_step(most, 5));  // images are counted
  const double top = step * std::ceil(most / step * (1 + 1e-9) + 0.2);
  const double bottom = kChart.y + kChart.height;
  const auto y_of = [&](double images) { return bottom - images / top * kChart.height; };
  const int ticks = static_cast<int>(std::lround(top / step));
  for (int i = 0; i <= ticks; ++i) {
    const double tick = i * step;
    const double y = sharp(y_of(tick));
    canvas.line({{kChart.x, y}, {kChart.x + kChart.width, y}}, {kGrid, 1, false});
    canvas.text({kChart.x - 8, y}, fmt::format("{:.0f}", tick), {12, false, Align::kRight});
  }
  const double slot = kChart.width / static_cast<double>(splits.size());
  const double width = std::min(0.6 * slot, 160.0);
  for (std::size_t i = 0; i < splits.size(); ++i) {
    const double centre = kChart.x + (static_cast<double>(i) + 0.5) * slot;
    const double y = y_of(static_cast<double>(splits[i].images));
    const Color& color = kBarColors.at(i % kBarColors.size());
    canvas.box({centre - width / 2, y, width, bottom - y}, color, {color, 1, false});
    canvas.text({centre, y - 14}, std::to_string(splits[i].images), {15, true, Align::kCenter});
    canvas.text({centre, bottom + 20}, splits[i].name, {14, false, Align::kCenter});
  }
  canvas.line({{kChart.x, sharp(bottom)}, {kChart.x + kChart.width, sharp(bottom)}},
              {kGray, 1, false});
  canvas.text({24, kChart.y + kChart.height / 2}, "images",
              {14, false, Align::kCenter, kInk, true});
}

std::string share_text(double share) {
  constexpr double kLeastShown = 0.0005;
  const double percent = 100 * share;
  return share > 0 && percent < kLeastShown ? "< 0.001 %" : fmt::format("{:.3f} %", percent);
}

void draw_table(Canvas& canvas, const DatasetStatistics& statistics, std::size_t rows) {
  const double columns_left = kChart.x + 230;
  const double column =
      (kChart.x + kChart.width - columns_left) / static_cast<double>(statistics.splits.size());
  const auto right_of = [&](std::size_t split) {
    return columns_left + column * static_cast<double>(split + 1);
  };
  canvas.text({kChart.x, kTableTop}, "share of pixels", {14, true});
  for (std::size_t split = 0; split < statistics.splits.size(); ++split) {
    canvas.text({right_of(split), kTableTop}, statistics.splits[split].name,
                {14, true, Align::kRight});
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const RgbMapEntry& entry = statistics.rgb_map[row];
    const double y = kTableTop + kRowHeight * static_cast<double>(row + 1);
    const double line = sharp(y - kRowHeight / 2);
    canvas.line({{kChart.x, line}, {kChart.x + kChart.width, line}}, {kGrid, 1, false});
    const Color color{entry.color[0] / 255.0, entry.color[1] / 255.0, entry.color[2] / 255.0};
    canvas.box({kChart.x, y - 7, 14, 14}, color, {kGray, 1, false});
    canvas.text({kChart.x + 24, y},
                fmt::format("class {}  {}", entry.class_index, color_text(entry.color)), {13});
    for (std::size_t split = 0; split < statistics.splits.size(); ++split) {
      const auto index = static_cast<std::size_t>(entry.class_index);
      canvas.text({right_of(split), y}, share_text(statistics.share(split, index)),
                  {13, false, Align::kRight});
    }
  }
  if (rows == statistics.rgb_map.size()) return;
  canvas.text({kChart.x + 24, kTableTop + kRowHeight * static_cast<double>(rows + 1)},
              fmt::format("and {} more classes", statistics.rgb_map.size() - rows), {13});
}

}  // namespace

std::string statistics_png(const DatasetStatistics& statistics) {
  const std::size_t rows = std::min(statistics.rgb_map.size(), kMostRows);
  const double lines = static_cast<double>(rows) + (rows < statistics.rgb_map.size() ? 2 : 1);
  Canvas canvas(kWidth, static_cast<int>(kTableTop + kRowHeight * lines + 10));
  canvas.text({kWidth / 2.0, 34}, statistics.name, {18, true, Align::kCenter});
  draw_bars(canvas, statistics.splits);
  draw_table(canvas, statistics, rows);
  return canvas.png();
}

}  // namespace flexunet
