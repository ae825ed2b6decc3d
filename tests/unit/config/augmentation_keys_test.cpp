#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

// The sample's options of augmentation where training augments and these overrides apply.
std::vector<Augmentation> online(std::vector<std::string> overrides) {
  overrides.insert(overrides.begin(), "model.generator=True");
  return load_text(sample_config(), with(overrides)).options.augmentation.variants;
}

// What flexunet-generate reads without a file.
std::vector<Augmentation> offline(const std::vector<std::string>& overrides) {
  ConfigRequest request = with(overrides, Task::kGenerate);
  request.file.clear();
  return list_variants(load_augmentor(request).options);
}

std::string online_error(const std::string& text) {
  return error_of(sample_config(), with({"model.generator=True", text}));
}

template <typename Method>
std::vector<Method> all_of(const std::vector<Augmentation>& variants) {
  std::vector<Method> found;
  for (const Augmentation& variant : variants) {
    if (const auto* method = std::get_if<Method>(&variant)) found.push_back(*method);
  }
  return found;
}

TEST(AugmentationKeys, HaveTheOriginalsDefaultsOnline) {
  const std::vector<Augmentation> variants = online({});
  ASSERT_EQ(variants.size(), 6U);
  EXPECT_EQ(std::get<Flip>(variants[0]).axis, FlipAxis::kHorizontal);
  EXPECT_EQ(std::get<Flip>(variants[1]).axis, FlipAxis::kVertical);
  EXPECT_EQ(std::get<Rotation>(variants[2]).degrees, 90);
  EXPECT_EQ(std::get<Rotation>(variants[4]).degrees, 270);
  EXPECT_EQ(std::get<Shrinking>(variants[5]).ratio, 0.8);
}

TEST(AugmentationKeys, HaveTheOriginalsDefaultsOnlineWhereAMethodIsOn) {
  const auto variants = online({"augmentor.deformation=True", "augmentor.distortion=True",
                                "augmentor.barrdistortion=True", "augmentor.pincdistortion=True",
                                "augmentor.sharpening=True", "augmentor.brightening=True"});
  const auto deformations = all_of<Deformation>(variants);
  ASSERT_EQ(deformations.size(), 1U);
  EXPECT_EQ(deformations[0].alpha, 1300);
  EXPECT_EQ(deformations[0].sigma, 8);
  const auto distortions = all_of<Distortion>(variants);
  ASSERT_EQ(distortions.size(), 1U);
  EXPECT_EQ(distortions[0].size, 0.02);
  EXPECT_EQ(distortions[0].sigma, 40);
  EXPECT_EQ(distortions[0].unused_sigma, 0.5);
  const auto lenses = all_of<LensDistortion>(variants);
  ASSERT_EQ(lenses.size(), 2U);
  EXPECT_FALSE(lenses[0].pincushion);
  EXPECT_EQ(lenses[0].radius, 0.5);
  EXPECT_EQ(lenses[0].amount, 0.5);
  EXPECT_TRUE(lenses[1].pincushion);
  EXPECT_EQ(lenses[1].amount, -0.5);
  EXPECT_EQ(all_of<Sharpening>(variants).at(0).k, 1.0);
  EXPECT_EQ(all_of<Brightening>(variants).at(0).alpha, 1.2);
  EXPECT_EQ(all_of<Brightening>(variants).at(0).beta, 10);
}

TEST(AugmentationKeys, HaveTheOriginalsDefaultsOffline) {
  const auto variants = offline({});
  EXPECT_TRUE(all_of<Flip>(variants).empty() && all_of<Rotation>(variants).empty() &&
              all_of<Shrinking>(variants).empty());
  const auto deformations = all_of<Deformation>(variants);
  ASSERT_EQ(deformations.size(), 3U);
  EXPECT_EQ(deformations[0].sigma, 7);
  EXPECT_EQ(deformations[2].sigma, 9);
  const auto distortions = all_of<Distortion>(variants);
  ASSERT_EQ(distortions.size(), 3U);
  EXPECT_EQ(distortions[2].size, 0.03);
  const auto lenses = all_of<LensDistortion>(variants);
  ASSERT_EQ(lenses.size(), 10U);
  EXPECT_EQ(lenses[3].number, 1004);
  EXPECT_EQ(lenses[3].center[0], 0.3);
  EXPECT_EQ(lenses[3].center[1], 0.7);
  EXPECT_EQ(lenses[3].radius, 0.3);
  EXPECT_EQ(lenses[3].amount, 0.3);
  EXPECT_EQ(lenses[5].number, 1001);
  EXPECT_EQ(lenses[5].amount, -0.3);
  EXPECT_EQ(variants.size(), 16U);
}

TEST(AugmentationKeys, AreReadOnlyWhenTheGeneratorIsOn) {
  const auto variants = [](const std::vector<std::string>& overrides, Task task) {
    return load_text(sample_config(), with(overrides, task)).options.augmentation.variants.size();
  };
  EXPECT_EQ(variants({}, Task::kTrain), 0U);
  EXPECT_EQ(variants({"model.generator=True"}, Task::kTrain), 6U);
  EXPECT_EQ(variants({"model.generator=True", "generator.augmentation=False"}, Task::kTrain), 0U);
  EXPECT_EQ(variants({"model.generator=True"}, Task::kEvaluate), 0U);
  // What only augmentation reads is no reason to refuse a run without.
  EXPECT_EQ(error_of(sample_config(), with({"train.steps_per_epoch='x'", "augmentor.shrinks=1"})),
            "");
}

TEST(AugmentationKeys, ReachTheirMethods) {
  const std::vector<std::string> none = {"augmentor.hflip=False", "augmentor.vflip=False",
                                         "augmentor.rotation=False", "augmentor.shrinks=[]"};
  const auto only = [&](std::vector<std::string> overrides) {
    overrides.insert(overrides.end(), none.begin(), none.end());
    const auto variants = online(overrides);
    EXPECT_EQ(variants.size(), 1U);
    return variants.at(0);
  };
  EXPECT_EQ(std::get<Deformation>(only({"augmentor.deformation=True", "deformation.alpah=900",
                                        "deformation.sigmoid=6"}))
                .alpha,
            900);
  const auto deformation = std::get<Deformation>(
      only({"augmentor.deformation=True", "deformation.alpha=800", "deformation.sigmoid=6"}));
  EXPECT_EQ(deformation.alpha, 800);
  EXPECT_EQ(deformation.sigma, 6);
  // [brightening] alpha overwrites it in the original.
  EXPECT_EQ(
      std::get<Deformation>(only({"augmentor.deformation=True", "brightening.alpha=3"})).alpha,
      1300);
  EXPECT_EQ(std::get<GammaChange>(only({"augmentor.gamma=True", "gamma.range=(0.5, 2)"})).low, 0.5);
  EXPECT_EQ(std::get<Noise>(only({"augmentor.noise=True", "noise.sigma=4"})).sigma, 4);
  EXPECT_EQ(std::get<Blur>(only({"augmentor.blur=True", "blur.sigma=4"})).sigma, 4);
  EXPECT_EQ(std::get<Crop>(only({"augmentor.crop=True", "crop.scale=0.6"})).scale, 0.6);
  const auto elastic = std::get<Elastic>(
      only({"augmentor.elastic=True", "elastic.rotation=30", "elastic.scale=(0.7, 1.4)",
            "elastic.shift=0.1", "elastic.displacement=0.02", "elastic.sigma=0.1"}));
  EXPECT_EQ(elastic.rotation, 30);
  EXPECT_EQ(elastic.low_scale, 0.7);
  EXPECT_EQ(elastic.high_scale, 1.4);
  EXPECT_EQ(elastic.shift, 0.1);
  EXPECT_EQ(elastic.displacement, 0.02);
  EXPECT_EQ(elastic.sigma, 0.1);
}

TEST(AugmentationKeys, ShearAndFlipTheResult) {
  const auto shears = all_of<Shearing>(online({"augmentor.shears=[0.1, 0.2]"}));
  ASSERT_EQ(shears.size(), 6U);
  EXPECT_EQ(shears[0].flip, FlipAxis::kNone);
  EXPECT_EQ(shears[1].flip, FlipAxis::kHorizontal);
  EXPECT_EQ(shears[2].flip, FlipAxis::kVertical);
  EXPECT_EQ(shears[5].slope, 0.2);
}

TEST(AugmentationKeys, RefuseWhatCannotWork) {
  EXPECT_TRUE(mentions(online_error("augmentor.shrinks=[0]"), "must be above 0"));
  EXPECT_TRUE(mentions(online_error("pincdistortion.amount=0.3"), "must be below 0"));
  EXPECT_TRUE(mentions(
      error_of(sample_config(),
               with({"model.generator=True", "augmentor.gamma=True", "gamma.range=(2, 1)"})),
      "must have the lower number first"));
  EXPECT_TRUE(mentions(online_error("gamma.range=2"), "must be a pair of numbers"));
  EXPECT_TRUE(
      mentions(error_of(sample_config(), with({"model.generator=True", "augmentor.deformation=True",
                                               "deformation.alpha=2", "deformation.alpah=3"})),
               "alpah, its spelling in the original, has another value"));
  EXPECT_TRUE(mentions(online_error("train.steps_per_epoch=0"), "must be from 1"));
}

TEST(StepsPerEpoch, CountOnlyWhereTheGeneratorIsOn) {
  const auto train = [](const std::vector<std::string>& overrides) {
    return load_text(sample_config(), with(overrides)).options.train;
  };
  const std::string steps = "train.steps_per_epoch=5", validation = "train.validation_steps=3";
  EXPECT_FALSE(train({steps, validation}).steps_per_epoch);
  EXPECT_FALSE(train({steps, validation}).validation_steps);
  EXPECT_FALSE(train({"model.generator=True"}).steps_per_epoch);
  EXPECT_EQ(train({"model.generator=True", steps, validation}).steps_per_epoch, 5);
  EXPECT_EQ(train({"model.generator=True", steps, validation}).validation_steps, 3);
}

}  // namespace
}  // namespace flexunet
