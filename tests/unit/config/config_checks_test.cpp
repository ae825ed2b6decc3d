#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

struct Refusal {
  std::string override_text;
  std::string message;  // what follows "--set section.key = value: "
};

TEST(Config, RefusesValuesThatCannotWork) {
  const std::vector<Refusal> table = {
      {"model.image_width=102",
       "must be divisible by 4 (2^(num_layers-1), num_layers = 3), try 100 or 104"},
      {"model.image_width=3", "must be divisible by 4 (2^(num_layers-1), num_layers = 3), try 4"},
      {"model.image_height=30",
       "must be divisible by 4 (2^(num_layers-1), num_layers = 3), try 28 or 32"},
      {"model.image_width=0", "must be from 1 to 65536"},
      {"model.image_width=64.0", "must be a whole number, not a number with a fraction"},
      {"model.image_width=True", "must be a whole number, not True or False"},
      {"model.image_channels=4", "must be 1 or 3: 4 channels need [image] file_format = \"NPY\""},
      {"model.image_channels=2", "must be 1, 3 or 4"},
      {"model.image_channels=0", "must be from 1 to 4"},
      {"model.image_channels=5", "must be from 1 to 4"},
      {"model.input_normalize=1", "must be True or False, not a whole number"},
      {"model.num_classes=1", "must be from 2 to 256"},
      {"model.num_classes=257", "must be from 2 to 256"},
      {"model.base_filters=0", "must be from 1 to 4096"},
      {"model.base_kernels=(10,10)", "must be odd, try (9,9) or (11,11)"},
      {"model.base_kernels=(9,11)", "must be two equal numbers, try (9,9) or (11,11)"},
      {"model.base_kernels=(3,)", "must be a pair of whole numbers, such as (3,3)"},
      {"model.base_kernels=3", "must be a pair of whole numbers, such as (3,3)"},
      {"model.base_kernels=(0,0)", "must be from 1 to 255"},
      {"model.dilation=(1,2)", "must be two equal numbers, try (1,1) or (2,2)"},
      {"model.num_layers=0", "must be from 1 to 16"},
      {"model.dropout_rate=0.5",
       "level 2 would drop dropout_rate * 2 = 1 of its values: must be "
       "below 0.5 with num_layers = 3"},
      {"model.dropout_rate=-0.1", "must be at least 0 and below 1"},
      {"model.dropout_rate='0.1'", "must be a number, not text"},
      {"model.dropout_rate=False", "must be a number, not True or False"},
      {"model.activation='Relu'", "unknown name: must be one of \"relu\", \"elu\""},
      {"model.optimizer='SGD'", "unknown name: must be one of \"Adam\", \"AdamW\""},
      {"model.loss='mse'", "unknown name: must be one of \"categorical_crossentropy\""},
      {"model.metrics=['iou']", "unknown name \"iou\": must be one of \"dice_coef_multiclass\""},
      {"model.metrics=[]", "must be a list of texts"},
      {"model.metrics='dice_coef_multiclass'", "must be a list of texts"},
      {"model.model='UNet'", "another network: this program trains and runs FlexUNet"},
      {"model.normalization='layer'",
       "must be False, True (which is \"batch\") or one of \"none\", \"batch\", \"group\", "
       "\"instance\""},
      {"model.normalization=1", "must be True, False or text in quotes"},
      {"model.focal_gamma=-1", "must be at least 0"},
      {"model.class_weights=[1.0]", "has 1 weights but num_classes is 2: give each class one"},
      {"model.class_weights=[0, 0]", "must have a weight above 0"},
      {"model.class_weights=[1, -1]", "must be at least 0"},
      {"model.class_weights='equal'", "must be \"balanced\" or a list of num_classes numbers"},
      {"model.class_weights=2", "must be a list of numbers, such as [1.0, 2.5], or text in quotes"},
      {"model.learning_rate=0", "must be above 0"},
      {"model.clipvalue=-1.0", "must be above 0"},
      {"model.weight_decay=-1.0", "must be at least 0"},
      {"dataset.class_name='ImageMaskDataset'", "must be \"ImageCategorizedMaskDataset\""},
      {"dataset.cache='ram'",
       "unknown name: must be one of \"auto\", \"memory\", \"disk\", \"none\""},
      {"image.color_order='BGR'", "must be \"RGB\""},
      {"image.file_format='PNG'", "must be \"NPY\""},
      {"image.intensity_range=4095", "must be a pair of whole numbers"},
      {"image.intensity_range=(0,)", "must be a pair of whole numbers"},
      {"image.intensity_range=(0.0,1.0)", "must be a pair of whole numbers"},
      {"image.intensity_range=(-1,4095)", "must be from 0 to 65535"},
      {"image.intensity_range=(0,65536)", "must be from 0 to 65535"},
      {"image.intensity_range=(9,9)", "must be the values that become black and white, the lower"},
      {"image.intensity_range=(9,8)", "must be the values that become black and white, the lower"},
      {"mask.mask_datatype='binary'", "must be \"categorized\""},
      {"mask.mask_file_format='png'", "must be one of \".png\""},
      {"mask.rgb_map={}", "must be a dict of colours"},
      {"mask.rgb_map={(0,0):0, (1,1,1):1}", "must be a dict of colours"},
      {"mask.rgb_map={(0,0,0):0, (1,1,1):1.0}", "must be a dict of colours"},
      {"mask.rgb_map={(0,0,0):0}", "has 1 colours but [model] num_classes is 2"},
      {"mask.rgb_map={(0,0,0):0, (0,0,256):1}", "(0,0,256): a colour has three numbers from 0"},
      {"mask.rgb_map={(0,0,0):0, (0,0,-1):1}", "(0,0,-1): a colour has three numbers from 0"},
      {"mask.rgb_map={(0,0,0):0, (0,0,0):1}", "(0,0,0) stands for class 0 and for class 1"},
      {"mask.rgb_map={(0,0,0):0, (1,1,1):0}", "class 0 is given to (0,0,0) and to (1,1,1)"},
      {"mask.rgb_map={(0,0,0):1, (1,1,1):2}", "(1,1,1):2: 2 colours have the indices 0 to 1"},
      {"train.epochs=0", "must be from 1 to 2147483647"},
      {"train.epochs=3000000000", "must be from 1 to 2147483647"},
      {"train.batch_size=0", "must be from 1 to 2147483647"},
      {"train.patience=-1", "must be from 0 to 2147483647"},
      {"train.monitor='val_dice'",
       "unknown name: must be one of \"val_loss\", \"loss\", \"val_dice_coef_multiclass\", "
       "\"dice_coef_multiclass\", \"val_foreground_dice\""},
      {"train.learning_rate_schedule='linear'",
       "unknown name: must be one of \"constant\", \"cosine\""},
      {"train.on_divergence='ignore'", "unknown name: must be one of \"stop\", \"rollback\""},
      {"model.learning_rate=1e31", "must be above 0 and at most 1e+30"},
      {"train.warmup_epochs=-1", "must be from 0 to 2147483647"},
      {"train.reducer_factor=1.0", "must be above 0 and below 1"},
      {"train.reducer_factor=0.0", "must be above 0 and below 1"},
      {"train.reducer_patience=-1", "must be from 0 to 2147483647"},
      {"train.model_dir=''", "must be a path in quotes"},
      {"train.model_dir='a\\0b'", "holds a control character"},
      {"train.images_dir='D:\\data\\train'",
       "holds a control character: between quotes \\t is a tab, \\n ends a line, and so on; write "
       "/ "
       "between folders, as in \"D:/data/train\""},
      {"train.model_dir='.\\new'", "holds a control character"},
  };
  for (const Refusal& refusal : table) {
    const std::string error = error_of(sample_config(), with({refusal.override_text}));
    const std::size_t equals = refusal.override_text.find('=');
    const std::string place = "--set " + refusal.override_text.substr(0, equals) + " = " +
                              refusal.override_text.substr(equals + 1) + ": ";
    const std::string start = place.size() < 80 ? place + refusal.message : refusal.message;
    EXPECT_TRUE(mentions(error, start)) << refusal.override_text << "\ngave: " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << "more than one finding: " << error;
  }
}

TEST(Config, AcceptsTheBounds) {
  for (const char* text :
       {"model.dropout_rate=0.4999", "model.dropout_rate=0", "model.base_kernels=(1,1)",
        "train.patience=0", "train.reducer_patience=0", "model.weight_decay=0",
        "train.num_infer_images=-5", "model.num_layers=1"}) {
    EXPECT_EQ(error_of(sample_config(), with({text})), "") << text;
  }
}

TEST(Config, NamesFileLineSectionAndKey) {
  EXPECT_EQ(error_of("[model]\nimage_width = 512\nimage_height = 512\nnum_classes = 4\n"
                     "base_filters = 16\ndropout_rate = 0.02\n\nBASE_KERNELS = (10,10)\n",
                     with({}, Task::kInspect)),
            "train_eval_infer.config:8: [model] base_kernels = (10,10): must be odd, try (9,9) or "
            "(11,11)");
}

TEST(Config, TellsAllFindingsInTheOrderOfTheFile) {
  const std::string error = error_of(
      "[train]\nepochs = 0\n[model]\nimage_height = 512\nimage_widht = 512\nnum_classes = \"2\"\n"
      "base_filters = true\n");
  const std::vector<std::string> parts = {
      "train_eval_infer.config: [valid] images_dir is missing: the folder",
      "train_eval_infer.config: [valid] masks_dir is missing",
      "train_eval_infer.config:1: [train] images_dir is missing",
      "train_eval_infer.config:2: [train] epochs = 0: must be from 1 to",
      "train_eval_infer.config:3: [model] image_width is missing: the width in pixels",
      "train_eval_infer.config:3: [model] dropout_rate is missing",
      "train_eval_infer.config:6: [model] num_classes = \"2\": must be a whole number",
      "train_eval_infer.config:7:16: [model] base_filters = true: unknown name true: write True",
      "warning: train_eval_infer.config:5: [model] image_widht: unknown key, it is not read; did "
      "you "
      "mean [model] image_width?",
  };
  std::size_t at = 0;
  for (const std::string& part : parts) {
    at = error.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << "\nis not (in order) in\n" << error;
  }
}

TEST(Config, HintsAtColorMapWhenTheDefaultMapDoesNotFit) {
  std::string text = sample_config();
  text.replace(text.find("rgb_map"), 7, "color_map");
  EXPECT_EQ(error_of(text),
            "train_eval_infer.config: [mask] rgb_map is absent, the default has 4 colours but "
            "[model] num_classes is 2: give each class, the background too, one colour\n"
            "warning: train_eval_infer.config:21: [mask] color_map: unknown key, it is not read; "
            "did you mean [mask] rgb_map?");
}

TEST(Config, HintsAtAnIndentedComment) {
  const std::string error =
      error_of(sample_config() + "mask_file_format = \".png\"\n  ; red, green\n  black, red\n");
  EXPECT_EQ(error,
            "train_eval_infer.config:24:3: [mask] mask_file_format = \".png\" black, red: "
            "unexpected b after the value: one value is expected; text needs quotes, several "
            "values brackets; the value begins in line 22 and line 24 continues it because it is "
            "indented: put ; in front of it if it is a comment");
}

TEST(Config, HybridDiceNeedsWeightsOfTwo) {
  const auto hybrid = [](const std::string& beta) {
    return with({"model.metrics=['dice_coef_hybrid']", "model.hybrid_alpha=1.6",
                 "model.hybrid_beta=" + beta});
  };
  EXPECT_EQ(error_of(sample_config(), hybrid("0.4")), "");
  EXPECT_TRUE(mentions(error_of(sample_config(), hybrid("0.5")), "not 1.6 + 0.5"));
  EXPECT_EQ(error_of(sample_config(), with({"model.hybrid_beta=9"})), "");
}

// So that --set train.epochs=1 is enough for a short look.
TEST(Config, ShortensAWarmUpThatIsLongerThanTheRun) {
  const LoadedConfig loaded =
      load_text(sample_config(), with({"train.epochs=2", "train.warmup_epochs=3"}));
  EXPECT_EQ(loaded.options.train.warmup_epochs, 1);
  EXPECT_TRUE(mentions(joined(loaded.warnings),
                       "warmup_epochs = 3: must be below epochs, which is 2: 1 are used"))
      << joined(loaded.warnings);
  const LoadedConfig fitting =
      load_text(sample_config(), with({"train.epochs=4", "train.warmup_epochs=3"}));
  EXPECT_EQ(fitting.options.train.warmup_epochs, 3);
  EXPECT_EQ(joined(fitting.warnings), "");
}

TEST(Config, ReadsWhatSteersLearning) {
  const Options options =
      load_text(
          sample_config(),
          with({"model.normalization='instance'", "model.loss='dice_crossentropy'",
                "model.metrics=['dice_coef_foreground']", "model.class_weights=(1, 2.5)",
                "train.monitor='val_dice_coef_foreground'", "train.learning_rate_schedule='cosine'",
                "train.warmup_epochs=3", "train.on_divergence='rollback'", "dataset.cache='disk'"}))
          .options;
  EXPECT_EQ(options.network.normalization, NormalizationKind::kInstance);
  EXPECT_EQ(options.loss.loss, LossKind::kDiceCrossentropy);
  EXPECT_EQ(options.loss.class_weights, (std::vector<double>{1, 2.5}));
  EXPECT_FALSE(options.loss.balance_classes);
  EXPECT_EQ(options.train.monitor, MonitorKind::kValMetric);
  EXPECT_EQ(options.train.learning_rate_schedule, ScheduleKind::kCosine);
  EXPECT_EQ(options.train.warmup_epochs, 3);
  EXPECT_EQ(options.train.on_divergence, DivergencePolicy::kRollback);
  EXPECT_EQ(options.data.cache, DatasetCache::kDisk);
  const Options balanced =
      load_text(sample_config(),
                with({"model.class_weights='balanced'", "model.normalization=True"}))
          .options;
  EXPECT_TRUE(balanced.loss.balance_classes);
  EXPECT_EQ(balanced.network.normalization, NormalizationKind::kBatch);
}

TEST(Config, RefusesWhatContradictsItself) {
  const auto error = [](const std::vector<std::string>& overrides) {
    return error_of(sample_config(), with(overrides));
  };
  EXPECT_TRUE(
      mentions(error({"train.learning_rate_schedule='cosine'", "train.learning_rate_reducer=True"}),
               "both change the learning rate: choose one"));
  EXPECT_TRUE(mentions(error({"model.loss='dice_loss_multiclass'", "model.class_weights=[1, 2]"}),
                       "weighs the crossentropy part of a loss"));
  EXPECT_TRUE(mentions(error({"model.num_layers=5", "model.image_width=16", "model.image_height=16",
                              "model.normalization='instance'"}),
                       "would normalize single values at the bridge of 1x1 pixels"));
  EXPECT_EQ(error({"model.num_layers=5", "model.image_width=16", "model.image_height=16",
                   "model.normalization='group'"}),
            "");
}

TEST(Config, WarnsWhenTrainMetricsDisagree) {
  const auto warnings = [](const std::string& metrics) {
    return joined(load_text(sample_config(), with({"train.metrics=" + metrics})).warnings);
  };
  EXPECT_EQ(warnings("['dice_coef_multiclass', 'val_dice_coef_multiclass']"), "");
  EXPECT_TRUE(mentions(warnings("['dice_coef_foreground', 'val_dice_coef_foreground']"),
                       "[\"dice_coef_multiclass\", \"val_dice_coef_multiclass\"] is used"));
  EXPECT_TRUE(mentions(warnings("['dice_coef_multiclass']"), "is used"));
}

TEST(Config, WarnsThatOnlyTheFirstMetricIsUsed) {
  const ConfigRequest two = with({"model.metrics=['dice_coef_foreground', 'dice_coef_hybrid']"});
  EXPECT_TRUE(mentions(joined(load_text(sample_config(), two).warnings),
                       "only \"dice_coef_foreground\" is used"));
}

}  // namespace
}  // namespace flexunet
