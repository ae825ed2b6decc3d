#include "flexunet/imaging/augmentation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

namespace flexunet {
namespace {

// Every pixel has a value of its own, and the image's first channel is that of the mask.
ImageAndMask numbered(int rows, int columns) {
  ImageAndMask sample{cv::Mat(rows, columns, CV_8UC3), cv::Mat(rows, columns, CV_8UC1)};
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      const auto value = static_cast<std::uint8_t>(y * columns + x);
      sample.mask.at<std::uint8_t>(y, x) = value;
      sample.image.at<cv::Vec3b>(y, x) = {value, 7, static_cast<std::uint8_t>(255 - value)};
    }
  }
  return sample;
}

std::string bytes_of(const cv::Mat& picture) {
  return {reinterpret_cast<const char*>(picture.data), picture.total() * picture.elemSize()};
}

bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

// How often each outcome comes up, by the mask's bytes.
std::map<std::string, int> outcomes(const AugmentationOptions& options, int draws) {
  const ImageAndMask source = numbered(3, 3);
  std::map<std::string, int> counts;
  for (int draw = 0; draw < draws; ++draw) {
    CounterRandom random(1, static_cast<std::uint64_t>(draw));
    ++counts[bytes_of(augment(source, options, random).mask)];
  }
  return counts;
}

const AugmentationOptions kFlipsAndTurns{{Flip{FlipAxis::kHorizontal}, Flip{FlipAxis::kVertical},
                                          Rotation{90}, Rotation{180}, Rotation{270}}};

TEST(Augment, KeepsTheSourceWithoutMethods) {
  EXPECT_EQ(outcomes({}, 20).size(), 1U);
  EXPECT_EQ(outcomes({}, 20).begin()->first, bytes_of(numbered(3, 3).mask));
}

TEST(Augment, DrawsTheSourceAndEachVariantEquallyOften) {
  const auto counts = outcomes(kFlipsAndTurns, 1200);
  EXPECT_EQ(counts.size(), 6U);
  for (const auto& [bytes, count] : counts) EXPECT_NEAR(count, 200, 60);
}

TEST(Augment, MovesImageAndMaskTogether) {
  for (int draw = 0; draw < 40; ++draw) {
    CounterRandom random(2, static_cast<std::uint64_t>(draw));
    const ImageAndMask result = augment(numbered(6, 6), kFlipsAndTurns, random);
    ASSERT_EQ(result.image.size(), result.mask.size());
    cv::Mat first;
    cv::extractChannel(result.image, first, 0);
    EXPECT_EQ(cv::countNonZero(first != result.mask), 0);
    EXPECT_TRUE(result.image.isContinuous() && result.mask.isContinuous());
  }
}

TEST(Augment, FlipsAndRotatesAsTheirNamesSay) {
  const struct {
    Augmentation augmentation;
    std::string expected;  // of the pixels 0 1 2 / 3 4 5 / 6 7 8
  } cases[] = {{Flip{FlipAxis::kHorizontal}, {2, 1, 0, 5, 4, 3, 8, 7, 6}},
               {Flip{FlipAxis::kVertical}, {6, 7, 8, 3, 4, 5, 0, 1, 2}},
               {Rotation{90}, {2, 5, 8, 1, 4, 7, 0, 3, 6}},
               {Rotation{180}, {8, 7, 6, 5, 4, 3, 2, 1, 0}},
               {Rotation{270}, {6, 3, 0, 7, 4, 1, 8, 5, 2}}};
  for (const auto& each : cases) {
    const auto counts = outcomes({{each.augmentation}}, 40);
    EXPECT_EQ(counts.size(), 2U);  // the source is the other one
    EXPECT_EQ(counts.count(each.expected), 1U);
  }
}

// --- properties of every method ---

// Discs of some classes, whose numbers have none between them that is a class, too.
ImageAndMask label_picture(cv::Size size, std::uint64_t seed) {
  CounterRandom random(seed, 0);
  cv::Mat labels(size, CV_8UC1, cv::Scalar(0));
  for (int shape = 0; shape < 6; ++shape) {
    const cv::Point centre(static_cast<int>(random.uniform(0, size.width)),
                           static_cast<int>(random.uniform(0, size.height)));
    const int radius = static_cast<int>(random.uniform(6, size.height / 4.0));
    cv::circle(labels, centre, radius, cv::Scalar(60 * (1 + shape % 3)), cv::FILLED);
  }
  cv::Mat picture;
  cv::cvtColor(labels, picture, cv::COLOR_GRAY2RGB);
  return {picture, labels};
}

// Every method with parameters drawn from their sensible ranges.
std::vector<Augmentation> drawn_methods(std::uint64_t seed) {
  CounterRandom r(seed, 1);
  LensDistortion barrel;
  barrel.radius = r.uniform(0.1, 0.6);
  barrel.amount = r.uniform(0.05, 0.8);
  barrel.center = {r.uniform(0.1, 0.9), r.uniform(0.1, 0.9)};
  LensDistortion pincushion = barrel;
  pincushion.pincushion = true;
  pincushion.amount = -r.uniform(0.05, 0.8);
  Elastic elastic;
  elastic.rotation = r.uniform(0, 90);
  elastic.displacement = r.uniform(0, 0.02);
  return {Flip{FlipAxis::kHorizontal},
          Flip{FlipAxis::kVertical},
          Rotation{r.uniform(-360, 360)},
          Rotation{90},
          Shrinking{r.uniform(0.4, 1.6)},
          Shearing{r.uniform(-0.4, 0.4), FlipAxis::kVertical},
          Deformation{r.uniform(300, 1600), r.uniform(6, 12)},
          Distortion{r.uniform(0.005, 0.05), r.uniform(8, 25), 0.5},
          barrel,
          pincushion,
          Sharpening{r.uniform(0.2, 2)},
          Brightening{r.uniform(0.5, 1.5), r.uniform(-30, 30)},
          GammaChange{},
          Noise{},
          Blur{},
          Crop{r.uniform(0.4, 1)},
          elastic};
}

bool is_photometric(const std::string& method) {
  static const std::set<std::string> kPhotometric{"sharpening", "brightening", "gamma", "noise",
                                                  "blur"};
  return kPhotometric.count(method) > 0;
}

std::set<int> values_of(const cv::Mat& mask) {
  std::set<int> values;
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) values.insert(mask.at<std::uint8_t>(y, x));
  }
  return values;
}

const cv::Size kSizes[] = {{96, 96}, {128, 80}, {75, 110}};

// Calls `check` with a source, a method and its result, for each shape, some seeds, each method.
template <typename Check>
void for_each_variant(Check check) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (const cv::Size size : kSizes) {
      const ImageAndMask source = label_picture(size, seed);
      std::uint64_t stream = 0;
      for (const Augmentation& method : drawn_methods(seed)) {
        CounterRandom random(seed, ++stream);
        SCOPED_TRACE(name_of(method).method + " " + name_of(method).parameters);
        check(source, method, make_variant(source, method, random));
      }
    }
  }
}

TEST(EveryMethod, KeepsTheSizeAndBringsInNoClass) {
  for_each_variant([](const ImageAndMask& source, const Augmentation&, const ImageAndMask& made) {
    ASSERT_EQ(made.image.size(), source.image.size());
    ASSERT_EQ(made.mask.size(), source.mask.size());
    ASSERT_EQ(made.image.type(), CV_8UC3);
    const std::set<int> before = values_of(source.mask);
    for (const int value : values_of(made.mask)) EXPECT_EQ(before.count(value), 1U) << value;
  });
}

// Warped as an image and as a mask, labels agree wherever neighbours are alike.
TEST(EveryMethod, MovesAPictureOfTheLabelsAsTheLabels) {
  for_each_variant(
      [](const ImageAndMask& source, const Augmentation& method, const ImageAndMask& made) {
        if (is_photometric(name_of(method).method)) {
          EXPECT_TRUE(equal(made.mask, source.mask));
          return;
        }
        cv::Mat gray, thick, thin;
        cv::extractChannel(made.image, gray, 0);
        cv::dilate(made.mask, thick, cv::Mat(), {-1, -1}, 2);
        cv::erode(made.mask, thin, cv::Mat(), {-1, -1}, 2);
        // Beyond the border lies another colour.
        cv::Mat inside(made.mask.size(), CV_8UC1, cv::Scalar(0));
        const cv::Rect inner(2, 2, inside.cols - 4, inside.rows - 4);
        cv::Mat(thick == thin)(inner).copyTo(inside(inner));
        ASSERT_GT(cv::countNonZero(inside), made.mask.rows * made.mask.cols / 4);
        EXPECT_EQ(cv::countNonZero((gray != made.mask) & inside), 0);
      });
}

TEST(EveryMethod, ChangesThePicture) {
  for_each_variant([](const ImageAndMask& source, const Augmentation&, const ImageAndMask& made) {
    EXPECT_FALSE(equal(made.image, source.image));
  });
}

TEST(EveryMethod, FollowsItsSeedAndLeavesTheSource) {
  for_each_variant([](const ImageAndMask& source, const Augmentation& method, const ImageAndMask&) {
    const ImageAndMask before{source.image.clone(), source.mask.clone()};
    const auto made = [&](std::uint64_t seed) {
      CounterRandom random(seed, 7);
      return make_variant(source, method, random);
    };
    EXPECT_TRUE(equal(made(1).image, made(1).image));
    EXPECT_TRUE(equal(made(1).mask, made(1).mask));
    EXPECT_TRUE(equal(source.image, before.image) && equal(source.mask, before.mask));
    static const std::set<std::string> kDrawn{"deformation", "distortion", "gamma",  "noise",
                                              "blur",        "crop",       "elastic"};
    EXPECT_EQ(equal(made(1).image, made(2).image), kDrawn.count(name_of(method).method) == 0);
  });
}

TEST(ExactMethods, AreTheirOwnInverses) {
  const auto made = [](const ImageAndMask& source, const Augmentation& method) {
    CounterRandom random(1, 1);
    return make_variant(source, method, random);
  };
  for (const cv::Size size : {cv::Size(31, 31), cv::Size(24, 24)}) {
    const ImageAndMask source = label_picture(size, 3);
    for (const auto& [method, inverse] : std::vector<std::pair<Augmentation, Augmentation>>{
             {Flip{FlipAxis::kHorizontal}, Flip{FlipAxis::kHorizontal}},
             {Flip{FlipAxis::kVertical}, Flip{FlipAxis::kVertical}},
             {Rotation{90}, Rotation{270}},
             {Rotation{-90}, Rotation{90}},
             {Rotation{180}, Rotation{540}}}) {
      const ImageAndMask back = made(made(source, method), inverse);
      EXPECT_TRUE(equal(back.image, source.image) && equal(back.mask, source.mask));
    }
  }
}

// The names of files and methods that users of the original know.
TEST(AugmentationName, HasTheOriginalsPrefixes) {
  LensDistortion barrel{false, 0.3, 0.3, {0.3, 0.7}, 1004};
  LensDistortion pincushion{true, 0.3, -0.3, {0.3, 0.7}, 1004};
  const std::pair<Augmentation, const char*> cases[] = {
      {Flip{FlipAxis::kHorizontal}, "hflipped_"},
      {Flip{FlipAxis::kVertical}, "vflipped_"},
      {Rotation{270}, "rotated_270_"},
      {Shrinking{0.8}, "shrinked_0.8_"},
      {Deformation{1300, 7}, "deformed_alpha_1300_sigmoid_7_"},
      {Distortion{0.01, 40, 0.5}, "distorted_0.01_rsigma0.5_sigma40_"},
      {barrel, "barrdistorted_1004_0.3_0.3_"},
      {pincushion, "pincdistorted_1004_0.3_-0.3_"}};
  for (const auto& [augmentation, prefix] : cases) {
    EXPECT_EQ(name_of(augmentation).file_prefix, prefix);
  }
}

TEST(AugmentationName, IsAnotherForEachMethod) {
  std::set<std::string> prefixes;
  std::set<std::string> methods;
  for (const Augmentation& method : drawn_methods(1)) {
    prefixes.insert(name_of(method).file_prefix);
    methods.insert(name_of(method).method);
  }
  EXPECT_EQ(prefixes.size(), drawn_methods(1).size());
  EXPECT_EQ(methods.size(), drawn_methods(1).size() - 1);  // two rotations
}

}  // namespace
}  // namespace flexunet
