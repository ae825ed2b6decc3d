// Numbers of DICOM that are there are used or refused, never taken for absent.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

std::string refusal(const std::string& name, const std::string& value) {
  const TemporaryFolder folder;
  DicomSample sample = gray_sample();
  sample.others = {{"WindowCenter", "500"}, {"WindowWidth", "900"}};
  sample.others[name] = value;
  const auto path = write_dicom(folder.path() / "a.dcm", sample);
  ScanIntensity intensity;
  intensity.use_window = true;
  return refusal_of([&] { read_slice(list_slices(path).slices.at(0), intensity); }, path);
}

TEST(DicomNumbers, AreRefusedByElementAndValue) {
  const struct {
    const char* name;
    const char* tag;
    const char* value;
  } kCases[] = {{"RescaleSlope", "(0028,1053)", "1,5"},
                {"RescaleSlope", "(0028,1053)", "1.5 mm"},
                {"RescaleSlope", "(0028,1053)", "nan"},
                {"RescaleIntercept", "(0028,1052)", "-1024,0"},
                {"WindowCenter", "(0028,1050)", "40,5"},
                {"WindowWidth", "(0028,1051)", "wide"},
                {"NumberOfFrames", "(0028,0008)", "1,0"},
                {"InstanceNumber", "(0020,0013)", "A1"},
                {"ImagePositionPatient", "(0020,0032)", "0\\0,5\\0"},
                {"ImagePositionPatient", "(0020,0032)", "0\\1"},
                {"ImageOrientationPatient", "(0020,0037)", "1\\0\\0\\0\\x\\0"},
                {"PixelSpacing", "(0028,0030)", "0,5\\0,5"}};
  for (const auto& [name, tag, value] : kCases) {
    const std::string message = refusal(name, value);
    EXPECT_NE(message.find(std::string(name) + " " + tag), std::string::npos) << name << message;
    EXPECT_NE(message.find('"' + std::string(value) + '"'), std::string::npos) << name << message;
  }
}

TEST(DicomNumbers, AreRefusedWhereTheyStandInFunctionalGroups) {
  const std::string group =
      "PerFrameFunctionalGroupsSequence[0].PixelValueTransformationSequence[0].";
  EXPECT_NE(refusal(group + "RescaleSlope", "1,5").find("RescaleSlope (0028,1053) is \"1,5\""),
            std::string::npos);
}

TEST(DicomNumbers, MayBeEmptyOrWrittenInEveryWayOfDicom) {
  for (const char* name : {"RescaleSlope", "RescaleIntercept", "NumberOfFrames", "InstanceNumber",
                           "ImagePositionPatient", "PixelSpacing", "PixelPaddingValue"}) {
    EXPECT_EQ(refusal(name, ""), "") << name;
  }
  for (const char* value : {" 1.5 ", "+2", "-.5", "1E-3", "3.", "0001"}) {
    EXPECT_EQ(refusal("RescaleSlope", value), "") << value;
  }
}

TEST(DicomNumbers, AreDirectionsOnlyAtRightAngles) {
  EXPECT_NE(refusal("ImageOrientationPatient", "0\\0\\0\\0\\0\\0").find("right angles"),
            std::string::npos);
  EXPECT_NE(refusal("ImageOrientationPatient", "1\\0\\0\\1\\0\\0").find("right angles"),
            std::string::npos);
}

}  // namespace
}  // namespace flexunet
