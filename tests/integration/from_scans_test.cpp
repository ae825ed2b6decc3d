#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "flexunet/base/files.h"
#include "generator/common/manifest.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// The whole way from DICOM files to a network, once; each test looks at a part of it.
class FromScans : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = std::make_unique<ToyProject>(10, 2);
    fs::remove_all(project_->dataset());
    tool("phantom", {"scans", "--dicom", "--count", "40", "--size", "64"});
    tool("generate", {"scans/images", "scans/masks", "master", "--recolor", "255=(128,40,40)",
                      "--contact-sheet", "sheet.png", "--set", "augmentor.distortion=False",
                      "--set", "augmentor.barrdistortion=False", "--set",
                      "augmentor.pincdistortion=False", "--set", "deformation.sigmoids=[8]"});
    tool("split", {"master", "dataset/Toy"});
    tool("statistics", {"dataset/Toy", "--output", "."});
    verified_ = run_flexunet("verify", {project_->config().string()}, root());
  }
  static void TearDownTestSuite() { project_.reset(); }

  static fs::path root() { return project_->root(); }
  static void tool(const std::string& name, const std::vector<std::string>& arguments) {
    const ProcessResult result = run_flexunet(name, arguments, root());
    ASSERT_EQ(result.exit_code, 0) << name << ": " << result.err;
  }
  static std::vector<fs::path> images(const char* split) {
    return list_files(project_->dataset() / split / "images");
  }

  static std::unique_ptr<ToyProject> project_;
  static ProcessResult verified_;
};

std::unique_ptr<ToyProject> FromScans::project_;
ProcessResult FromScans::verified_;

TEST_F(FromScans, BecomeSourcesAndVariants) {
  const auto manifest = read_manifest(root() / "master" / kManifestFile);
  ASSERT_EQ(manifest.size(), 80U);
  EXPECT_EQ(manifest[0].source, "P001/01.dcm");
  EXPECT_EQ(manifest[0].patient, "P001");
  EXPECT_FALSE(manifest[0].series.empty());
  EXPECT_TRUE(fs::exists(root() / "sheet.png"));
}

TEST_F(FromScans, AreDividedByPatientWithVariantsInTrainAlone) {
  std::map<std::string, std::set<std::string>> splits_of_patient;
  for (const ManifestEntry& entry : read_manifest(project_->dataset() / kManifestFile)) {
    const std::string split = entry.image.substr(0, entry.image.find('/'));
    splits_of_patient[entry.patient].insert(split);
    EXPECT_TRUE(split == "train" || entry.method == kSourceMethod) << entry.image;
  }
  EXPECT_GE(splits_of_patient.size(), 3U);
  for (const auto& [patient, splits] : splits_of_patient) EXPECT_EQ(splits.size(), 1U) << patient;
  const std::size_t sources = images("train").size() / 2;
  EXPECT_EQ(sources + images("valid").size() + images("test").size(), 40U);
}

TEST_F(FromScans, PassVerification) {
  EXPECT_EQ(verified_.exit_code, 0) << verified_.out << verified_.err;
}

TEST_F(FromScans, HaveStatistics) { EXPECT_TRUE(fs::exists(root() / "Toy_Statistics.png")); }

TEST_F(FromScans, TrainEvaluateAndInfer) {
  const ProcessResult trained =
      project_->run("train", {"--set", "model.generator=True", "--set", "augmentor.elastic=True"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_NE(trained.out.find("as one of 7 variants: hflip, vflip, rotation (angle=90)"),
            std::string::npos)
      << trained.out;
  EXPECT_EQ(project_->run("evaluate").exit_code, 0);
  EXPECT_EQ(project_->run("infer").exit_code, 0);
  const fs::path masks = project_->folder() / "mini_test_output";
  EXPECT_EQ(list_files(masks).size(), images("test").size());
}

// What the original's order brings about: variants of one slice on both sides.
TEST_F(FromScans, LeakWhereTheyAreDividedAfterAugmentation) {
  std::size_t index = 0;
  for (const fs::path& image : list_files(root() / "master/images")) {
    const std::size_t turn = index++ % 7;
    const fs::path folder = root() / "leaky" / (turn < 5 ? "train" : turn < 6 ? "valid" : "test");
    write_file(folder / "images" / image.filename(), read_file(image));
    write_file(folder / "masks" / image.filename(),
               read_file(root() / "master/masks" / image.filename()));
  }
  const ProcessResult found = run_flexunet("verify", {"leaky"}, root());
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_NE((found.out + found.err).find("deformed_alpha_1300_sigmoid_8_"), std::string::npos);
}

TEST_F(FromScans, GiveTheRightExitCodesWhereTheyAreWrong) {
  const auto generate = [&](std::vector<std::string> arguments) {
    return run_flexunet("generate", arguments, root());
  };
  // The same patient and series as in scans, of another size.
  tool("phantom", {"small", "--dicom", "--count", "10", "--size", "32"});
  write_file(root() / "bad/images/a.dcm", "this is no DICOM file");
  write_file(root() / "bad/masks/a.png", read_file(root() / "scans/masks/P001/01.png"));
  const ProcessResult no_dicom = generate({"bad/images", "bad/masks", "out"});
  EXPECT_EQ(no_dicom.exit_code, 3);
  EXPECT_NE(no_dicom.err.find("a.dcm"), std::string::npos) << no_dicom.err;

  const std::string slice = read_file(root() / "scans/images/P001/01.dcm");
  write_file(root() / "bad/images/a.dcm", slice.substr(0, slice.size() * 2 / 3));
  EXPECT_EQ(generate({"bad/images", "bad/masks", "out"}).exit_code, 3);

  write_file(root() / "bad/images/a.dcm", slice);
  write_file(root() / "bad/masks/a.png", read_file(root() / "small/masks/P001/01.png"));
  const ProcessResult wrong_mask = generate({"bad/images", "bad/masks", "out"});
  EXPECT_EQ(wrong_mask.exit_code, 3);
  EXPECT_NE(wrong_mask.err.find("a.png has 32x32 pixels"), std::string::npos) << wrong_mask.err;

  write_file(root() / "bad/images/b.dcm", read_file(root() / "small/images/P001/01.dcm"));
  const ProcessResult mixed = generate({"bad/images", "bad/masks", "out"});
  EXPECT_EQ(mixed.exit_code, 3);
  EXPECT_NE(mixed.err.find("a series must be of one size"), std::string::npos) << mixed.err;

  EXPECT_EQ(generate({"scans/images", "scans/masks", "master"}).exit_code, 6);
  EXPECT_EQ(generate({"scans/images", "scans/masks", "sheet.png/out"}).exit_code, 6);
  EXPECT_EQ(generate({"scans/images", "scans/masks"}).exit_code, 2);
  EXPECT_EQ(generate({"nowhere", "scans/masks", "out"}).exit_code, 3);
  EXPECT_EQ(generate({"scans/images", "scans/masks", "out", "--recolor", "x"}).exit_code, 2);
  EXPECT_EQ(
      generate({"scans/images", "scans/masks", "out", "--set", "augmentor.hflip=1"}).exit_code, 2);
  EXPECT_FALSE(fs::exists(root() / "out") || fs::exists(root() / "out.partial"));
}

}  // namespace
}  // namespace flexunet
