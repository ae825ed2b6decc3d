#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

// The sample config for .npy arrays of some channels.
ConfigRequest npy(int channels, std::vector<std::string> more = {}, Task task = Task::kInfer) {
  more.emplace_back("image.file_format='NPY'");
  more.push_back("model.image_channels=" + std::to_string(channels));
  return with(std::move(more), task);
}

TEST(ImageChannels, AreOneThreeOrFourForArrays) {
  for (const int channels : {1, 3, 4}) {
    const Options options = load_text(sample_config(), npy(channels)).options;
    EXPECT_EQ(options.network.image_channels, channels);
  }
  EXPECT_TRUE(mentions(error_of(sample_config(), npy(2)), "must be 1, 3 or 4"));
}

TEST(ImageChannels, AreOneOrThreeForPictures) {
  const Options options =
      load_text(sample_config(), with({"model.image_channels=1"}, Task::kInfer)).options;
  EXPECT_EQ(options.network.image_channels, 1);
  EXPECT_EQ(options.infer.shown_channel, 0);
  EXPECT_TRUE(
      mentions(error_of(sample_config(), with({"model.image_channels=4"})), "must be 1 or 3"));
}

TEST(IntensityRange, IsEachImagesOwnUnlessGiven) {
  EXPECT_FALSE(load_text(sample_config()).options.data.intensity_range);
  for (const char* text :
       {"image.intensity_range=(100,4095)", "image.intensity_range=[100, 4095]"}) {
    const auto range = load_text(sample_config(), with({text})).options.data.intensity_range;
    ASSERT_TRUE(range) << text;
    EXPECT_EQ(range->low, 100);
    EXPECT_EQ(range->high, 4095);
  }
  const auto whole = load_text(sample_config(), with({"image.intensity_range=(0,65535)"}));
  EXPECT_EQ(whole.options.data.intensity_range->high, 65535);
}

TEST(NpySliceIndex, PicksTheShownChannel) {
  const struct {
    int channels;
    const char* index;  // "": not given
    std::optional<int> shown;
  } table[] = {{1, "", 0},  {1, "0", 0}, {3, "", std::nullopt}, {3, "0", 0},
               {3, "2", 2}, {4, "", 1},  {4, "0", 0},           {4, "3", 3}};
  for (const auto& row : table) {
    std::vector<std::string> overrides;
    if (*row.index != '\0') overrides.push_back(std::string("infer.npy_slice_index=") + row.index);
    const Options options = load_text(sample_config(), npy(row.channels, overrides)).options;
    EXPECT_EQ(options.infer.shown_channel, row.shown) << row.channels << " " << row.index;
  }
}

TEST(NpySliceIndex, MustBeAChannelOfTheArrays) {
  const struct {
    int channels;
    const char* index;
    const char* message;
  } table[] = {{4, "4", "must be from 0 to 3: [model] image_channels is 4"},
               {4, "-1", "must be from 0 to 3"},
               {3, "3", "must be from 0 to 2"},
               {1, "1", "must be 0: [model] image_channels is 1"},
               {4, "'t2w'", "must be a whole number, not text"}};
  for (const auto& row : table) {
    const std::string override_text = std::string("infer.npy_slice_index=") + row.index;
    for (const Task task : {Task::kInfer, Task::kTiledInfer, Task::kTrain}) {
      const std::string error = error_of(sample_config(), npy(row.channels, {override_text}, task));
      EXPECT_TRUE(mentions(error, row.message)) << override_text << ": " << error;
    }
  }
}

TEST(NpySlicesDir, IsSeenFromTheFolderOfTheFile) {
  const TemporaryFolder folder;
  ConfigRequest request = npy(4, {"infer.npy_slices_dir='./slices/'"});
  request.file = folder.write("projects/A/x.config", sample_config());
  EXPECT_EQ(*load_config(request).options.infer.npy_slices_dir,
            folder.path() / "projects/A/slices");
}

TEST(NpyKeys, HaveNoEffectOnPictures) {
  const std::vector<std::string> keys{"infer.npy_slice_index=9", "infer.npy_slices_dir='./slices'"};
  const LoadedConfig loaded = load_text(sample_config(), with(keys, Task::kInfer));
  EXPECT_EQ(joined(loaded.warnings), "");
  EXPECT_FALSE(loaded.options.infer.shown_channel);
  EXPECT_FALSE(loaded.options.infer.npy_slices_dir);
  const ConfigRequest faulty = with({"infer.npy_slices_dir=3"}, Task::kInfer);
  EXPECT_TRUE(mentions(joined(load_text(sample_config(), faulty).warnings),
                       "this run does not use the key"));
  EXPECT_TRUE(mentions(error_of(sample_config(), npy(4, {"infer.npy_slices_dir=3"})),
                       "must be a path in quotes"));
}

TEST(NpyKeys, AreNotReadWhereNothingIsShown) {
  const std::string index = "infer.npy_slice_index=9";
  EXPECT_EQ(error_of(sample_config(), npy(4, {index}, Task::kEvaluate)), "");
  EXPECT_EQ(error_of(sample_config(), npy(4, {index}, Task::kInspect)), "");
  EXPECT_EQ(
      error_of(sample_config(), npy(4, {index, "train.epoch_change_infer=False"}, Task::kTrain)),
      "");
}

}  // namespace
}  // namespace flexunet
