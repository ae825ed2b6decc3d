#include "flexunet/config/config.h"
#include "flexunet/options/names.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

TEST(Config, GivesTheOriginalsDefaults) {
  const LoadedConfig loaded = load_text(sample_config());
  EXPECT_EQ(joined(loaded.warnings), "");
  const Options& options = loaded.options;
  const Options fresh;
  EXPECT_EQ(options.network.image_channels, 3);
  EXPECT_TRUE(options.network.input_normalize);
  EXPECT_EQ(options.network.normalization, NormalizationKind::kNone);
  EXPECT_EQ(options.network.base_kernel, fresh.network.base_kernel);
  EXPECT_EQ(options.network.dilation, fresh.network.dilation);
  EXPECT_EQ(options.network.activation, Activation::kRelu);
  EXPECT_EQ(options.loss.loss, LossKind::kCategoricalCrossentropy);
  EXPECT_EQ(options.loss.metric, MetricKind::kDiceCoefMulticlass);
  EXPECT_EQ(options.loss.hybrid_alpha, 1.5);
  EXPECT_EQ(options.loss.hybrid_beta, 0.5);
  EXPECT_EQ(options.optimizer.optimizer, OptimizerKind::kAdam);
  EXPECT_EQ(options.optimizer.learning_rate, 0.0001);
  EXPECT_EQ(options.optimizer.clipvalue, 0.2);
  EXPECT_EQ(options.optimizer.weight_decay, 0.004);
  EXPECT_EQ(options.data.mask_file_format, ".npz");
  EXPECT_EQ(options.data.image_format, ImageFileFormat::kPicture);
  EXPECT_EQ(options.train.epochs, 100);
  EXPECT_EQ(options.train.batch_size, 4);
  EXPECT_EQ(options.train.patience, 10);
  EXPECT_FALSE(options.train.learning_rate_reducer);
  EXPECT_EQ(options.train.reducer_factor, 0.4);
  EXPECT_EQ(options.train.reducer_patience, 4);
  EXPECT_TRUE(options.train.epoch_change_infer);
  EXPECT_FALSE(options.train.epoch_change_tiled_infer);
  EXPECT_EQ(options.train.num_infer_images, 6);
  EXPECT_EQ(options.eval_batch_size, 4);
  EXPECT_EQ(options.tiled_infer.split_size, 512);
  EXPECT_EQ(options.tiled_infer.overlapping, 64);
  EXPECT_FALSE(options.tiled_infer.images_dir);
  const std::string without_layers =
      "[model]\nimage_width = 32\nimage_height = 32\n"
      "num_classes = 4\nbase_filters = 1\ndropout_rate = 0\n";
  const Options bare = load_text(without_layers, with({}, Task::kInspect)).options;
  EXPECT_EQ(bare.network.num_layers, 6);
  ASSERT_EQ(bare.data.rgb_map.size(), 4U);
  EXPECT_EQ(bare.data.rgb_map[2].color, (std::array<std::uint8_t, 3>{255, 0, 0}));
}

TEST(Config, ReadsWhatIsGiven) {
  const Options options =
      load_text(
          sample_config(),
          with({"model.activation='silu'", "model.base_kernels=(5,5)", "model.dilation=[2,2]",
                "model.loss='dice_loss_multiclass'", "model.metrics=['dice_coef_foreground']",
                "model.optimizer='AdamW'", "model.learning_rate=1", "model.clipvalue=0.5",
                "train.learning_rate_reducer=True", "train.num_infer_images=0", "eval.batch_size=9",
                "tiledinfer.overlapping=128", "mask.rgb_map={(9,8,7):1, (1,2,3):0}",
                "mask.mask_file_format='.png'", "image.file_format='NPY'", "model.image_channels=4",
                "model.model='FlexUNet'"}))
          .options;
  EXPECT_EQ(options.network.activation, Activation::kSwish);
  EXPECT_EQ(options.network.base_kernel, 5);
  EXPECT_EQ(options.network.dilation, 2);
  EXPECT_EQ(options.network.image_channels, 4);
  EXPECT_EQ(options.loss.loss, LossKind::kDiceLossMulticlass);
  EXPECT_EQ(options.loss.metric, MetricKind::kDiceCoefForeground);
  EXPECT_EQ(options.optimizer.optimizer, OptimizerKind::kAdamW);
  EXPECT_EQ(options.optimizer.learning_rate, 1.0);
  EXPECT_EQ(options.optimizer.clipvalue, 0.5);
  EXPECT_TRUE(options.train.learning_rate_reducer);
  EXPECT_EQ(options.train.num_infer_images, 1);
  EXPECT_EQ(options.eval_batch_size, 9);
  EXPECT_EQ(options.tiled_infer.overlapping, 128);
  EXPECT_EQ(options.data.image_format, ImageFileFormat::kNpy);
  EXPECT_EQ(options.data.mask_file_format, ".png");
  ASSERT_EQ(options.data.rgb_map.size(), 2U);
  EXPECT_EQ(options.data.rgb_map[0].color, (std::array<std::uint8_t, 3>{9, 8, 7}));
  EXPECT_EQ(options.data.rgb_map[0].class_index, 1);
}

TEST(Config, SeesPathsFromTheFolderOfTheFile) {
  const TemporaryFolder folder;
  ConfigRequest request = with(
      {"train.images_dir='../../data/*/images/'", "train.model_dir='/m/'", "test.masks_dir='/'"});
  request.file = folder.write("projects/A/x.config", sample_config());
  const Options options = load_config(request).options;
  EXPECT_EQ(options.config_file, request.file);
  EXPECT_EQ(options.project_dir, folder.path() / "projects/A");
  EXPECT_EQ(options.train_split.images_dir, folder.path() / "data/*/images");
  EXPECT_EQ(options.train_split.masks_dir, folder.path() / "projects/A/train/masks");
  EXPECT_EQ(options.train.model_dir, "/m");
  EXPECT_EQ(options.test_split.masks_dir, "/");
  EXPECT_EQ(options.train.eval_dir, folder.path() / "projects/A/eval");
  EXPECT_EQ(*options.infer.output_dir, folder.path() / "projects/A/mini_test_output");
}

TEST(Config, RequiresTheFoldersOfTheTaskOnly) {
  const std::string model =
      "[model]\nimage_width = 32\nimage_height = 32\nnum_classes = 4\n"
      "base_filters = 1\ndropout_rate = 0.01\n";
  EXPECT_EQ(error_of(model, with({}, Task::kInspect)), "");
  EXPECT_TRUE(mentions(error_of(model, with({}, Task::kTrain)), "[train] images_dir is missing"));
  EXPECT_FALSE(mentions(error_of(model, with({}, Task::kTrain)), "[test]"));
  EXPECT_TRUE(mentions(error_of(model, with({}, Task::kEvaluate)), "[test] masks_dir is missing"));
  // The command line may name the folders.
  EXPECT_EQ(error_of(model, with({}, Task::kInfer)), "");
  EXPECT_EQ(error_of(model, with({}, Task::kTiledInfer)), "");
}

TEST(Config, ReadsTheKeysOfTheTaskThatTiles) {
  const std::string text = sample_config() + "[tiledinfer]\nsplit_size = many\nblending = False\n";
  EXPECT_EQ(error_of(text, with({}, Task::kInfer)), "");
  EXPECT_TRUE(mentions(error_of(text, with({}, Task::kTiledInfer)), "[tiledinfer] split_size"));
}

TEST(Config, ShowsWarningsBesideErrors) {
  const std::string error = error_of(sample_config(), with({"model.epoch=3", "train.epochs=0"}));
  EXPECT_TRUE(mentions(error, "--set train.epochs"));
  EXPECT_TRUE(mentions(error, "warning: --set model.epoch: unknown key"));
}

TEST(Config, WarnsOnlyAboutKeysTheTaskDoesNotUse) {
  const std::string text = sample_config() +
                           "[eval]\nbatch_size = many\n[infer3d]\n"
                           "slice_resize = 512\nslice_rotation = cv2.ROTATE_90_CLOCKWISE\n"
                           "[augmentor]\nangles = [90. 180, 270,]\n";
  const std::string warnings = joined(load_text(text).warnings);
  EXPECT_TRUE(mentions(warnings, ":23:14: [eval] batch_size = many: unknown name many"))
      << warnings;
  EXPECT_TRUE(mentions(warnings, ":25: [infer3d] slice_resize = 512: must be (width, height)"));
  EXPECT_TRUE(
      mentions(warnings, ":28:15: [augmentor] angles = [90. 180, 270,]: a comma is missing"));
  EXPECT_FALSE(mentions(warnings, "slice_rotation"));
  EXPECT_TRUE(mentions(error_of(text, with({}, Task::kEvaluate)), ":23:14: [eval] batch_size"));
}

TEST(Config, UsesTheTiledKeysOnlyForTiledPreviews) {
  const std::string text = sample_config() + "[tiledinfer]\noverlapping = 512\n";
  EXPECT_TRUE(mentions(joined(load_text(text).warnings), "must be below split_size, which is 512"));
  EXPECT_TRUE(mentions(error_of(text, with({"train.epoch_change_tiled_infer=True"})),
                       ":23: [tiledinfer] overlapping = 512: must be below split_size"));
}

TEST(Config, UsesTheImagesToInferOnlyForPreviews) {
  std::string text = sample_config();
  text.replace(text.find("\"./mini_test/images\""), 20, "./mini_test/images");
  EXPECT_TRUE(mentions(error_of(text), ":18:14: [infer] images_dir = ./mini_test/images"));
  EXPECT_EQ(error_of(text, with({"train.epoch_change_infer=False"})), "");
}

TEST(Config, TurnsPreviewsOffWithoutImages) {
  std::string text = sample_config();
  text.replace(text.find("[infer]"), 7, "[debug]");
  const LoadedConfig loaded = load_text(text, with({"train.epoch_change_tiled_infer=True"}));
  EXPECT_FALSE(loaded.options.train.epoch_change_infer);
  EXPECT_FALSE(loaded.options.train.epoch_change_tiled_infer);
  EXPECT_TRUE(mentions(joined(loaded.warnings), "[infer] images_dir is missing"));
}

TEST(Config, LenientFallsBackToTheDefault) {
  ConfigRequest lenient;
  lenient.lenient = true;
  std::string text = sample_config();
  text.insert(text.find("[valid]"), "epochs = 5O\nmodel_dir = ./m\n");
  EXPECT_TRUE(mentions(error_of(text), ":11:10: [train] epochs = 5O"));
  const LoadedConfig loaded = load_text(text, lenient);
  EXPECT_EQ(loaded.options.train.epochs, 100);
  EXPECT_EQ(loaded.options.train.model_dir.filename(), "models");
  EXPECT_TRUE(mentions(joined(loaded.warnings), "; 100 is used instead"));
  // Neither a key without a default nor a value that is read but wrong is forgiven.
  text.replace(text.find("= 64"), 4, "= 6x");
  EXPECT_TRUE(mentions(error_of(text, lenient), "[model] image_width = 6x"));
  EXPECT_TRUE(mentions(error_of(sample_config() + "[dataset]\nclass_name = 3\n", lenient),
                       "[dataset] class_name = 3"));
}

TEST(Config, NamesTheKeyThatWasMeant) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"train.epohcs=1", "[train] epochs?"},
      {"train.epoch_changeinfer=True", "[train] epoch_change_infer?"},
      {"train.epoch_changeinfer_dir='a'", "[train] epoch_change_infer_dir?"},
      {"model.epoch_change_infer=True", "[train] epoch_change_infer?"},
      {"model.num_infer_images=1", "[train] num_infer_images?"},
      {"mask.mask_datatyoe='categorized'", "[mask] mask_datatype?"},
      {"mask.color_map={}", "[mask] rgb_map?"},
      {"mask.zzz=1", "unknown key, it is not read"},
      {"Model.num_layers=8",
       "unknown section [Model], its keys are not read; did you mean [model]?"},
      {"trian.epochs=8", "did you mean [train]?"},
      {"somewhere.epochs=8", "unknown section [somewhere], its keys are not read"},
  };
  for (const auto& [text, expected] : table) {
    const ConfigRequest request = with({text});
    const std::vector<std::string> warnings = load_text(sample_config(), request).warnings;
    ASSERT_EQ(warnings.size(), 1U) << text;
    EXPECT_TRUE(mentions(warnings[0], expected)) << warnings[0];
    ConfigRequest strict = request;
    strict.strict = true;
    EXPECT_EQ(error_of(sample_config(), strict), warnings[0]);
  }
}

TEST(Config, AcceptsKeysTheOriginalNeverReadsInSilence) {
  ConfigRequest request = with({"model.show_summary=False", "train.create_backup='?'",
                                "train.save_weights_only=True", "deformation.alpah=1300",
                                "deformation.alpha=1300", "model.final_activation='softmax'"});
  request.strict = true;
  EXPECT_EQ(joined(load_text(sample_config(), request).warnings), "");
}

TEST(Dump, ShowsEverythingWithOverrides) {
  const TemporaryFolder folder;
  ConfigRequest request = with({"a.f=8.0", "c.new={(1,2):[(3,), None]}"});
  request.file = folder.write("x.config",
                              "[a]\nF = 1\nbad = [1 2]\nname = cv2.ROTATE_180\n"
                              "who = me\ntwice = {(1,):1, (2,):2, (1,):3}\n[b]\n");
  EXPECT_EQ(dump_config(request), R"({
 "a": {
  "f": 8.0,
  "bad": {
   "raw": "[1 2]",
   "error": "SyntaxError"
  },
  "name": {
   "raw": "cv2.ROTATE_180",
   "error": "NameError"
  },
  "who": {
   "raw": "me",
   "error": "NameError"
  },
  "twice": {
   "dict": [
    [
     [
      1
     ],
     3
    ],
    [
     [
      2
     ],
     2
    ]
   ]
  }
 },
 "b": {},
 "c": {
  "new": {
   "dict": [
    [
     [
      1,
      2
     ],
     [
      [
       3
      ],
      null
     ]
    ]
   ]
  }
 }
})");
}

TEST(Names, AreThoseOfTheConfig) {
  EXPECT_EQ(name_of(Activation::kSwish), "swish");
  EXPECT_EQ(name_of(Activation::kLeakyRelu), "leaky_relu");
  EXPECT_EQ(name_of(LossKind::kCategoricalFocalDiceLoss), "categorical_focal_dice_loss");
  EXPECT_EQ(name_of(MetricKind::kDiceCoefHybrid), "dice_coef_hybrid");
  EXPECT_EQ(name_of(OptimizerKind::kAdamW), "AdamW");
}

}  // namespace
}  // namespace flexunet
