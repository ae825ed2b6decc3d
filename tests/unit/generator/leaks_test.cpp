#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <opencv2/imgcodecs.hpp>
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

// Texture as photographs have it: phantoms are too smooth for JPEG to matter.
cv::Mat textured(const cv::Mat& picture, std::uint64_t seed) {
  cv::Mat noise(picture.size(), CV_8UC3);
  cv::RNG random(seed);
  random.fill(noise, cv::RNG::NORMAL, 60, 25);
  cv::GaussianBlur(noise, noise, {}, 1.0);
  cv::Mat result;
  cv::addWeighted(picture, 0.6, noise, 0.6, 0, result);
  return result;
}

cv::Mat compressed(const cv::Mat& picture, int quality) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

class LeaksByContent : public SoundDataset {
 protected:
  LeaksByContent() {
    std::uint64_t seed = 1;
    for (const char* split : {"train", "valid", "test"}) {
      for (const fs::path& file : list_files(set() / split / "images")) {
        write_png(file, textured(read_picture(file), seed++));
      }
    }
  }
};

TEST_F(LeaksByContent, FindThePictureTurnedAndCompressedAgain) {
  EXPECT_EQ(found(), Lines{});
  for (std::size_t orientation = 0; orientation < kOrientations; ++orientation) {
    change_image("train/10003.png", "test/other.png", [&](const cv::Mat& from, cv::Mat& to) {
      to = compressed(oriented(from, orientation).clone(), 60);
    });
    EXPECT_EQ(found(),
              Lines{"error leak_same_picture test/images/other.png train/images/10003.png"})
        << orientation;
  }
  change_image("train/10003.png", "test/other.png", [&](const cv::Mat& from, cv::Mat& to) {
    cv::flip(from, to, 1);
    to = compressed(to, 60);
  });
  const std::string text = text_of_only_finding();
  for (const char* part : {"test/images/other.png is the same picture as", "mirrored left to right",
                           "correlation of details 0.", "masks agree on", "in test and in train"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  const Survey facts = survey();
  const std::string json = verify_json("set", facts, check_dataset(facts));
  for (const char* part : {"\"orientation\": \"mirrored left to right\"", "\"correlation\": 0.",
                           "\"mask_agreement\": "}) {
    EXPECT_NE(json.find(part), std::string::npos) << part;
  }
}

// What shows the same scene otherwise remains a warning.
TEST_F(LeaksByContent, FindLookAlikes) {
  const Lines expected{"warning look_alike test/images/other.png train/images/10003.png"};
  change_image("train/10003.png", "test/other.png",
               [](const cv::Mat& from, cv::Mat& to) { from.convertTo(to, -1, 1.3, 20); });
  EXPECT_EQ(found(), expected);
  // A neighbouring slice: most is where it was, some is not.
  change_image("train/10003.png", "test/other.png", [](const cv::Mat& from, cv::Mat& to) {
    cv::GaussianBlur(from, to, {}, 0.6);
    cv::Mat blob(to.size(), CV_8UC3, cv::Scalar::all(0));
    cv::circle(blob, {30, 30}, 12, cv::Scalar::all(40), cv::FILLED);
    cv::GaussianBlur(blob, blob, {}, 4);
    to += blob;
  });
  EXPECT_EQ(found(), expected);
}

// Every picture of a set may have the same bright disc; that alone is no likeness.
TEST_F(LeaksByContent, AreNotFoundInTheShapeThatAllPicturesShare) {
  std::uint64_t seed = 100;
  for (const char* split : {"train", "valid", "test"}) {
    for (const fs::path& file : list_files(set() / split / "images")) {
      cv::Mat disc(256, 256, CV_8UC3, cv::Scalar::all(0));
      cv::circle(disc, {128, 128}, 112, cv::Scalar(200, 120, 60), cv::FILLED);
      cv::Mat picture = textured(disc, seed++);
      picture.setTo(cv::Scalar::all(0), disc == 0);
      write_png(file, picture);
      cv::Mat large;
      const fs::path mask_file = set() / split / "masks" / file.filename();
      cv::resize(read_picture(mask_file), large, disc.size(), 0, 0, cv::INTER_NEAREST);
      write_png(mask_file, large);
    }
  }
  EXPECT_EQ(found(), Lines{});
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
