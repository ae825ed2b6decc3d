#include "generator/generate/recolor.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <optional>
#include <set>

#include "flexunet/base/error.h"
#include "flexunet/literal/literal.h"

namespace flexunet {
namespace {

std::optional<std::uint8_t> as_channel(const Value& value) {
  if (value.kind != ValueKind::kInt || value.integer < 0 || value.integer > 255) return {};
  return static_cast<std::uint8_t>(value.integer);
}

std::optional<RgbColor> as_color(const std::string& text) {
  const Literal literal = parse_literal(text);
  if (literal.problem) return std::nullopt;
  if (const auto gray = as_channel(literal.value)) return RgbColor{*gray, *gray, *gray};
  if (literal.value.kind != ValueKind::kTuple || literal.value.items.size() != 3) return {};
  RgbColor color{};
  for (std::size_t i = 0; i < color.size(); ++i) {
    const auto channel = as_channel(literal.value.items[i]);
    if (!channel) return std::nullopt;
    color[i] = *channel;
  }
  return color;
}

}  // namespace

RecolorRule parse_recolor_rule(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos) {
    const auto from = as_color(text.substr(0, equals));
    const auto to = as_color(text.substr(equals + 1));
    if (from && to) return {*from, *to};
  }
  throw ConfigError(fmt::format(
      "--recolor '{}': must be two colours of numbers from 0 to 255, such as '255=(128,40,40)' or "
      "'(255,255,255)=(128,40,40)'",
      text));
}

cv::Mat recolor(const cv::Mat& mask, const std::vector<RecolorRule>& rules) {
  cv::Mat recolored = mask.clone();
  std::set<RgbColor> seen;
  for (const RecolorRule& rule : rules) {
    if (!seen.insert(rule.from).second) {
      throw ConfigError(fmt::format("--recolor: ({}, {}, {}) is given two colours", rule.from[0],
                                    rule.from[1], rule.from[2]));
    }
    const cv::Scalar from(rule.from[0], rule.from[1], rule.from[2]);
    cv::Mat found;
    cv::inRange(mask, from, from, found);
    recolored.setTo(cv::Scalar(rule.to[0], rule.to[1], rule.to[2]), found);
  }
  return recolored;
}

}  // namespace flexunet
