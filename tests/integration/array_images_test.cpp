#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "integration/toy_project.h"
#include "support/npy_files.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const cv::Mat& values) {
  return {values.ptr<char>(), values.total() * values.elemSize()};
}

// A toy project whose pictures are made .npy arrays and whose masks .npz archives: one channel of
// 16 bits with class indices, or four channels of 8 bits with one-hot masks.
class ArrayProject {
 public:
  explicit ArrayProject(int channels) : channels_(channels), project_(10, 1) {
    for (const char* split : {"train", "valid", "test"}) {
      const fs::path folder = project_.dataset() / split;
      for (const fs::path& image : list_files(folder / "images")) replace_image(image);
      for (const fs::path& mask : list_files(folder / "masks")) replace_mask(mask);
    }
    project_.edit_config("image_channels  = 3", fmt::format("image_channels = {}", channels));
    project_.edit_config("[mask]\nmask_file_format = \".png\"",
                         "[image]\nfile_format = \"NPY\"\n\n[mask]");
    project_.edit_config("[image]", fmt::format("npy_slices_dir = \"./slices/\"\n{}\n[image]",
                                                channels == 4 ? "npy_slice_index = 3" : ""));
    trained_ = project_.run("train");
  }

  const ToyProject& project() const { return project_; }
  const ProcessResult& trained() const { return trained_; }
  fs::path slices() const { return project_.folder() / "slices"; }

  // The gray of a test image that stands in the channel to be shown.
  cv::Mat shown(const std::string& stem) const { return shown_.at(stem); }

 private:
  void replace_image(const fs::path& path) {
    cv::Mat gray;
    cv::extractChannel(read_picture(path), gray, 0);
    fs::remove(path);
    cv::Mat values;
    if (channels_ == 1) {
      gray.convertTo(values, CV_16U, 16, 1000);
      double low = 0, high = 0;
      cv::minMaxIdx(gray, &low, &high);
      gray.convertTo(shown_[path.stem().string()], CV_8U, 255 / (high - low),
                     -255 * low / (high - low));
    } else {
      const cv::Mat last = 255 - gray;
      const cv::Mat half = gray / 2;
      cv::merge(std::vector<cv::Mat>{half, gray, half, last}, values);
      shown_[path.stem().string()] = last;
    }
    const std::string shape = channels_ == 1 ? fmt::format("({}, {})", gray.rows, gray.cols)
                                             : fmt::format("({}, {}, 4)", gray.rows, gray.cols);
    write_file(fs::path(path).replace_extension(".npy"),
               npy_file(npy_header(channels_ == 1 ? "<u2" : "|u1", shape), bytes_of(values)));
  }

  void replace_mask(const fs::path& path) const {
    const RgbMap rgb_map({{{0, 0, 0}, 0}, {{128, 40, 40}, 1}});
    const cv::Mat index = rgb_map.decode(read_picture(path)).class_mask;
    fs::remove(path);
    cv::Mat values = index;
    std::string shape = fmt::format("({}, {})", index.rows, index.cols);
    if (channels_ == 4) {
      const cv::Mat background = 1 - index;
      cv::merge(std::vector<cv::Mat>{background, index}, values);
      shape = fmt::format("({}, {}, 2)", index.rows, index.cols);
    }
    write_npz_file(fs::path(path).replace_extension(".npz"), "mask",
                   npy_file(npy_header("|u1", shape), bytes_of(values)));
  }

  int channels_;
  ToyProject project_;
  ProcessResult trained_;
  std::map<std::string, cv::Mat> shown_;
};

// Each channel and pixel equals the gray, within a rounding.
void expect_shows(const fs::path& picture, const cv::Mat& gray, const cv::Mat& where) {
  const cv::Mat rgb = read_picture(picture);
  ASSERT_EQ(rgb.size(), gray.size());
  for (int channel = 0; channel < 3; ++channel) {
    cv::Mat plane;
    cv::extractChannel(rgb, plane, channel);
    EXPECT_LE(cv::norm(plane, gray, cv::NORM_INF, where), 1.0) << picture << channel;
  }
}

class ArrayImages : public testing::TestWithParam<int> {
 protected:
  // Both projects are trained once.
  static const ArrayProject& array_project() {
    static std::map<int, std::unique_ptr<ArrayProject>> projects;
    auto& project = projects[GetParam()];
    if (project == nullptr) project = std::make_unique<ArrayProject>(GetParam());
    return *project;
  }
  void SetUp() override {
    ASSERT_EQ(array_project().trained().exit_code, 0) << array_project().trained().err;
  }
  static ProcessResult run(const std::string& name, const std::vector<std::string>& words = {}) {
    return array_project().project().run(name, words);
  }
  static fs::path folder() { return array_project().project().folder(); }
};

INSTANTIATE_TEST_SUITE_P(Channels, ArrayImages, testing::Values(1, 4));

TEST_P(ArrayImages, AreTrainedOnAndTheirSlicesPutBesideThePreviews) {
  const std::string stem = "10010";
  EXPECT_TRUE(fs::exists(folder() / "epoch_change_infer" / ("Epoch_1_" + stem + ".png")));
  expect_shows(array_project().slices() / (stem + ".png"), array_project().shown(stem), {});
}

TEST_P(ArrayImages, AreEvaluated) {
  const ProcessResult result = run("evaluate");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(fs::exists(folder() / "evaluation.csv"));
}

TEST_P(ArrayImages, GiveMasksOverlaysAndSlices) {
  for (const bool tiled : {false, true}) {
    const fs::path slices = folder() / (tiled ? "tiled_slices" : "plain_slices");
    std::vector<std::string> words{"--overlay", "--set",
                                   fmt::format("infer.npy_slices_dir='{}'", slices.string())};
    if (tiled) {
      words.insert(words.end(), {"--tiled", "--images",
                                 (array_project().project().dataset() / "test/images").string(),
                                 "--output", (folder() / "mini_test_output").string(), "--set",
                                 "tiledinfer.split_size=40", "--set", "tiledinfer.overlapping=8"});
    }
    const ProcessResult result = run("infer", words);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const cv::Mat gray = array_project().shown("10010");
    expect_shows(slices / "10010.png", gray, {});
    const RgbMap rgb_map({{{0, 0, 0}, 0}, {{128, 40, 40}, 1}});
    const cv::Mat classes =
        rgb_map.decode(read_picture(folder() / "mini_test_output/10010.png")).class_mask;
    expect_shows(folder() / "mini_test_output/10010_overlay.png", gray, classes == 0);
  }
}

TEST_P(ArrayImages, ListTheirSlicesInADryRun) {
  const fs::path elsewhere = folder() / "elsewhere";
  const ProcessResult result =
      run("infer", {"--dry-run", "--set", "infer.npy_slices_dir='./elsewhere'"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "slices would go to " + elsewhere.string())) << result.out;
  EXPECT_FALSE(fs::exists(elsewhere));
}

TEST_P(ArrayImages, AreNeverMixedWithTheirSlices) {
  const std::vector<std::string> before = array_project().project().files();
  for (const char* name : {"infer", "train"}) {
    const ProcessResult result =
        run(name, {"--set", "infer.npy_slices_dir='../../../dataset/Toy/test/images'"});
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_TRUE(contains(result.err, "write the slices to another folder")) << result.err;
  }
  const ProcessResult same = run("infer", {"--output", (folder() / "slices/.").string()});
  EXPECT_EQ(same.exit_code, 2) << same.out;
  EXPECT_TRUE(contains(same.err, "the masks go there under the same names")) << same.err;
  EXPECT_EQ(array_project().project().files(), before);
}

TEST_P(ArrayImages, OfOtherChannelsAreNamed) {
  const fs::path other = array_project().project().root() / "other";
  write_file(other / "b.npy", npy_file(npy_header("|u1", "(2, 2, 3)"), std::string(12, '\7')));
  const ProcessResult result = run("infer", {"--images", other.string()});
  EXPECT_EQ(result.exit_code, 3) << result.out;
  EXPECT_TRUE(
      contains(result.err, fmt::format("b.npy: 3 channels, but image_channels = {}", GetParam())))
      << result.err;
}

TEST_P(ArrayImages, WarnWhenTheirIntensitiesAreReadOtherwiseThanInTraining) {
  const ProcessResult result = run("infer", {"--set", "image.intensity_range=(0,4095)"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.err,
                       "trained with [image] intensity_range = each image's own, the "
                       "config has (0,4095)"))
      << result.err;
}

}  // namespace
}  // namespace flexunet
