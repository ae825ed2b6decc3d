#include "generator/verify/checks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "generator/verify/verify_report.h"
#include "unit/generator/sound_dataset.h"

namespace flexunet {
namespace {

using Checks = SoundDataset;

TEST_F(Checks, FindNothingInASoundDataSet) {
  EXPECT_EQ(found(), Lines{});
  EXPECT_EQ(found(""), Lines{});
}

TEST_F(Checks, FindOrphansOnBothSides) {
  fs::remove(mask("train/10003.png"));
  fs::remove(image("valid/10013.png"));
  EXPECT_EQ(found(),
            (Lines{"error orphan train/images/10003.png", "error orphan valid/masks/10013.png"}));
}

TEST_F(Checks, FindMissingFoldersAndAmbiguousNames) {
  fs::remove_all(set() / "test/masks");
  fs::copy_file(image("train/10001.png"), set() / "train/images/10001.bmp");
  EXPECT_EQ(found(), (Lines{"error ambiguous train/images/10001.bmp train/images/10001.png",
                            "error missing"}));
}

TEST_F(Checks, FindUnreadableFiles) {
  fs::resize_file(image("train/10004.png"), 100);
  write_file(mask("test/10016.png"), "no picture");
  EXPECT_EQ(found(), (Lines{"error unreadable train/images/10004.png",
                            "error unreadable test/masks/10016.png"}));
}

TEST_F(Checks, FindMasksOfAnotherSize) {
  write_png(mask("train/10005.png"), cv::Mat(64, 60, CV_8UC3, cv::Scalar(128, 40, 40)));
  EXPECT_EQ(found(), (Lines{"error size_mismatch train/images/10005.png train/masks/10005.png"}));
  EXPECT_NE(text_of_only_finding().find("the mask is 60x64 but its image"), std::string::npos);
}

TEST_F(Checks, FindColoursOutsideTheMap) {
  cv::Mat picture = read_picture(mask("valid/10014.png"));
  picture(cv::Rect(3, 7, 2, 1)).setTo(cv::Scalar(120, 50, 30));
  picture(cv::Rect(9, 9, 1, 1)).setTo(cv::Scalar(1, 0, 0));
  write_png(mask("valid/10014.png"), picture);
  EXPECT_EQ(found(), Lines{"warning off_palette valid/masks/10014.png"});
  const std::string text = text_of_only_finding();
  EXPECT_NE(text.find("3 pixels of 2 colours outside rgb_map, 2 of them (120,50,30), first at x "
                      "3, y 7: read as class 1 (128,40,40)"),
            std::string::npos)
      << text;
  // Without a map they are two classes that the other splits lack: the mask is clean.
  EXPECT_EQ(found(""), Lines(4, "warning missing_class"));
}

TEST_F(Checks, FindClassesThatASplitLacks) {
  EXPECT_EQ(found("{(0,0,0):0, (128,40,40):1, (0,255,0):2}"),
            (Lines{"warning missing_class", "warning missing_class", "warning missing_class"}));
  cv::Mat picture = read_picture(mask("train/10001.png"));
  picture(cv::Rect(0, 0, 8, 8)).setTo(cv::Scalar(0, 255, 0));
  write_png(mask("train/10001.png"), picture);
  EXPECT_EQ(found(""), (Lines{"warning missing_class", "warning missing_class"}));
}

TEST_F(Checks, FindMasksOfBackgroundAlone) {
  write_png(mask("train/10002.png"), cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(0)));
  EXPECT_EQ(found(), Lines{"warning all_background train/masks/10002.png"});
  EXPECT_NE(text_of_only_finding().find("train: 1 of 12 masks show background alone: 10002.png"),
            std::string::npos);
}

TEST_F(Checks, FindImagesOfUnusualContrast) {
  change_image("train/10006.png", "train/10006.png",
               [](const cv::Mat& from, cv::Mat& to) { from.convertTo(to, -1, 0.05, 100); });
  write_png(image("train/10007.png"), cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(9)));
  EXPECT_EQ(found(), (Lines{"warning contrast train/images/10006.png",
                            "warning contrast train/images/10007.png"}));
}

TEST_F(Checks, ReportForPeopleAndMachines) {
  for (int i = 1; i <= 12; ++i) {
    cv::Mat picture = read_picture(mask("train/" + std::to_string(10000 + i) + ".png"));
    picture.at<cv::Vec3b>(0, 0) = {9, 9, 9};
    write_png(mask("train/" + std::to_string(10000 + i) + ".png"), picture);
  }
  fs::remove(mask("test/10016.png"));
  const Survey facts = survey();
  const DatasetFindings findings = check_dataset(facts);
  const std::string text = verify_text(facts, findings);
  for (const char* part : {"train: 12 pairs, 64x64\n", "test: 2 pairs, 64x64\n", "errors: 1\n",
                           "warnings: 12\n", "  off_palette: and 2 more", "1 (128,40,40)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nnot in\n" << text;
  }
  const auto json = nlohmann::json::parse(verify_json("set", facts, findings));
  EXPECT_EQ(json["errors"], 1);
  EXPECT_EQ(json["warnings"], 12);
  EXPECT_EQ(json["findings"].size(), 13U);
  EXPECT_EQ(json["findings"][0]["kind"], "orphan");
  EXPECT_EQ(json["findings"][0]["severity"], "error");
  EXPECT_EQ(json["findings"][0]["files"][0], image("test/10016.png").string());
  EXPECT_EQ(json["splits"][0]["pairs"], 12);
  EXPECT_EQ(json["splits"][0]["sizes"]["64x64"], 12);
  EXPECT_EQ(json["classes"][1]["color"], (std::vector<int>{128, 40, 40}));
  const std::vector<std::int64_t> pixels = json["splits"][0]["class_pixels"];
  EXPECT_EQ(pixels[0] + pixels[1], 12 * 64 * 64);
}

TEST_F(Checks, DoNotDependOnTheNumberOfThreads) {
  copy_pair("train/10001.png", "test/other.png");
  SurveyRequest request = open_dataset(set()).survey;
  request.threads = 1;
  const Survey one = survey_dataset(request);
  request.threads = 4;
  const Survey four = survey_dataset(request);
  EXPECT_EQ(verify_json("", one, check_dataset(one)), verify_json("", four, check_dataset(four)));
}

TEST(OpenDataset, RefusesFoldersAndMapsThatAreNone) {
  const TemporaryFolder folder;
  EXPECT_THROW(open_dataset(folder.path()), ConfigError);
  EXPECT_THROW(open_dataset(folder.path() / "nothing.config"), ConfigError);
  fs::create_directories(folder.path() / "images");
  EXPECT_EQ(open_dataset(folder.path() / "").survey.splits.front().name,
            folder.path().filename().string());
  for (const char* map : {"(", "[1]", "{(0,0):0}", "{(0,0,0):1}", "{(0,0,0):0, (0,0,0):1}",
                          "{(0,0,256):0}", "{'a':0}", "{(0,0,0):'x'}"}) {
    EXPECT_THROW(open_dataset(folder.path(), map), ConfigError) << map;
  }
}

}  // namespace
}  // namespace flexunet
