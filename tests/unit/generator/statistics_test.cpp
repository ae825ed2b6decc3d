#include "generator/statistics/statistics.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "support/phantom_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Images of 10x10 pixels, `red` of them red in each mask.
void write_split(const fs::path& folder, int images, int red) {
  for (int i = 0; i < images; ++i) {
    cv::Mat mask(10, 10, CV_8UC3, cv::Scalar::all(0));
    if (red > 0) mask(cv::Rect(0, 0, red / 10, 10)).setTo(cv::Scalar(255, 0, 0));
    write_pair(folder, std::to_string(i), cv::Mat(10, 10, CV_8UC3, cv::Scalar::all(9)), mask);
  }
}

class Statistics : public testing::Test {
 protected:
  Statistics() {
    write_split(set() / "train", 5, 20);
    write_split(set() / "valid", 2, 50);
    write_split(set() / "test", 1, 0);
  }
  fs::path set() const { return folder_.path() / "Dots"; }
  DatasetStatistics count() const { return count_dataset(open_dataset(set())); }

  TemporaryFolder folder_;
};

TEST_F(Statistics, CountImagesAndPixels) {
  const DatasetStatistics statistics = count();
  EXPECT_EQ(statistics.name, "Dots");
  ASSERT_EQ(statistics.splits.size(), 3U);
  EXPECT_EQ(statistics.splits[0].images, 5U);
  EXPECT_EQ(statistics.splits[1].class_pixels, (std::vector<std::int64_t>{100, 100}));
  EXPECT_DOUBLE_EQ(statistics.share(0, 1), 0.2);
  EXPECT_DOUBLE_EQ(statistics.share(2, 1), 0.0);
}

TEST_F(Statistics, AreWrittenAsTextAndTable) {
  EXPECT_EQ(statistics_text(count()),
            "Dots                       train       valid        test\n"
            "images                         5           2           1\n"
            "class 0 (0,0,0)         80.000 %    50.000 %   100.000 %\n"
            "class 1 (255,0,0)       20.000 %    50.000 %     0.000 %");
  EXPECT_EQ(statistics_csv(count()),
            "split,images,class,color,pixels,share\n"
            "train,5,0,\"(0,0,0)\",400,0.800000\n"
            "train,5,1,\"(255,0,0)\",100,0.200000\n"
            "valid,2,0,\"(0,0,0)\",100,0.500000\n"
            "valid,2,1,\"(255,0,0)\",100,0.500000\n"
            "test,1,0,\"(0,0,0)\",100,1.000000\n"
            "test,1,1,\"(255,0,0)\",0,0.000000\n");
}

TEST_F(Statistics, DrawABarForEachSplit) {
  const fs::path file = folder_.write("picture.png", statistics_png(count()));
  const cv::Mat picture = read_picture(file);
  EXPECT_EQ(picture.cols, 800);
  // Pixels of the bar's colour from the axis upwards, in the middle of each third.
  std::vector<int> heights;
  for (const int x : {198, 427, 656}) {
    const cv::Vec3b color = picture.at<cv::Vec3b>(385, x);
    int height = 0;
    for (int y = 385; picture.at<cv::Vec3b>(y, x) == color; --y) ++height;
    heights.push_back(height);
  }
  EXPECT_NEAR(heights[0] + 11.0, 5.0 * (heights[2] + 11.0), 8);
  EXPECT_NEAR(heights[1] + 11.0, 2.0 * (heights[2] + 11.0), 6);
}

TEST_F(Statistics, ListWhatIsWrong) {
  fs::remove(set() / "train/masks/3.png");
  write_file(set() / "valid/masks/1.png", "no picture");
  try {
    count();
    FAIL();
  } catch (const DataError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("3.png has no partner"), std::string::npos) << text;
    EXPECT_NE(text.find("valid/masks/1.png"), std::string::npos) << text;
  }
}

TEST_F(Statistics, ShowAFolderOfManyClasses) {
  cv::Mat mask(10, 10, CV_8UC3);
  for (int i = 0; i < 100; ++i) {
    mask.at<cv::Vec3b>(i / 10, i % 10) = cv::Vec3b(static_cast<std::uint8_t>(2 * i), 0, 0);
  }
  DatasetSource source = open_dataset(set());
  for (int i = 0; i < 100; ++i) {
    source.survey.data.rgb_map.push_back({{static_cast<std::uint8_t>(2 * i), 0, 0}, i});
  }
  write_png(set() / "train/masks/0.png", mask);
  const fs::path file = folder_.write("picture.png", statistics_png(count_dataset(source)));
  EXPECT_LT(read_picture(file).rows, 1300);
}

}  // namespace
}  // namespace flexunet
