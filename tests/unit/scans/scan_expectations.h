#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "flexunet/base/error.h"

namespace flexunet {

/// The pixels of a (H,W) CV_8UC3 picture, row by row.
inline std::vector<cv::Vec3b> color_values(const cv::Mat& picture) {
  EXPECT_EQ(picture.type(), CV_8UC3);
  return {picture.begin<cv::Vec3b>(), picture.end<cv::Vec3b>()};
}

/// The same for a gray one, whose three channels must be equal.
inline std::vector<int> gray_values(const cv::Mat& picture) {
  std::vector<int> grays;
  for (const cv::Vec3b& pixel : color_values(picture)) {
    EXPECT_TRUE(pixel[0] == pixel[1] && pixel[0] == pixel[2]) << "a gray pixel";
    grays.push_back(pixel[0]);
  }
  return grays;
}

/// The message of the DataError that `read` throws, which must name `path`; empty when it throws
/// none.
template <typename Read>
std::string refusal_of(Read read, const std::filesystem::path& path) {
  try {
    read();
  } catch (const DataError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find(path.string()), std::string::npos) << message;
    return message;
  }
  return {};
}

}  // namespace flexunet
