// DICOM that lacks the 128 bytes and four letters before its elements.
#include "scans/dicom_start.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

// The elements alone, without those about the file.
std::string data_set(const char* syntax) {
  DicomSample sample = gray_sample();
  sample.transfer_syntax = syntax;
  const std::string bytes = dicom_file(sample);
  const std::string first("\x08\0\x16\0", 4);
  return bytes.substr(bytes.find(first));
}

TEST(DicomStart, IsNotNeeded) {
  const TemporaryFolder folder;
  const std::string whole = dicom_file(gray_sample());
  for (const std::string& bytes : {data_set("implicit"), data_set(""), whole.substr(132)}) {
    const auto path = folder.write("IM000001", bytes);
    const auto slices = list_slices(path).slices;
    ASSERT_EQ(slices.size(), 1U);
    EXPECT_EQ(gray_values(read_slice(slices[0], {})),
              (std::vector<int>{0, 23, 46, 70, 93, 116, 139, 162, 185, 209, 232, 255}));
  }
}

TEST(DicomStart, IsNotSeenInOtherFiles) {
  const std::string implicit = data_set("implicit");
  EXPECT_TRUE(starts_as_data_set(implicit));
  EXPECT_FALSE(starts_as_data_set(""));
  EXPECT_FALSE(starts_as_data_set(implicit.substr(0, 8)));
  EXPECT_FALSE(starts_as_data_set(std::string(4096, '\0')));
  EXPECT_FALSE(starts_as_data_set(std::string(4096, '\x08')));
  EXPECT_FALSE(starts_as_data_set(std::string("\x08\0\x16\0\x06\0\0\0"
                                              "1.2.3\0",
                                              14) +
                                  implicit))
      << "no class of DICOM's";
  EXPECT_FALSE(starts_as_data_set(std::string("\x10\0\x16\0\x02\0\0\0"
                                              "ab",
                                              10) +
                                  implicit))
      << "a group that does not come first";
  EXPECT_FALSE(starts_as_data_set(std::string("\x08\0\x20\0\x02\0\0\0"
                                              "ab",
                                              10) +
                                  implicit))
      << "tags that fall";
}

TEST(DicomStart, IsToldOfWhereItIsNotSeen) {
  const TemporaryFolder folder;
  const auto path = folder.write("IM1", "\x10 not begun as it should");
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("named .dcm"), std::string::npos);
}

}  // namespace
}  // namespace flexunet
