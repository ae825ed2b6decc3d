#include "generator/generate/recolor.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

TEST(RecolorRule, IsTwoColours) {
  const RecolorRule gray = parse_recolor_rule("255=(128,40,40)");
  EXPECT_EQ(gray.from, (RgbColor{255, 255, 255}));
  EXPECT_EQ(gray.to, (RgbColor{128, 40, 40}));
  const RecolorRule color = parse_recolor_rule("(1, 2, 3) = 7");
  EXPECT_EQ(color.from, (RgbColor{1, 2, 3}));
  EXPECT_EQ(color.to, (RgbColor{7, 7, 7}));
  for (const char* wrong :
       {"", "255", "=", "255=", "256=0", "-1=0", "1=2=3", "(1,2)=3", "[1,2,3]=4", "a=b", "1.5=2"}) {
    EXPECT_THROW(parse_recolor_rule(wrong), ConfigError) << wrong;
  }
}

TEST(Recolor, ChangesColoursAtOnceAndKeepsTheRest) {
  const cv::Mat mask = (cv::Mat_<cv::Vec3b>(1, 4) << cv::Vec3b(1, 1, 1), cv::Vec3b(2, 2, 2),
                        cv::Vec3b(3, 3, 3), cv::Vec3b(1, 1, 2));
  const cv::Mat changed = recolor(mask, {parse_recolor_rule("1=2"), parse_recolor_rule("2=1")});
  const cv::Mat expected = (cv::Mat_<cv::Vec3b>(1, 4) << cv::Vec3b(2, 2, 2), cv::Vec3b(1, 1, 1),
                            cv::Vec3b(3, 3, 3), cv::Vec3b(1, 1, 2));
  EXPECT_EQ(cv::norm(changed, expected), 0);
  EXPECT_THROW(recolor(mask, {parse_recolor_rule("1=2"), parse_recolor_rule("1=3")}), ConfigError);
}

}  // namespace
}  // namespace flexunet
