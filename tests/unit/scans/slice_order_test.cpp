// The order in which list_slices gives the files of DICOM series.
#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>

#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

class SliceOrder : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& number, const std::string& position = "",
           const std::string& orientation = "1\\0\\0\\0\\1\\0",
           const std::string& series = "1.2.3") {
    DicomSample sample = gray_sample();
    sample.series = series;
    sample.others["InstanceNumber"] = number;
    sample.others["ImagePositionPatient"] = position;
    sample.others["ImageOrientationPatient"] = position.empty() ? "" : orientation;
    write_dicom(folder_.path() / name, sample);
  }
  std::string names() const {
    std::string names;
    for (const ScanSlice& slice : list_slices(folder_.path()).slices) {
      names += slice.file.lexically_relative(folder_.path()).string() + " ";
    }
    return names;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(SliceOrder, GoesAlongTheNormal) {
  add("a", "1", "0\\0\\30");
  add("b", "2", "0\\0\\-5.5");
  add("c", "3", "0\\0\\4");
  EXPECT_EQ(names(), "b c a ");
}

TEST_F(SliceOrder, GoesAgainstAnAxisWhereTheNormalDoes) {
  add("a", "1", "0\\0\\0", "1\\0\\0\\0\\-1\\0");
  add("b", "2", "0\\0\\10", "1\\0\\0\\0\\-1\\0");
  add("c", "3", "0\\0\\5", "1\\0\\0\\0\\-1\\0");
  EXPECT_EQ(names(), "b c a ");
}

TEST_F(SliceOrder, GoesAlongSagittalAndObliqueNormals) {
  const std::string sagittal = "0\\1\\0\\0\\0\\-1";  // the normal is -x
  add("a", "1", "-3\\9\\9", sagittal);
  add("b", "2", "5\\0\\0", sagittal);
  add("c", "3", "0\\0\\0", sagittal);
  EXPECT_EQ(names(), "b c a ");
  // The rows turned by 45 degrees about x: the normal is (0, -0.7, 0.7).
  const std::string oblique = "1\\0\\0\\0\\0.7071068\\0.7071068";
  add("a", "1", "0\\10\\12", oblique);
  add("b", "2", "0\\0\\0", oblique);
  add("c", "3", "0\\20\\21", oblique);
  EXPECT_EQ(names(), "b c a ");
}

TEST_F(SliceOrder, GoesAgainstTheNormalWhereNumbersOrNamesDo) {
  add("a", "1", "0\\0\\30");
  add("b", "3", "0\\0\\20");
  add("c", "2", "0\\0\\10");
  add("d", "4", "0\\0\\0");
  EXPECT_EQ(names(), "a b c d ") << "from head to foot, two numbers exchanged";
  for (const char* name : {"a", "b", "c", "d"}) {
    add(name, "", "0\\0\\" + std::to_string('z' - *name));
  }
  EXPECT_EQ(names(), "a b c d ");
}

TEST_F(SliceOrder, GoesByNumberAtTheSamePosition) {
  add("a", "2", "0\\0\\1.00000");
  add("b", "1", "0\\0\\1.00001");
  add("c", "9", "0\\0\\0");
  add("IM-10", "3", "0\\0\\1");
  add("IM-2", "3", "0\\0\\1");
  EXPECT_EQ(names(), "b a IM-2 IM-10 c ");
}

TEST_F(SliceOrder, GoesByNumberWhereASlicesLacksAPositionOrLiesAcross) {
  add("a", "3", "0\\0\\1");
  add("b", "2", "0\\0\\2");
  add("c", "1");
  EXPECT_EQ(names(), "c b a ");
  add("c", "1", "0\\0\\3", "0\\1\\0\\0\\0\\-1");
  EXPECT_EQ(names(), "c b a ") << "three views of a localizer";
}

TEST_F(SliceOrder, GoesByNaturalNamesWhereANumberIsMissing) {
  add("IM-10", "1");
  add("IM-2", "");
  add("IM-1", "5");
  EXPECT_EQ(names(), "IM-1 IM-2 IM-10 ");
}

TEST_F(SliceOrder, KeepsSeriesTogetherInTheOrderOfTheirFirstFile) {
  add("1", "1", "0\\0\\9", "1\\0\\0\\0\\1\\0", "2.2");
  add("2", "1", "0\\0\\9", "1\\0\\0\\0\\1\\0", "1.1");
  add("3", "2", "0\\0\\5", "1\\0\\0\\0\\1\\0", "2.2");
  add("10", "2", "0\\0\\5", "1\\0\\0\\0\\1\\0", "1.1");
  EXPECT_EQ(names(), "1 3 2 10 ");
}

TEST_F(SliceOrder, IsThatOfPathsForFilesWithoutASeries) {
  add("10", "1", "0\\0\\1", "1\\0\\0\\0\\1\\0", "");
  add("9", "2", "0\\0\\2", "1\\0\\0\\0\\1\\0", "");
  EXPECT_EQ(names(), "9 10 ");
}

TEST_F(SliceOrder, OfFramesIsThatOfTheirFile) {
  DicomSample sample = gray_sample();
  sample.frames = 2;
  sample.values.insert(sample.values.end(), 12, 5);
  for (int i = 0; i < 2; ++i) {
    sample.others["PerFrameFunctionalGroupsSequence[" + std::to_string(i) +
                  "].PlanePositionSequence[0].ImagePositionPatient"] =
        i == 0 ? "0\\0\\9" : "0\\0\\1";
  }
  const TemporaryFolder folder;
  const auto slices = list_slices(write_dicom(folder.path() / "a.dcm", sample)).slices;
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(slices[0].index, 0);
  EXPECT_EQ(slices[1].dicom->frame(1).plane.position, cv::Vec3d(0, 0, 1));
}

}  // namespace
}  // namespace flexunet
