#include "config/keys.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "flexunet/base/files.h"
#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

TEST(KeyReference, IsWhatTheDocumentationHolds) {
  EXPECT_EQ(key_reference(), read_file(FLEXUNET_SOURCE_DIR "/docs/configuration.md"))
      << "write it anew: flexunet-train --keys > docs/configuration.md";
}

TEST(Keys, OccurOnceAndSectionBySection) {
  std::set<std::string> keys;
  std::set<std::string_view> sections;
  std::string_view section;
  for (const Key& key : known_keys()) {
    EXPECT_TRUE(keys.insert(key.spelt()).second) << key.spelt();
    if (key.section != section) {
      section = key.section;
      EXPECT_TRUE(sections.insert(section).second) << section << " is in two places";
    }
    EXPECT_FALSE(key.meaning.empty()) << key.spelt();
    EXPECT_EQ(key.meaning.find_first_of("|\n"), std::string::npos) << key.spelt();
  }
}

// A default that could not stand in the file would be none.
TEST(Keys, HaveDefaultsThatMayBeWritten) {
  for (const Task task : {Task::kTrain, Task::kGenerate}) {
    const Options defaults = default_options(task);
    for (const Key& key : known_keys()) {
      const std::string text = key.default_text(defaults);
      if (text.empty()) continue;
      const Literal literal = parse_literal(text);
      ASSERT_FALSE(literal.problem) << key.spelt() << " = " << text;
      EXPECT_EQ(key.find_fault(literal.value), "") << key.spelt() << " = " << text;
      if (key.field.assign == nullptr) continue;
      Options options;
      EXPECT_TRUE(key.field.assign(options, literal.value).empty()) << key.spelt();
      if (key.name.find("_dir") == std::string_view::npos) {
        EXPECT_EQ(key.default_text(options), text) << key.spelt();
      }
    }
  }
}

TEST(Keys, WithoutWhichARunCannotBeHaveNoDefault) {
  for (const Key& key : known_keys()) {
    if ((key.uses & kRequired) == 0) continue;
    EXPECT_EQ(key.default_text({}), "") << key.spelt();
  }
}

TEST(ForeignKeys, AreNamedInOneWarning) {
  ConfigRequest request =
      with({"model.backbone='VGG16'", "mask.blur=True", "infer3d.overlay_alpha=1"});
  request.strict = true;
  const std::vector<std::string> warnings = load_text(sample_config(), request).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(mentions(warnings[0],
                       "without effect in FlexUNet: [model] backbone, [mask] blur, [infer3d] "
                       "overlay_alpha"))
      << warnings[0];
}

TEST(OtherNetworks, AreRefusedInOneMessage) {
  const std::string config =
      "[model]\nmodel = \"TensorFlowSwinUNet\"\nimage_width = 512\ndepth = 4\n[train]\nepochs = "
      "0\n";
  for (const Task task : {Task::kTrain, Task::kEvaluate, Task::kInfer, Task::kInspect}) {
    EXPECT_EQ(error_of(config, with({}, task)),
              "train_eval_infer.config:2: [model] model = \"TensorFlowSwinUNet\": another network: "
              "this program trains and runs FlexUNet, a U-Net: write \"FlexUNet\" or "
              "\"TensorFlowFlexUNet\", and its keys ([model] base_filters, base_kernels, "
              "num_layers, dropout_rate, dilation, ...)");
  }
}

TEST(EffectiveDump, HoldsEveryValueGivenOrNot) {
  const TemporaryFolder folder;
  ConfigRequest request = with({"model.base_filters=9"});
  request.file = folder.write("x.config", sample_config());
  const nlohmann::json dump = nlohmann::json::parse(dump_effective_config(request));
  EXPECT_EQ(dump.at("model").at("base_filters"), 9);
  EXPECT_EQ(dump.at("model").at("image_width"), 64);
  EXPECT_EQ(dump.at("train").at("reducer_patience"), 4);
  EXPECT_EQ(dump.at("train").at("monitor"), "val_loss");
  EXPECT_EQ(dump.at("train").at("model_dir"), "./models");
  EXPECT_EQ(dump.at("augmentor").at("angles"), nlohmann::json({90, 180, 270}));
  EXPECT_TRUE(dump.at("image").at("intensity_range").is_null());
  EXPECT_FALSE(dump.at("model").contains("backbone"));
}

}  // namespace
}  // namespace flexunet
