#include "flexunet/imaging/rgb_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/random.h"
#include "flexunet/imaging/image_io.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

using Entries = std::vector<RgbMapEntry>;

cv::Mat pixel(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  return {1, 1, CV_8UC3, cv::Scalar(red, green, blue)};
}

std::string problem_of(const Entries& entries) {
  try {
    RgbMap{entries};
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(RgbMap, RejectsRepeatedClassIndex) {
  EXPECT_NE(problem_of({{{0, 0, 0}, 0}, {{1, 1, 1}, 0}})
                .find("class 0 is given to (0,0,0) and to (1,1,1)"),
            std::string::npos);
}

TEST(RgbMap, RejectsRepeatedColour) {
  EXPECT_NE(problem_of({{{0, 0, 0}, 0}, {{0, 0, 0}, 1}})
                .find("(0,0,0) stands for class 0 and for class 1"),
            std::string::npos);
}

TEST(RgbMap, RejectsIndicesOutsideTheRangeAllAtOnce) {
  const std::string problem = problem_of({{{0, 0, 0}, 0}, {{1, 1, 1}, 3}, {{2, 2, 2}, -1}});
  EXPECT_NE(problem.find("(1,1,1):3: 3 colours have the indices 0 to 2"), std::string::npos);
  EXPECT_NE(problem.find("(2,2,2):-1"), std::string::npos);
}

TEST(RgbMap, RejectsNoneAndMoreThan256Entries) {
  EXPECT_NE(problem_of({}), "");
  Entries entries;
  for (int i = 0; i < 257; ++i) {
    entries.push_back(
        {{static_cast<std::uint8_t>(i % 256), static_cast<std::uint8_t>(i / 256), 0}, i});
  }
  EXPECT_NE(problem_of(entries), "");
  entries.pop_back();
  EXPECT_EQ(problem_of(entries), "");
}

TEST(RgbMap, DecodesToTheIndexNotThePosition) {
  const RgbMap rgb_map({{{255, 0, 0}, 2}, {{0, 0, 0}, 0}, {{0, 255, 0}, 1}});
  EXPECT_EQ(rgb_map.decode(pixel(255, 0, 0)).class_mask.at<std::uint8_t>(0, 0), 2);
  EXPECT_EQ(rgb_map.decode(pixel(0, 0, 0)).class_mask.at<std::uint8_t>(0, 0), 0);
  EXPECT_EQ(rgb_map.palette_position(2), 0);
  EXPECT_EQ(rgb_map.palette_position(0), 1);
}

TEST(RgbMap, GivesATieToTheFirstEntry) {
  EXPECT_EQ(RgbMap({{{10, 0, 0}, 1}, {{0, 0, 0}, 0}})
                .decode(pixel(5, 0, 0))
                .class_mask.at<std::uint8_t>(0, 0),
            1);
  EXPECT_EQ(RgbMap({{{0, 0, 0}, 0}, {{10, 0, 0}, 1}})
                .decode(pixel(5, 0, 0))
                .class_mask.at<std::uint8_t>(0, 0),
            0);
}

TEST(RgbMap, CountsColoursThatAreNotInTheMap) {
  const RgbMap rgb_map({{{0, 0, 0}, 0}, {{128, 40, 40}, 1}});
  cv::Mat rgb(1, 5, CV_8UC3, cv::Scalar(0, 0, 0));
  rgb.at<cv::Vec3b>(0, 1) = {128, 40, 40};
  rgb.at<cv::Vec3b>(0, 2) = {120, 40, 40};
  rgb.at<cv::Vec3b>(0, 3) = {120, 40, 40};
  const RgbMap::Decoded decoded = rgb_map.decode(rgb);
  EXPECT_EQ(decoded.off_palette_pixels, 2);
  const cv::Mat expected = (cv::Mat_<std::uint8_t>(1, 5) << 0, 1, 1, 1, 0);
  EXPECT_EQ(cv::norm(decoded.class_mask, expected, cv::NORM_INF), 0.0);
}

// More colours than the cache has room for: every slot is fought over.
TEST(RgbMap, DecodesAnyColourLikeAPlainSearch) {
  const Entries entries{{{0, 0, 0}, 0}, {{0, 0, 255}, 1}, {{0, 255, 0}, 2}, {{255, 0, 0}, 3}};
  CounterRandom random(1, 1);
  cv::Mat rgb(200, 300, CV_8UC3);
  for (auto it = rgb.begin<cv::Vec3b>(); it != rgb.end<cv::Vec3b>(); ++it) {
    for (int c = 0; c < 3; ++c) (*it)[c] = static_cast<std::uint8_t>(random.below(256));
  }
  const cv::Mat class_mask = RgbMap(entries).decode(rgb).class_mask;
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      const cv::Vec3i color = rgb.at<cv::Vec3b>(y, x);
      std::vector<int> distances;
      for (const RgbMapEntry& entry : entries) {
        const cv::Vec3i difference =
            color - cv::Vec3i(entry.color[0], entry.color[1], entry.color[2]);
        distances.push_back(difference.dot(difference));
      }
      const auto best = std::min_element(distances.begin(), distances.end()) - distances.begin();
      ASSERT_EQ(class_mask.at<std::uint8_t>(y, x), best) << color;
    }
  }
}

TEST(RgbMap, EncodesWhatItDecodes) {
  const RgbMap rgb_map({{{255, 0, 0}, 2}, {{0, 0, 0}, 0}, {{0, 255, 0}, 1}});
  const cv::Mat class_mask = (cv::Mat_<std::uint8_t>(2, 3) << 0, 1, 2, 2, 1, 0);
  const cv::Mat rgb = rgb_map.encode(class_mask);
  EXPECT_EQ(rgb.at<cv::Vec3b>(0, 2), cv::Vec3b(255, 0, 0));
  EXPECT_EQ(cv::norm(rgb_map.decode(rgb).class_mask, class_mask, cv::NORM_INF), 0.0);
  EXPECT_THROW(rgb_map.encode(cv::Mat(1, 1, CV_8UC1, cv::Scalar(3))), std::out_of_range);
}

TEST(WritePalettePng, StoresPositionsAndThePaletteInOrder) {
  const TemporaryFolder folder;
  const RgbMap rgb_map({{{255, 0, 0}, 2}, {{0, 0, 0}, 0}, {{0, 255, 0}, 1}});
  const cv::Mat class_mask = (cv::Mat_<std::uint8_t>(2, 3) << 0, 1, 2, 2, 1, 0);
  const fs::path path = folder.path() / "mask.png";
  write_palette_png(path, class_mask, rgb_map);
  const std::string bytes = read_file(path);
  EXPECT_EQ(bytes.substr(24, 2), std::string("\x08\x03", 2)) << "8 bit, palette";
  const std::size_t palette = bytes.find("PLTE");
  ASSERT_NE(palette, std::string::npos);
  EXPECT_EQ(bytes.substr(palette + 4, 9), std::string("\xff\0\0\0\0\0\0\xff\0", 9));
  EXPECT_EQ(cv::norm(rgb_map.decode(read_picture(path)).class_mask, class_mask, cv::NORM_INF), 0.0);
}

struct RealMasks {
  const char* name;
  Entries entries;
  std::vector<int> class_pixels;  // counted by an independent decoder
};

// The test masks of the two published datasets.
TEST(RgbMap, DecodesRealMasks) {
  const fs::path data = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/data";
  if (!fs::exists(data)) GTEST_SKIP() << data << " is not here";
  const std::vector<RealMasks> sets{
      {"KneeBones3Dify", {{{0, 0, 0}, 0}, {{128, 40, 40}, 1}}, {1200255, 110465}},
      {"Crystal-Clean-Brain-Tumor",
       {{{0, 0, 0}, 0}, {{0, 0, 255}, 1}, {{0, 255, 0}, 2}, {{255, 0, 0}, 3}},
       {772542, 7428, 3473, 2989}}};
  for (const RealMasks& set : sets) {
    const RgbMap rgb_map(set.entries);
    std::vector<int> class_pixels(set.entries.size());
    for (const fs::path& path : list_files(data / set.name / "*/masks")) {
      const RgbMap::Decoded decoded = rgb_map.decode(read_picture(path));
      EXPECT_EQ(decoded.off_palette_pixels, 0) << path;
      if (path.string().find("/test/") == std::string::npos) continue;
      for (std::size_t i = 0; i < class_pixels.size(); ++i) {
        class_pixels[i] += cv::countNonZero(decoded.class_mask == static_cast<int>(i));
      }
    }
    EXPECT_EQ(class_pixels, set.class_pixels) << set.name;
  }
}

}  // namespace
}  // namespace flexunet
