#include "flexunet/report/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "flexunet/base/files.h"
#include "flexunet/drawing/axis_step.h"
#include "flexunet/drawing/canvas.h"

namespace flexunet {
namespace {

constexpr int kWidth = 800;
constexpr int kHeight = 600;
constexpr Rect kArea{84, 92, 686, 438};
constexpr double kInset = 14;  // between frame and first point, so that circles stay whole
constexpr Color kGrid{0.88, 0.89, 0.91};
// Training, validation; further curves as a precaution.
constexpr std::array<Color, 4> kColors{
    {{0.11, 0.56, 0.20}, {0.83, 0.13, 0.15}, {0.16, 0.38, 0.72}, {0.85, 0.55, 0.10}}};

struct Axis {
  double low;
  double high;
  double step;
};

Axis value_axis(const std::vector<Curve>& curves) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Curve& curve : curves) {
    for (const double value : curve.values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low > high) return {0, 1, 0.2};
  if (high - low < 1e-6 * std::max(std::abs(low), std::abs(high)) || high == low) {
    const double pad = high == 0 ? 0.5 : 0.1 * std::abs(high);
    low -= pad;
    high += pad;
  }
  const double step = axis_step(high - low, 8);
  return {step * std::floor(low / step), step * std::ceil(high / step), step};
}

Axis epoch_axis(const std::vector<Curve>& curves) {
  std::size_t epochs = 0;
  for (const Curve& curve : curves) epochs = std::max(epochs, curve.values.size());
  const double last = epochs < 2 ? 1.0 : static_cast<double>(epochs - 1);
  return {0, last, std::max(1.0, axis_step(last, 10))};
}

struct Frame {
  Axis epochs;
  Axis values;

  double x(double epoch) const {
    const double share = (epoch - epochs.low) / (epochs.high - epochs.low);
    return kArea.x + kInset + share * (kArea.width - 2 * kInset);
  }
  double y(double value) const {
    const double share = (value - values.low) / (values.high - values.low);
    return kArea.y + kArea.height - share * kArea.height;
  }
};

std::string tick_label(double value, double step) {
  if (std::abs(value) < step / 2) value = 0;
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  if (decimals > 6 || std::abs(value) >= 1e6) return fmt::format("{:g}", value);
  return fmt::format("{:.{}f}", value, decimals);
}

int tick_count(const Axis& axis) {
  return static_cast<int>((axis.high - axis.low) / axis.step + 1e-6) + 1;
}

// Lines one pixel wide are sharp in the middle of a pixel.
double sharp(double coordinate) { return std::floor(coordinate) + 0.5; }

void draw_axes(Canvas& canvas, const Frame& frame, const std::string& value_name) {
  const double bottom = kArea.y + kArea.height;
  const double right = kArea.x + kArea.width;
  const LineStyle grid{kGrid, 1, false};
  for (int tick = 0; tick < tick_count(frame.values); ++tick) {
    const double value = frame.values.low + tick * frame.values.step;
    const double y = sharp(frame.y(value));
    canvas.line({{kArea.x, y}, {right, y}}, grid);
    canvas.text({kArea.x - 8, y}, tick_label(value, frame.values.step), {12, false, Align::kRight});
  }
  for (int tick = 0; tick < tick_count(frame.epochs); ++tick) {
    const double epoch = tick * frame.epochs.step;
    const double x = sharp(frame.x(epoch));
    canvas.line({{x, kArea.y}, {x, bottom}}, grid);
    canvas.text({x, bottom + 16}, fmt::format("{:.0f}", epoch), {12, false, Align::kCenter});
  }
  const double left_line = sharp(kArea.x);
  const double right_line = sharp(right);
  const double top_line = sharp(kArea.y);
  const double bottom_line = sharp(bottom);
  canvas.line({{left_line, top_line},
               {right_line, top_line},
               {right_line, bottom_line},
               {left_line, bottom_line},
               {left_line, top_line}},
              {kGray, 1, false});
  canvas.text({kArea.x + kArea.width / 2, bottom + 42}, "epoch", {14, false, Align::kCenter});
  canvas.text({20, kArea.y + kArea.height / 2}, value_name,
              {14, false, Align::kCenter, kInk, true});
}

void draw_curve(Canvas& canvas, const Frame& frame, const Curve& curve, const Color& color) {
  const double spacing = frame.x(1) - frame.x(0);
  const double radius = std::clamp(0.35 * spacing, 1.2, 3.6);
  std::vector<Point> points;
  const LineStyle style{color, 1.6, true};
  for (std::size_t epoch = 0; epoch < curve.values.size(); ++epoch) {
    if (std::isfinite(curve.values[epoch])) {
      points.push_back({frame.x(static_cast<double>(epoch)), frame.y(curve.values[epoch])});
      canvas.circle(points.back(), radius, color);
    } else {
      canvas.line(points, style);
      points.clear();
    }
  }
  canvas.line(points, style);
}

// Above the plot's left edge, where it hides no point: losses start high.
void draw_legend(Canvas& canvas, const std::vector<Curve>& curves) {
  const double y = kArea.y - 18;
  const TextStyle style{13};
  double x = kArea.x;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const Color& color = kColors.at(i % kColors.size());
    canvas.line({{x, y}, {x + 36, y}}, {color, 1.6, true});
    canvas.circle({x + 18, y}, 3.6, color);
    canvas.text({x + 44, y}, curves[i].name, style);
    x += 44 + canvas.text_width(curves[i].name, style) + 28;
  }
}

}  // namespace

void write_curves(const std::filesystem::path& path, const std::string& title,
                  const std::vector<Curve>& curves) {
  Canvas canvas(kWidth, kHeight);
  const Frame frame{epoch_axis(curves), value_axis(curves)};
  draw_axes(canvas, frame, curves.empty() ? "" : curves.front().name);
  // The last curve first, so that training lies on top where the two coincide.
  for (std::size_t i = curves.size(); i-- > 0;) {
    draw_curve(canvas, frame, curves[i], kColors.at(i % kColors.size()));
  }
  draw_legend(canvas, curves);
  canvas.text({kWidth / 2.0, 34}, title, {18, true, Align::kCenter});
  write_file(path, canvas.png());
}

}  // namespace flexunet
