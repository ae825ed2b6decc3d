#include "generator/split/split.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "flexunet/base/error.h"
#include "generator/common/manifest.h"
#include "support/phantom_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

class Split : public testing::Test {
 protected:
  Split() {
    request_.in = folder_.path() / "in";
    request_.out = folder_.path() / "out";
  }

  // The stems in a folder of OUT.
  std::set<std::string> stems(const std::string& where) const {
    std::set<std::string> found;
    for (const fs::path& file : list_files(request_.out / where)) {
      found.insert(file.stem().string());
    }
    return found;
  }

  // Renames the images and masks: patient P with slices.
  void name_patients(int patients, int slices) const {
    int number = 10001;
    for (int patient = 0; patient < patients; ++patient) {
      for (int slice = 0; slice < slices; ++slice, ++number) {
        const std::string name =
            "P" + std::to_string(patient) + "_s" + std::to_string(slice) + ".png";
        for (const char* kind : {"images", "masks"}) {
          fs::rename(request_.in / kind / (std::to_string(number) + ".png"),
                     request_.in / kind / name);
        }
      }
    }
  }

  std::string error_of_split() const {
    try {
      split_dataset(request_);
    } catch (const Error& error) {
      EXPECT_FALSE(fs::exists(request_.out.string() + ".partial"));
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  SplitRequest request_;
};

TEST_F(Split, CountsAsTheOriginalAndKeepsEveryPair) {
  write_phantom_pairs(request_.in, 26);
  const SplitResult result = split_dataset(request_);
  ASSERT_EQ(result.sides.size(), 3U);
  std::set<std::string> all;
  for (const SplitSide& side : result.sides) {
    const auto images = stems(side.name + "/images");
    EXPECT_EQ(images, stems(side.name + "/masks"));
    EXPECT_EQ(images.size(), side.images);
    EXPECT_EQ(side.color_images.at({128, 40, 40}), side.images);
    all.insert(images.begin(), images.end());
  }
  EXPECT_EQ(result.sides[0].images, 18U);
  EXPECT_EQ(result.sides[1].images, 5U);
  EXPECT_EQ(result.sides[2].images, 3U);
  EXPECT_EQ(all.size(), 26U);
  const std::string stem = *stems("valid/images").begin();
  EXPECT_EQ(read_file(request_.out / "valid/images" / (stem + ".png")),
            read_file(request_.in / "images" / (stem + ".png")));
}

TEST_F(Split, KeepsVariantsInTrainAlone) {
  write_phantom_pairs(request_.in, 10);
  add_flips(request_.in);
  const SplitResult result = split_dataset(request_);
  EXPECT_EQ(result.sides[0].images, 7U);
  EXPECT_EQ(result.sides[0].variants, 14U);
  EXPECT_EQ(result.left_out_variants, 6U);
  std::set<std::string> outside = stems("valid/images");
  outside.merge(stems("test/images"));
  EXPECT_EQ(outside.size(), 3U);
  const auto train = stems("train/images");
  EXPECT_EQ(train.size(), 21U);
  for (const std::string& stem : outside) {
    EXPECT_EQ(train.count(stem) + train.count("hflipped_" + stem), 0U) << stem;
  }
  for (const ManifestEntry& entry : read_manifest(request_.out / kManifestFile)) {
    EXPECT_TRUE(fs::exists(request_.out / entry.image)) << entry.image;
    EXPECT_TRUE(fs::exists(request_.out / entry.mask)) << entry.mask;
    if (entry.method != kSourceMethod) {
      EXPECT_EQ(entry.image, "train/images/" + entry.method + "_" + entry.source + ".png");
    }
  }
}

TEST_F(Split, KeepsPatientsTogetherByPattern) {
  write_phantom_pairs(request_.in, 40);
  name_patients(10, 4);
  request_.group_pattern = "^(P[0-9]+)_";
  const SplitResult result = split_dataset(request_);
  EXPECT_EQ(result.sides[0].groups + result.sides[1].groups + result.sides[2].groups, 10U);
  std::set<std::string> patients;
  for (const char* side : {"train", "valid", "test"}) {
    std::set<std::string> here;
    for (const std::string& stem : stems(std::string(side) + "/images")) {
      here.insert(stem.substr(0, stem.find('_')));
    }
    for (const std::string& patient : here) EXPECT_TRUE(patients.insert(patient).second) << patient;
  }
  EXPECT_EQ(read_manifest(request_.out / kManifestFile).front().patient.front(), 'P');
}

TEST_F(Split, KeepsPatientsSeriesAndVolumesTogetherByManifest) {
  write_phantom_pairs(request_.in, 30);
  std::vector<ManifestEntry> entries;
  for (int i = 0; i < 30; ++i) {
    const std::string name = std::to_string(10001 + i) + ".png";
    ManifestEntry entry{"images/" + name, "masks/" + name, name, "", "", kSourceMethod, ""};
    const std::string group = std::to_string(i % 5);
    if (i < 10) entry.patient = "patient" + group;
    if (i >= 10 && i < 20) entry.series = "series" + group;
    if (i >= 20) entry.source = "volume" + group + ".nii.gz#" + std::to_string(i);
    entry.series += entry.patient.empty() ? "" : "s" + std::to_string(i);
    entries.push_back(entry);
  }
  write_manifest(request_.in / kManifestFile, entries);
  const SplitResult result = split_dataset(request_);
  EXPECT_EQ(result.sides[0].groups + result.sides[1].groups + result.sides[2].groups, 15U);
  std::map<std::string, std::set<std::string>> sides_of;
  for (const ManifestEntry& entry : read_manifest(request_.out / kManifestFile)) {
    const std::string group = !entry.patient.empty()  ? entry.patient
                              : !entry.series.empty() ? entry.series
                                                      : entry.source.substr(0, 7);
    sides_of[group].insert(entry.image.substr(0, entry.image.find('/')));
  }
  EXPECT_EQ(sides_of.size(), 15U);
  for (const auto& [group, sides] : sides_of) EXPECT_EQ(sides.size(), 1U) << group;
}

TEST_F(Split, CutsFolds) {
  write_phantom_pairs(request_.in, 11);
  add_flips(request_.in);
  request_.folds = 3;
  request_.shares = {0.7, 0.2, 0.1};
  const SplitResult result = split_dataset(request_);
  EXPECT_EQ(result.sides.size(), 4U);
  std::set<std::string> valid;
  const auto test = stems("fold_1/test/images");
  EXPECT_EQ(test.size(), 2U);
  for (int k = 1; k <= 3; ++k) {
    const std::string fold = "fold_" + std::to_string(k);
    EXPECT_EQ(stems(fold + "/test/images"), test);
    const auto train = stems(fold + "/train/images");
    const auto part = stems(fold + "/valid/images");
    EXPECT_EQ(part.size(), 3U);
    EXPECT_EQ(train.size(), 3U * 6U);
    for (const std::string& stem : part) {
      EXPECT_TRUE(valid.insert(stem).second) << stem;
      EXPECT_EQ(train.count(stem) + train.count("vflipped_" + stem) + test.count(stem), 0U);
    }
    EXPECT_EQ(read_manifest(request_.out / fold / kManifestFile).size(), 23U);
  }
  EXPECT_EQ(valid.size(), 9U);
}

TEST_F(Split, LinksInsteadOfCopying) {
  write_phantom_pairs(request_.in, 10);
  request_.link = true;
  split_dataset(request_);
  const std::string stem = *stems("train/images").begin();
  EXPECT_TRUE(fs::equivalent(request_.out / "train/images" / (stem + ".png"),
                             request_.in / "images" / (stem + ".png")));
}

TEST_F(Split, DependsOnTheSeedAlone) {
  write_phantom_pairs(request_.in, 30);
  split_dataset(request_);
  const auto first = stems("valid/images");
  request_.out = folder_.path() / "again";
  request_.threads = 3;
  split_dataset(request_);
  EXPECT_EQ(stems("valid/images"), first);
  request_.out = folder_.path() / "other";
  request_.seed = 1;
  split_dataset(request_);
  EXPECT_NE(stems("valid/images"), first);
}

TEST_F(Split, ListsEverythingThatIsWrongWithTheFiles) {
  write_phantom_pairs(request_.in, 10);
  write_png(request_.in / "masks/10003.png", cv::Mat(32, 31, CV_8UC3, cv::Scalar::all(0)));
  write_file(request_.in / "images/10005.png", "no picture");
  const std::string error = error_of_split();
  EXPECT_NE(error.find("masks/10003.png: the mask is 31x32 but its image"), std::string::npos);
  EXPECT_NE(error.find("images/10005.png"), std::string::npos) << error;
  fs::remove(request_.in / "masks/10003.png");
  EXPECT_NE(error_of_split().find("10003.png has no partner"), std::string::npos);
  EXPECT_FALSE(fs::exists(request_.out));
}

TEST_F(Split, RefusesAManifestThatDoesNotFit) {
  write_phantom_pairs(request_.in, 10);
  write_manifest(request_.in / kManifestFile,
                 {{"images/10001.png", "masks/10001.png", "a", "", "", kSourceMethod, ""},
                  {"images/1.png", "masks/1.png", "b", "", "", kSourceMethod, ""}});
  const std::string error = error_of_split();
  EXPECT_NE(error.find("images/1.png: listed in manifest.csv, but not there"), std::string::npos);
  EXPECT_NE(error.find("images/10002.png: not listed in manifest.csv"), std::string::npos) << error;
}

TEST_F(Split, RefusesPatternsThatTellNothing) {
  write_phantom_pairs(request_.in, 10);
  request_.group_pattern = "(";
  EXPECT_THROW(split_dataset(request_), ConfigError);
  request_.group_pattern = "P[0-9]+";
  EXPECT_THROW(split_dataset(request_), ConfigError);
  request_.group_pattern = "(P[0-9]+)";
  EXPECT_NE(error_of_split().find("images/10001.png: --group-pattern (P[0-9]+) finds no patient"),
            std::string::npos);
}

TEST_F(Split, RefusesFewerGroupsThanSides) {
  write_phantom_pairs(request_.in, 10);
  name_patients(2, 5);
  request_.group_pattern = "(P[0-9]+)";
  EXPECT_NE(error_of_split().find("2 groups of images cannot make 3 splits"), std::string::npos);
  EXPECT_FALSE(fs::exists(request_.out));
}

TEST_F(Split, RefusesAnOutputThatIsInUseOrCannotBeWritten) {
  write_phantom_pairs(request_.in, 10);
  folder_.write("out/mine.txt", "x");
  EXPECT_THROW(split_dataset(request_), OutputError);
  EXPECT_EQ(list_files(request_.out).size(), 1U);
  request_.out = folder_.write("file", "x") / "below";
  EXPECT_THROW(split_dataset(request_), OutputError);
}

}  // namespace
}  // namespace flexunet
