#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "generator/verify/check_fit.h"
#include "generator/verify/verify_report.h"
#include "unit/generator/sound_dataset.h"

namespace flexunet {
namespace {

// Some more phantoms, whose masks each test may exchange.
class Fit : public SoundDataset {
 protected:
  Fit() {
    write_phantom_pairs(set() / "train", 20, 64, 101);
    write_phantom_pairs(set() / "valid", 20, 64, 201);
  }

  // Gives every image of a split the mask `places` later in the order of names.
  void shift_masks(const std::string& split, std::size_t places) const {
    const std::vector<fs::path> masks = list_files(set() / split / "masks");
    std::vector<std::string> contents;
    for (const fs::path& file : masks) contents.push_back(read_file(file));
    for (std::size_t i = 0; i < masks.size(); ++i) {
      write_file(masks[i], contents[(i + places) % masks.size()]);
    }
  }

  void swap_folders(const std::string& split) const {
    fs::rename(set() / split / "images", set() / split / "other");
    fs::rename(set() / split / "masks", set() / split / "images");
    fs::rename(set() / split / "other", set() / split / "masks");
  }
};

TEST_F(Fit, IsNothingToTellOfMasksThatBelongToTheirImages) {
  EXPECT_EQ(found(), Lines{});
  EXPECT_EQ(found(""), Lines{});
  EXPECT_TRUE(find_misfits(survey()).empty());
  const Survey facts = survey();
  const auto json = nlohmann::json::parse(verify_json("set", facts, {}));
  EXPECT_EQ(json["mask_fit"]["pairs"], 58);
  EXPECT_GT(json["mask_fit"]["median_rank"], 0.8);
}

TEST_F(Fit, TellsMasksOfOtherImagesWithThePairsAsPictures) {
  for (const char* split : {"train", "valid", "test"}) shift_masks(split, 1);
  const Survey facts = survey();
  const DatasetFindings findings = check_dataset(facts);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "mask_misfit");
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_NE(findings[0].text.find("of 58 pairs"), std::string::npos) << findings[0].text;
  const fs::path pictures = folder_.path() / "new" / "pictures";
  EXPECT_EQ(write_misfit_pictures(facts, find_misfits(facts), pictures), 8U);
  const std::vector<fs::path> files = list_files(pictures);
  ASSERT_EQ(files.size(), 8U);
  EXPECT_EQ(read_picture(files.front()).size(), cv::Size(128, 64));
}

TEST_F(Fit, TellsTheSplitThatIsWrongAlone) {
  shift_masks("valid", 1);
  const std::string text = text_of_only_finding();
  EXPECT_EQ(text.rfind("valid: masks do not seem to belong to their images", 0), 0U) << text;
}

TEST_F(Fit, DoesNotDependOnTheNumberOfThreads) {
  shift_masks("valid", 1);
  SurveyRequest request = open_dataset(set()).survey;
  request.threads = 1;
  const Survey one = survey_dataset(request);
  request.threads = 4;
  const Survey four = survey_dataset(request);
  EXPECT_EQ(verify_json("", one, check_dataset(one)), verify_json("", four, check_dataset(four)));
}

TEST_F(Fit, OfSwappedFoldersIsOneErrorASplit) {
  swap_folders("train");
  for (const char* map : {kMap, ""}) {
    SurveyRequest request = open_dataset(set(), map).survey;
    if (*map == 0) request.splits.resize(1);  // else the other splits' masks tell the colours
    const Survey facts = survey_dataset(request);
    DatasetFindings findings = check_dataset(facts);
    EXPECT_EQ(count_findings(findings, Severity::kError), 1U) << map;
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings[0].kind, "off_palette");
    EXPECT_NE(findings[0].text.find("the folders of images and masks look swapped"),
              std::string::npos)
        << findings[0].text;
    EXPECT_EQ(findings[0].text.rfind("train: ", 0), 0U) << findings[0].text;
    findings = check_dataset(facts, true);
    EXPECT_EQ(count_findings(findings, Severity::kError), 0U) << map;
  }
}

TEST_F(Fit, OfMasksOfAnotherPaletteIsAnErrorThatNamesNoSwap) {
  const DatasetFindings findings = check_dataset(survey("{(100,0,0):0, (128,40,40):1}"));
  EXPECT_EQ(count_findings(findings, Severity::kError), 3U);
  EXPECT_EQ(findings[0].kind, "off_palette");
  EXPECT_NE(findings[0].text.find("rgb_map is that of another data set"), std::string::npos)
      << findings[0].text;
}

}  // namespace
}  // namespace flexunet
