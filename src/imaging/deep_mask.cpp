#include "imaging/deep_mask.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <opencv2/core.hpp>
#include <set>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

// A mask of more different values is no mask; their list would only grow.
constexpr std::size_t kMostValues = 4096;
constexpr double kWhite = 255;
constexpr double kSpread = 257;  // 8 bits spread over 16: 255 becomes 65535

template <typename Stored>
std::set<double> distinct_values(const cv::Mat& values) {
  std::set<double> found;
  for (int y = 0; y < values.rows && found.size() <= kMostValues; ++y) {
    const auto* row = values.ptr<Stored>(y);
    const auto* end = row + values.cols * values.channels();
    for (const auto* value = row; value != end; ++value) {
      if (value == row || *value != value[-1]) found.insert(static_cast<double>(*value));
    }
  }
  return found;
}

bool is_spread(double value) {
  return value >= 0 && value <= kSpread * kWhite && std::fmod(value, kSpread) == 0;
}

bool is_byte(double value) { return value >= 0 && value <= kWhite && value == std::floor(value); }

class DeepMask {
 public:
  DeepMask(const cv::Mat& values, const std::vector<RgbMapEntry>& rgb_map)
      : values_(values),
        rgb_map_(rgb_map),
        found_(values.depth() == CV_16U ? distinct_values<std::uint16_t>(values)
                                        : distinct_values<double>(values)) {}

  cv::Mat colors(const std::string& where) const {
    if (all([](double value) { return is_byte(value); })) {
      if (rgb_map_.empty() || values_.channels() == 3 || all_gray_of_map()) return bytes(1);
      if (all_labels()) return class_colors();
    }
    if (all(is_spread)) return bytes(1 / kSpread);
    refuse(where);
  }

 private:
  template <typename Condition>
  bool all(Condition condition) const {
    return std::all_of(found_.begin(), found_.end(), condition);
  }
  bool all_gray_of_map() const {
    return all([&](double value) {
      return std::any_of(rgb_map_.begin(), rgb_map_.end(), [&](const RgbMapEntry& entry) {
        return std::all_of(entry.color.begin(), entry.color.end(),
                           [&](std::uint8_t channel) { return channel == value; });
      });
    });
  }
  bool all_labels() const {
    return all([&](double value) { return value < static_cast<double>(rgb_map_.size()); });
  }

  cv::Mat bytes(double scale) const {
    cv::Mat result;
    values_.convertTo(result, CV_8U, scale);
    return result;
  }

  cv::Mat class_colors() const {
    std::array<cv::Vec3b, 256> color_of;
    for (const auto& [color, index] : rgb_map_) {
      color_of.at(static_cast<std::size_t>(index)) = cv::Vec3b(color[0], color[1], color[2]);
    }
    const cv::Mat labels = bytes(1);
    cv::Mat rgb(labels.size(), CV_8UC3);
    for (int y = 0; y < labels.rows; ++y) {
      const auto* row = labels.ptr<std::uint8_t>(y);
      std::transform(row, row + labels.cols, rgb.ptr<cv::Vec3b>(y),
                     [&](std::uint8_t label) { return color_of[label]; });
    }
    return rgb;
  }

  [[noreturn]] void refuse(const std::string& where) const {
    constexpr std::size_t kMostShown = 8;
    std::vector<std::string> shown;
    for (const double value : found_) {
      if (shown.size() == kMostShown) break;
      shown.push_back(fmt::format("{}", value));
    }
    throw DataError(fmt::format(
        "{}: a mask of numbers of more than 8 bits with the values {}{}: must be {}, or gray of 8 "
        "bits spread over 16 (multiples of 257)",
        where, fmt::join(shown, ", "), found_.size() > shown.size() ? ", ..." : "",
        rgb_map_.empty() ? "whole numbers from 0 to 255"
                         : fmt::format("class indices from 0 to {}, or the gray values of rgb_map",
                                       rgb_map_.size() - 1)));
  }

  const cv::Mat& values_;
  const std::vector<RgbMapEntry>& rgb_map_;
  std::set<double> found_;
};

}  // namespace

cv::Mat deep_mask_colors(const cv::Mat& values, const std::vector<RgbMapEntry>& rgb_map,
                         const std::string& where) {
  return DeepMask(values, rgb_map).colors(where);
}

}  // namespace flexunet
