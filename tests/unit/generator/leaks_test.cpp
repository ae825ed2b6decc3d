#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>
#include <set>

#include "generator/split/split.h"
#include "generator/verify/verify_report.h"
#include "unit/generator/sound_dataset.h"

namespace flexunet {
namespace {

using Leaks = SoundDataset;

TEST_F(Leaks, FindTheSamePictureInTwoSplits) {
  copy_pair("train/10001.png", "test/other.png");
  EXPECT_EQ(found(), Lines{"error leak_identical train/images/10001.png test/images/other.png"});
}

TEST_F(Leaks, FindTheSamePictureTurned) {
  for (const int code : {0, 1, -1}) {
    change_image("train/10001.png", "valid/other.png",
                 [&](const cv::Mat& from, cv::Mat& to) { cv::flip(from, to, code); });
    EXPECT_EQ(found(), Lines{"error leak_identical train/images/10001.png valid/images/other.png"});
  }
  change_image("train/10001.png", "valid/other.png", [](const cv::Mat& from, cv::Mat& to) {
    cv::rotate(from, to, cv::ROTATE_90_COUNTERCLOCKWISE);
  });
  EXPECT_NE(text_of_only_finding().find("are the same picture, rotated by a right angle"),
            std::string::npos)
      << text_of_only_finding();
}

TEST_F(Leaks, FindTheSamePictureTwiceInASplit) {
  copy_pair("train/10001.png", "train/other.png");
  EXPECT_EQ(found(), Lines{"warning duplicate train/images/10001.png train/images/other.png"});
}

TEST_F(Leaks, FindLookAlikesInTwoSplits) {
  const auto brighter = [](const cv::Mat& from, cv::Mat& to) { from.convertTo(to, -1, 1.2, 10); };
  change_image("train/10003.png", "test/other.png", brighter);
  const Lines expected{"warning look_alike test/images/other.png train/images/10003.png"};
  EXPECT_EQ(found(), expected);
  change_image("train/10003.png", "test/other.png", [](const cv::Mat& from, cv::Mat& to) {
    cv::GaussianBlur(from, to, {}, 1.0);
    cv::flip(to, to, 1);
  });
  EXPECT_EQ(found(), expected);
  EXPECT_NE(text_of_only_finding().find("mirrored left to right"), std::string::npos);
}

// Equal signs of the low frequencies alone are no likeness: unrelated phantoms have them, too.
TEST(LookAlikes, NeedACorrelationBesideEqualBits) {
  Survey survey;
  survey.splits = {{"train", {}}, {"test", {}}};
  for (std::size_t split : {0U, 1U}) {
    SurveyedPair pair;
    pair.split = split;
    pair.pair = {"a", "a" + std::to_string(split), ""};
    pair.origin.group = "source " + std::to_string(split);
    pair.image_size = {32, 32};
    pair.contrast = 9;
    pair.pixel_checksum = static_cast<std::uint32_t>(split);
    pair.hash = picture_hash(make_phantom(32, 1, split).image);
    pair.hash.bits.fill(7);
    survey.pairs.push_back(pair);
  }
  DatasetFindings findings;
  check_leaks(survey, findings);
  EXPECT_TRUE(findings.empty());
  survey.pairs[1].hash.thumbnail = survey.pairs[0].hash.thumbnail;
  check_leaks(survey, findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "look_alike");
}

TEST_F(Leaks, FindVariantsByName) {
  // Another picture: the name alone tells.
  copy_pair("valid/10013.png", "valid/rotated_90_10001.png");
  write_phantom_pairs(folder_.path() / "more", 1, 64, 99);
  fs::copy_file(folder_.path() / "more/images/10099.png", image("valid/rotated_90_10001.png"),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(found(),
            Lines{"error leak_source train/images/10001.png valid/images/rotated_90_10001.png"});
}

TEST_F(Leaks, TakeNamesThatBeginAnewInEachSplitForAWarning) {
  for (const char* kind : {"images", "masks"}) {
    fs::rename(set() / "valid" / kind / "10013.png", set() / "valid" / kind / "10001.png");
  }
  EXPECT_EQ(found(), Lines{"warning same_name train/images/10001.png"});
  fs::copy_file(image("train/10001.png"), image("valid/10001.png"),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(found(), (Lines{"error leak_identical train/images/10001.png valid/images/10001.png",
                            "warning same_name train/images/10001.png"}));
}

TEST_F(Leaks, FindPatientsInTwoSplits) {
  const auto entry = [](const std::string& name, const std::string& patient,
                        const std::string& series) {
    return ManifestEntry{"images/" + name, "masks/" + name, name, patient,
                         series,           kSourceMethod,   ""};
  };
  write_manifest(set() / "train" / kManifestFile,
                 {entry("10001.png", "P1", ""), entry("10002.png", "", "S1")});
  write_manifest(set() / "test" / kManifestFile,
                 {entry("10016.png", "P1", "S2"), entry("10017.png", "", "S1")});
  EXPECT_EQ(found(), (Lines{"error leak_patient train/images/10001.png test/images/10016.png",
                            "error leak_series train/images/10002.png test/images/10017.png"}));
  fs::remove(image("train/10001.png"));
  fs::remove(mask("train/10001.png"));
  EXPECT_EQ(found().back(), "warning manifest train/images/10001.png");
}

TEST_F(Leaks, FindPatientsByPattern) {
  group_pattern_ = "^(100[0-9]+)[0-9]$";  // 1001: 10010 to 10018, in all three
  const Lines lines = found();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].rfind("error leak_patient train/images/10010.png", 0), 0U) << lines[0];
}

// How many sources have pictures in more than one split, told by the names that add_flips gives.
std::size_t count_leaking_sources(const fs::path& folder) {
  std::map<std::string, std::set<std::string>> splits_of;
  for (const char* split : {"train", "valid", "test"}) {
    for (const fs::path& file : list_files(folder / split / "images")) {
      const std::string stem = file.stem().string();
      splits_of[stem.substr(stem.size() - 5)].insert(split);
    }
  }
  return static_cast<std::size_t>(
      std::count_if(splits_of.begin(), splits_of.end(),
                    [](const auto& source) { return source.second.size() > 1; }));
}

// What the original does, augment and then divide, and what we do, on the same phantoms.
TEST(LeakCheck, FindsTheLeakOfTheOriginalAndNoneInOurs) {
  const TemporaryFolder folder;
  write_phantom_pairs(folder.path() / "in", 20);
  add_flips(folder.path() / "in");
  split_by_file(folder.path() / "in", folder.path() / "original");
  SplitRequest request;
  request.in = folder.path() / "in";
  request.out = folder.path() / "ours";
  split_dataset(request);
  const auto errors = [&](const char* name) {
    return count_findings(check_dataset(survey_dataset(open_dataset(folder.path() / name).survey)),
                          Severity::kError);
  };
  const std::size_t leaking = count_leaking_sources(folder.path() / "original");
  EXPECT_GE(leaking, 5U);
  EXPECT_EQ(errors("original"), leaking);
  EXPECT_EQ(errors("ours"), 0U);
  // By content alone, too: under names that tell nothing.
  int number = 0;
  for (const char* split : {"train", "valid", "test"}) {
    for (const fs::path& file : list_files(folder.path() / "original" / split / "images")) {
      const std::string name = "p" + std::to_string(++number) + ".png";
      fs::rename(file.parent_path().parent_path() / "masks" / file.filename(),
                 file.parent_path().parent_path() / "masks" / name);
      fs::rename(file, file.parent_path() / name);
    }
  }
  EXPECT_GE(errors("original"), leaking);
}

}  // namespace
}  // namespace flexunet
