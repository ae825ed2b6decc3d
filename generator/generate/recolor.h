#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "flexunet/imaging/rgb_map.h"

namespace flexunet {

/// A colour of a mask and what becomes of it.
struct RecolorRule {
  RgbColor from;
  RgbColor to;
};

/// Parses "255=(128,40,40)" or "(255,255,255)=(128,40,40)"; a number v means the gray (v,v,v).
/// Throws ConfigError that names the text.
RecolorRule parse_recolor_rule(const std::string& text);

/// The mask (H,W) CV_8UC3 with new colours; those that no rule names stay. Throws ConfigError where
/// two rules have the same first colour.
cv::Mat recolor(const cv::Mat& mask, const std::vector<RecolorRule>& rules);

}  // namespace flexunet
