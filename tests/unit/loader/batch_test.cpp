#include "flexunet/loader/batch.h"
#include "support/batches.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

// Each byte tells its sample, row, column and channel.
std::vector<Sample> numbered_samples(const std::vector<int>& numbers, int height, int width) {
  std::vector<Sample> samples;
  for (const int n : numbers) {
    cv::Mat image(height, width, CV_8UC3);
    cv::Mat mask(height, width, CV_8UC1);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) {
          image.at<cv::Vec3b>(y, x)[c] = static_cast<std::uint8_t>(n * 64 + y * 16 + x * 4 + c);
        }
        mask.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(n + y + x);
      }
    }
    samples.push_back({std::to_string(n), image, mask});
  }
  return samples;
}

TEST(MakeBatch, PutsEveryByteWhereItBelongs) {
  const Batch batch = make_batch(numbered_samples({2, 0}, 2, 4), torch::kCPU);
  ASSERT_EQ(batch.images.sizes(), (std::vector<std::int64_t>{2, 3, 2, 4}));
  ASSERT_EQ(batch.class_masks.sizes(), (std::vector<std::int64_t>{2, 2, 4}));
  EXPECT_EQ(batch.images.dtype(), torch::kUInt8);
  EXPECT_EQ(batch.class_masks.dtype(), torch::kLong);
  for (int n = 0; n < 2; ++n) {
    const int sample = n == 0 ? 2 : 0;
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < 4; ++x) {
        for (int c = 0; c < 3; ++c) {
          EXPECT_EQ(batch.images[n][c][y][x].item<int>(), sample * 64 + y * 16 + x * 4 + c);
        }
        EXPECT_EQ(batch.class_masks[n][y][x].item<int>(), sample + y + x);
      }
    }
  }
}

TEST(MakeBatch, IsChannelsLastWithoutACopy) {
  const Batch batch = make_batch(numbered_samples({0, 1}, 4, 4), torch::kCPU);
  EXPECT_TRUE(batch.images.is_contiguous(torch::MemoryFormat::ChannelsLast));
}

TEST(StackImages, RefusesImagesOfDifferentSizes) {
  EXPECT_THROW(stack_images({cv::Mat(2, 2, CV_8UC3), cv::Mat(2, 4, CV_8UC3)}), c10::Error);
}

}  // namespace
}  // namespace flexunet
