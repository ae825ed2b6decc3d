#include "generator/common/manifest.h"

#include <gtest/gtest.h>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "generator/common/variant_names.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

constexpr const char* kHeading = "image,mask,source,patient,series,method,parameters\n";

std::string error_of(const std::string& text) {
  const TemporaryFolder folder;
  try {
    read_manifest(folder.write("manifest.csv", text));
  } catch (const DataError& error) {
    return std::string(error.what()).substr(folder.path().string().size() + 1);
  }
  return "";
}

TEST(Manifest, ComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  const std::vector<ManifestEntry> entries{
      {"images/1.png", "masks/1.png", "a, \"b\".nii.gz#17", "P 1", "S1", "source", ""},
      {"images/2.png", "", "c.png", "", "", "deformed", "alpha=1300 sigmoid=7"}};
  const auto file = folder.path() / kManifestFile;
  write_manifest(file, entries);
  EXPECT_EQ(read_file(file),
            std::string(kHeading) +
                "images/1.png,masks/1.png,\"a, \"\"b\"\".nii.gz#17\",P 1,S1,source,\n"
                "images/2.png,,c.png,,,deformed,alpha=1300 sigmoid=7\n");
  const auto found = read_manifest(file);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].source, entries[0].source);
  EXPECT_EQ(found[0].patient, "P 1");
  EXPECT_EQ(found[0].series, "S1");
  EXPECT_EQ(found[0].method, kSourceMethod);
  EXPECT_EQ(found[1].image, "images/2.png");
  EXPECT_EQ(found[1].mask, "");
  EXPECT_EQ(found[1].parameters, entries[1].parameters);
}

TEST(Manifest, NamesTheLineThatIsWrong) {
  EXPECT_EQ(error_of(""),
            "manifest.csv:1: the first line must be "
            "image,mask,source,patient,series,method,parameters");
  EXPECT_NE(error_of("image,mask\n").find("manifest.csv:1: the first line"), std::string::npos);
  EXPECT_EQ(error_of(std::string(kHeading) + "a,b,c,d,e,f,g\na,b\n"),
            "manifest.csv:3: 2 fields: must be the 7 of the first line");
  EXPECT_EQ(error_of(std::string(kHeading) + "a,b,c,d,e,f,g,h\n"),
            "manifest.csv:2: 8 fields: must be the 7 of the first line");
  EXPECT_EQ(error_of(std::string(kHeading) + "a,b,c,d,e,f,g\na,,,,,,\n"),
            "manifest.csv:3: a is listed twice");
  EXPECT_NE(error_of(std::string(kHeading) + "\"a").find("manifest.csv:2:"), std::string::npos);
  EXPECT_THROW(read_manifest("no/such/manifest.csv"), DataError);
}

TEST(SourceStem, IsWhatFollowsAVariantsPrefix) {
  for (const char* stem :
       {"hflipped_10001", "vflipped_10001", "rotated_90_10001", "shrinked_0.8_10001",
        "sheared_0.1_10001", "deformed_alpha_1300_sigmoid_7_10001",
        "distorted_0.01_rsigma0.5_sigma40_10001", "barrdistorted_1001_0.3_0.3_10001",
        "pincdistorted_1005_0.3_-0.3_10001", "sharpened_1_10001", "brightened_1.2_10_10001",
        "gamma_0.8_10001", "noise_0.1_10001", "blurred_1.5_10001", "cropped_0.9_10001",
        "elastic_3_10001"}) {
    EXPECT_EQ(source_stem(stem), "10001") << stem;
  }
}

TEST(SourceStem, LeavesOtherNamesAlone) {
  for (const char* stem : {"10001", "patient_7_slice_12", "xhflipped_1", "rotated", "rotated_"}) {
    EXPECT_EQ(source_stem(stem), stem);
  }
}

TEST(SourceNames, TakeANameForAVariantWhereItsSourceIsThere) {
  SourceNames names;
  for (const char* stem :
       {"10001", "a_b", "hflipped_10001", "cropped_000", "cropped_001", "rotated_90_7",
        "hflipped_7", "sharpened_1_hflipped_10001", "cropped_left_000", "cropped_right_000",
        "hflipped_5_121", "hflipped_6_121", "vflipped_6_121", "deformed_alpha_1300_sigmoid_7_9",
        "rotated_90_9"}) {
    names.add(stem);
  }
  const std::pair<const char*, const char*> table[] = {
      {"hflipped_10001", "10001"},
      {"sharpened_1_hflipped_10001", "10001"},
      {"vflipped_a_b", "a_b"},
      {"cropped_000", "cropped_000"},
      {"cropped_001", "cropped_001"},
      // Two variants of one source that was left out.
      {"rotated_90_7", "7"},
      {"hflipped_7", "7"},
      {"deformed_alpha_1300_sigmoid_7_9", "9"},
      // The whole rest counts, and words alone are no parameters.
      {"hflipped_5_121", "hflipped_5_121"},
      {"hflipped_6_121", "6_121"},
      {"cropped_left_000", "cropped_left_000"},
      {"10001", "10001"}};
  for (const auto& [stem, source] : table) EXPECT_EQ(names.source_of(stem), source) << stem;
}

}  // namespace
}  // namespace flexunet
