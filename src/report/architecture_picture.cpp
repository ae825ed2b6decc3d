#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/drawing/canvas.h"
#include "flexunet/options/names.h"
#include "flexunet/options/network_layers.h"
#include "flexunet/report/architecture.h"

namespace flexunet {
namespace {

constexpr double kMargin = 40;
constexpr double kBoxWidth = 216;
constexpr double kBoxHeight = 86;
constexpr double kRowHeight = 126;
constexpr double kLevelIndent = 36;  // each level lies this much further inside
constexpr double kInnerGap = 150;    // between the two arms' innermost boxes
constexpr double kTop = 104;         // of the input and output boxes
constexpr double kEndHeight = 54;    // of these
constexpr double kFirstRow = kTop + kEndHeight + 40;
constexpr double kLegendHeight = 46;

constexpr Color kEncoderFill{0.88, 0.93, 0.99};
constexpr Color kDecoderFill{0.89, 0.96, 0.89};
constexpr Color kBridgeFill{0.99, 0.93, 0.84};
constexpr Color kEndFill{0.95, 0.95, 0.96};
const LineStyle kBorder{{0.55, 0.59, 0.65}, 1.2, false};
const LineStyle kDown{{0.80, 0.25, 0.20}, 2, false};
const LineStyle kUp{{0.13, 0.55, 0.25}, 2, false};
const LineStyle kSkip{{0.20, 0.40, 0.75}, 1.6, true};
const LineStyle kPlain{kGray, 2, false};

enum class Arm { kEncoder, kDecoder };

class Picture {
 public:
  explicit Picture(const NetworkOptions& network)
      : network_(network),
        bridge_(network.num_layers - 1),
        width_(2 * (kMargin + kBoxWidth + std::max(0, bridge_ - 1) * kLevelIndent) + kInnerGap),
        height_(kFirstRow + network.num_layers * kRowHeight + kLegendHeight),
        canvas_(static_cast<int>(width_), static_cast<int>(height_)) {}

  std::string draw() {
    draw_title();
    draw_ends();
    for (int level = 0; level < bridge_; ++level) {
      draw_level(Arm::kEncoder, level);
      draw_level(Arm::kDecoder, level);
      draw_arrows(level);
    }
    draw_level(Arm::kEncoder, bridge_);
    draw_legend();
    return canvas_.png();
  }

 private:
  Rect place(Arm arm, int level) const {
    const double y = kFirstRow + level * kRowHeight;
    if (level == bridge_) return {(width_ - kBoxWidth) / 2, y, kBoxWidth, kBoxHeight};
    const double indent = kMargin + level * kLevelIndent;
    const double x = arm == Arm::kEncoder ? indent : width_ - indent - kBoxWidth;
    return {x, y, kBoxWidth, kBoxHeight};
  }

  Rect end_place(Arm arm) const {
    const double x = arm == Arm::kEncoder ? kMargin : width_ - kMargin - kBoxWidth;
    return {x, kTop, kBoxWidth, kEndHeight};
  }

  void draw_title() {
    const std::string title = fmt::format("FlexUNet: {} levels, {} parameters", network_.num_layers,
                                          with_thousands(parameter_count(network_)));
    canvas_.text({width_ / 2, 36}, title, {20, true, Align::kCenter});
    const std::string dropout = network_.dropout_rate > 0
                                    ? fmt::format("dropout {:g} a level", network_.dropout_rate)
                                    : "no dropout";
    const std::string details =
        fmt::format("two convolutions a block, {}, {}, {}", name_of(network_.activation),
                    network_.normalization == NormalizationKind::kNone
                        ? "no normalisation"
                        : name_of(network_.normalization) + " normalisation",
                    dropout);
    canvas_.text({width_ / 2, 64}, details, {13, false, Align::kCenter, kGray});
  }

  // The first line stands out.
  void draw_box(const Rect& rect, const Color& fill, const std::vector<std::string>& lines) {
    canvas_.box(rect, fill, kBorder);
    const double spacing = 18;
    double y = rect.y + rect.height / 2 - spacing * (static_cast<double>(lines.size()) - 1) / 2;
    for (std::size_t i = 0; i < lines.size(); ++i, y += spacing) {
      canvas_.text({rect.x + rect.width / 2, y}, lines[i], {13, i == 0, Align::kCenter});
    }
  }

  void draw_level(Arm arm, int level) {
    const LevelShape shape = level_shape(network_, level);
    const std::string block =
        fmt::format("{}.{}", arm == Arm::kEncoder ? "encoder" : "decoder", level);
    std::int64_t parameters = 0;
    for (const NetworkLayer& layer : network_layers(network_)) {
      if (layer.name.compare(0, block.size() + 1, block + ".") == 0) parameters += layer.parameters;
    }
    Color fill = arm == Arm::kEncoder ? kEncoderFill : kDecoderFill;
    if (level == bridge_) fill = kBridgeFill;
    draw_box(place(arm, level), fill,
             {level == bridge_ ? block + " (bridge)" : block,
              fmt::format("{} filters, {}x{}", shape.filters, shape.height, shape.width),
              fmt::format("kernel {0}x{0}, dilation {1}", shape.kernel, shape.dilation),
              with_thousands(parameters) + " parameters"});
  }

  void draw_ends() {
    const std::string size = fmt::format("{}x{}", network_.image_height, network_.image_width);
    const Rect input = end_place(Arm::kEncoder);
    draw_box(input, kEndFill,
             {"input", fmt::format("{} channels, {}", network_.image_channels, size)});
    const Rect output = end_place(Arm::kDecoder);
    draw_box(output, kEndFill,
             {"head: conv 1x1", fmt::format("{} classes, {}", network_.num_classes, size)});
    connect(input, place(Arm::kEncoder, 0), kPlain);
    connect(place(Arm::kDecoder, 0), output, kPlain);
  }

  // Vertically, in the middle of what the two boxes have in common.
  void connect(const Rect& from, const Rect& to, const LineStyle& style) {
    const double left = std::max(from.x, to.x);
    const double right = std::min(from.x + from.width, to.x + to.width);
    const double x = (left + right) / 2;
    const bool down = from.y < to.y;
    canvas_.arrow({{x, down ? from.y + from.height + 2 : from.y - 2},
                   {x, down ? to.y - 3 : to.y + to.height + 3}},
                  style);
  }

  void draw_arrows(int level) {
    const Rect encoder = place(Arm::kEncoder, level);
    const Rect decoder = place(Arm::kDecoder, level);
    connect(encoder, place(Arm::kEncoder, level + 1), kDown);
    connect(place(Arm::kDecoder, level + 1), decoder, kUp);
    const double y = encoder.y + encoder.height / 2;
    canvas_.arrow({{encoder.x + encoder.width + 3, y}, {decoder.x - 4, y}}, kSkip);
    const int filters = level_shape(network_, level).filters;
    canvas_.text({width_ / 2, y - 12}, fmt::format("concat {0} + {0}", filters),
                 {12, false, Align::kCenter, kSkip.color});
  }

  void draw_legend() {
    const std::vector<std::pair<std::string, LineStyle>> entries = {
        {"max-pool 2x2", kDown}, {"transposed conv 2x2, stride 2", kUp}, {"skip (concat)", kSkip}};
    const TextStyle style{12, false, Align::kLeft, kGray};
    const double gap = 26;
    double total = -gap;
    for (const auto& [name, line] : entries) total += 40 + canvas_.text_width(name, style) + gap;
    double x = (width_ - total) / 2;
    const double y = height_ - kLegendHeight / 2;
    for (const auto& [name, line] : entries) {
      canvas_.arrow({{x, y}, {x + 32, y}}, line);
      canvas_.text({x + 40, y}, name, style);
      x += 40 + canvas_.text_width(name, style) + gap;
    }
  }

  const NetworkOptions& network_;
  int bridge_;
  double width_;
  double height_;
  Canvas canvas_;
};

}  // namespace

void write_architecture_png(const std::filesystem::path& path, const NetworkOptions& network) {
  write_file(path, Picture(network).draw());
}

}  // namespace flexunet
