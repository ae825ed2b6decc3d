#include <gtest/gtest.h>

#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

TrainingSettings settings_of(const std::string& text) { return load_text(text).training_settings; }

TEST(TrainingSettings, HoldGivenValuesAndDefaults) {
  const TrainingSettings settings = settings_of(sample_config());
  EXPECT_EQ(settings.at("[model] base_filters"), "4");
  EXPECT_EQ(settings.at("[model] dropout_rate"), "0.05");
  EXPECT_EQ(settings.at("[model] loss"), "\"categorical_crossentropy\"");
  EXPECT_EQ(settings.at("[model] base_kernels"), R"({"tuple":[3,3]})");
  EXPECT_EQ(settings.at("[train] epochs"), "100");
  EXPECT_EQ(settings.at("[train] on_divergence"), "\"stop\"");
  EXPECT_EQ(settings.at("[mask] rgb_map"), R"({"dict":[[[0,0,0],0],[[255,0,0],1]]})");
}

TEST(TrainingSettings, LeaveOutFoldersAndWhatDecidesNothing) {
  for (const auto& [key, value] : settings_of(sample_config())) {
    for (const char* part : {"_dir", "[infer]", "[eval]", "[test]", "epoch_change", "show_summary",
                             "num_infer_images", "[model] model", "dropout_seed_fixing", "cache"}) {
      EXPECT_FALSE(mentions(key, part)) << key << " " << value;
    }
  }
  EXPECT_TRUE(load_text(sample_config(), with({}, Task::kEvaluate)).training_settings.empty());
}

// So that a run tells its differences by keys that someone wrote.
TEST(TrainingSettings, OfKeysThatBecomeUsedAreTheDefaults) {
  const LoadedConfig plain = load_text(sample_config());
  const LoadedConfig drawn =
      load_text(sample_config(), with({"model.generator=True", "augmentor.hflip=True"}));
  std::size_t more = 0;
  for (const auto& [key, value] : drawn.training_settings) {
    if (plain.training_settings.count(key) > 0 || key == "[augmentor] hflip") continue;
    ++more;
    const auto expected = plain.training_defaults.find(key);
    if (expected == plain.training_defaults.end()) continue;
    EXPECT_EQ(value, expected->second) << key;
  }
  EXPECT_GT(more, 10U);
}

TEST(TrainingSettings, AreEqualWhereTheMeaningIs) {
  std::string spelt_out = sample_config();
  const auto add_to_model = [&](const std::string& line) {
    spelt_out.insert(std::string("[model]\n").size(), line + "\n");
  };
  add_to_model("optimizer = 'Adam'");
  add_to_model("clipvalue = 2e-1");
  add_to_model("show_summary = True");
  EXPECT_EQ(settings_of(spelt_out), settings_of(sample_config()));
  add_to_model("hybrid_alpha = 1");
  std::string with_point = sample_config();
  with_point.insert(std::string("[model]\n").size(), "hybrid_alpha = 1.0\n");
  EXPECT_EQ(settings_of(spelt_out), settings_of(with_point));
}

}  // namespace
}  // namespace flexunet
