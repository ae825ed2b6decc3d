#include "generator/verify/suggest.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "flexunet/base/error.h"
#include "flexunet/config/config.h"
#include "support/phantom_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Writes pairs of a size whose masks show the colours as discs on black.
void write_discs(const fs::path& folder, cv::Size size, const std::vector<RgbColor>& colors) {
  for (int i = 0; i < 3; ++i) {
    cv::Mat mask(size, CV_8UC3, cv::Scalar::all(0));
    int x = size.width / 8;
    for (const RgbColor& color : colors) {
      cv::circle(mask, {x, size.height / 2}, size.width / 10,
                 {double(color[0]), double(color[1]), double(color[2])}, cv::FILLED);
      x += size.width / 4;
    }
    write_pair(folder, std::to_string(i), mask + cv::Scalar::all(20 + i), mask);
  }
}

LoadedConfig load_strictly(const TemporaryFolder& folder, const std::string& text) {
  ConfigRequest request;
  request.file = folder.write("project/train_eval_infer.config", text);
  request.strict = true;
  return load_config(request);
}

TEST(NetworkSize, IsThatOfTheImagesWithinLimits) {
  EXPECT_EQ(network_size({128, 128}, 16), cv::Size(128, 128));
  EXPECT_EQ(network_size({500, 333}, 16), cv::Size(496, 336));
  EXPECT_EQ(network_size({4000, 2000}, 16), cv::Size(512, 256));
  EXPECT_EQ(network_size({20, 1000}, 16), cv::Size(32, 512));
}

TEST(GuessRgbMap, BeginsWithTheBackground) {
  const auto colors_of = [](const std::vector<std::pair<RgbColor, int>>& pixels) {
    ColorTotals total{{}, 1, 1};
    for (const auto& [color, number] : pixels) total.counts[color] = {number, number, 1, 1, {}};
    std::vector<RgbColor> colors;
    for (const RgbMapEntry& entry : guess_rgb_map(total)) {
      EXPECT_EQ(entry.class_index, static_cast<int>(colors.size()));
      colors.push_back(entry.color);
    }
    return colors;
  };
  using Colors = std::vector<RgbColor>;
  EXPECT_EQ(colors_of({{{0, 0, 0}, 90}, {{255, 0, 0}, 900}, {{0, 0, 255}, 99}}),
            (Colors{{0, 0, 0}, {255, 0, 0}, {0, 0, 255}}));
  EXPECT_EQ(colors_of({{{9, 9, 9}, 90}, {{255, 0, 0}, 900}}), (Colors{{255, 0, 0}, {9, 9, 9}}));
  EXPECT_EQ(colors_of({{{2, 2, 2}, 50}, {{1, 1, 1}, 40}, {{0, 0, 0}, 45}}),
            (Colors{{0, 0, 0}, {1, 1, 1}, {2, 2, 2}}));
}

TEST(SuggestConfig, LoadsStrictlyAndFitsTheDataSet) {
  const TemporaryFolder folder;
  for (const char* split : {"train", "valid", "test"}) {
    write_discs(folder.path() / "set \"1\"" / split, {200, 120}, {{255, 0, 0}, {0, 255, 0}});
  }
  const SuggestedConfig config = suggest_config(folder.path() / "set \"1\"", 2);
  EXPECT_TRUE(config.is_divided);
  EXPECT_FALSE(config.has_problems);
  const LoadedConfig loaded = load_strictly(folder, config.text);
  EXPECT_TRUE(loaded.warnings.empty());
  const Options& options = loaded.options;
  EXPECT_EQ(options.network.image_width, 208);
  EXPECT_EQ(options.network.image_height, 128);
  EXPECT_EQ(options.network.num_classes, 3);
  EXPECT_EQ(options.network.normalization, NormalizationKind::kInstance);
  EXPECT_EQ(options.loss.loss, LossKind::kDiceCrossentropy);
  EXPECT_EQ(options.train.learning_rate_schedule, ScheduleKind::kCosine);
  EXPECT_EQ(options.train_split.images_dir, folder.path() / "set \"1\"/train/images");
  EXPECT_EQ(options.test_split.masks_dir, folder.path() / "set \"1\"/test/masks");
  ASSERT_EQ(options.data.rgb_map.size(), 3U);
  EXPECT_EQ(options.data.rgb_map[0].color, (RgbColor{0, 0, 0}));
}

TEST(SuggestConfig, NamesTheStepBeforeForAFolderThatIsNotDivided) {
  const TemporaryFolder folder;
  write_discs(folder.path() / "set", {64, 64}, {{9, 9, 9}});
  const SuggestedConfig config = suggest_config(folder.path() / "set", 1);
  EXPECT_FALSE(config.is_divided);
  const std::string set = (folder.path() / "set").string();
  EXPECT_NE(config.text.find("; Before: flexunet-split " + set + " " + set + "-split\n"),
            std::string::npos)
      << config.text;
  EXPECT_EQ(load_strictly(folder, config.text).options.valid_split.images_dir,
            set + "-split/valid/images");
}

TEST(SuggestConfig, LeavesTestOutWhereThereIsNone) {
  const TemporaryFolder folder;
  for (const char* split : {"train", "valid"}) {
    write_discs(folder.path() / "set" / split, {64, 64}, {{255, 0, 0}});
  }
  const SuggestedConfig config = suggest_config(folder.path() / "set/", 1);
  const Options options = load_strictly(folder, config.text).options;
  EXPECT_TRUE(options.test_split.images_dir.empty());
  EXPECT_EQ(options.infer.images_dir, folder.path() / "set/valid/images");
}

TEST(SuggestConfig, CountsInterpolatedColoursToTheNearestClass) {
  const TemporaryFolder folder;
  for (const char* split : {"train", "valid"}) {
    write_discs(folder.path() / "set" / split, {256, 256}, {{255, 0, 0}, {0, 0, 255}});
    for (const fs::path& file : list_files(folder.path() / "set" / split / "masks")) {
      cv::Mat mask = read_picture(file);
      cv::GaussianBlur(mask, mask, {}, 1.5);
      write_png(file, mask);
    }
  }
  const SuggestedConfig config = suggest_config(folder.path() / "set", 1);
  EXPECT_NE(config.text.find("pixels of other colours are read as the nearest of these"),
            std::string::npos);
  EXPECT_EQ(load_strictly(folder, config.text).options.network.num_classes, 3) << config.text;
}

TEST(SuggestConfig, TellsOfProblemsAndRefusesWhatCannotBeTrained) {
  const TemporaryFolder folder;
  const fs::path set = folder.path() / "set";
  EXPECT_THROW(suggest_config(set, 1), ConfigError);
  write_discs(set, {64, 64}, {});
  EXPECT_THROW(suggest_config(set, 1), DataError);
  write_discs(set, {64, 64}, {{255, 0, 0}});
  EXPECT_FALSE(suggest_config(set, 1).has_problems);
  write_file(set / "images/0.png", "no picture");
  EXPECT_TRUE(suggest_config(set, 1).has_problems);
  for (const fs::path& file : list_files(set / "images")) fs::remove(file);
  EXPECT_THROW(suggest_config(set, 1), DataError);
}

}  // namespace
}  // namespace flexunet
