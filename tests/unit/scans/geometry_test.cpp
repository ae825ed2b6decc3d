#include "flexunet/scans/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/scans/scans.h"
#include "support/temporary_folder.h"
#include "support/volume_files.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// 4x3x2 voxels of 1x2x3 mm.
VolumeGeometry sample_geometry() {
  VolumeGeometry geometry;
  geometry.extent = {4, 3, 2};
  geometry.steps = cv::Matx33d(1, 0, 0, 0, 2, 0, 0, 0, 3);
  geometry.origin = {-10, 20, 5};
  return geometry;
}

// The same voxels after a turn.
VolumeGeometry turned(const VolumeGeometry& geometry, const AxisTurn& turn) {
  VolumeGeometry result;
  result.origin = geometry.origin;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::size_t own = turn.axis.at(a);
    result.extent.at(a) = geometry.extent.at(own);
    const double sign = turn.is_reversed.at(a) ? -1 : 1;
    for (int row = 0; row < 3; ++row) {
      const double step = geometry.steps(row, static_cast<int>(own));
      result.steps(row, static_cast<int>(a)) = sign * step;
      if (sign < 0) {
        result.origin[row] += step * static_cast<double>(geometry.extent.at(own) - 1);
      }
    }
  }
  return result;
}

TEST(Orientation, NamesWhereTheAxesRun) {
  EXPECT_EQ(orientation_text(sample_geometry()), "(R,A,S)");
  EXPECT_EQ(orientation_text(turned(sample_geometry(), {{2, 0, 1}, {true, false, true}})),
            "(I,R,P)");
}

TEST(FindTurn, FindsEveryWayToTurnByWholeAxes) {
  const VolumeGeometry mask = sample_geometry();
  std::array<std::size_t, 3> axes{0, 1, 2};
  int turns = 0;
  do {
    for (unsigned bits = 0; bits < 8; ++bits) {
      const AxisTurn wanted{axes, {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0}};
      const auto found = find_turn(mask, turned(mask, wanted));
      ASSERT_TRUE(found);
      EXPECT_EQ(found->axis, wanted.axis);
      EXPECT_EQ(found->is_reversed, wanted.is_reversed);
      EXPECT_EQ(found->is_none(), turns++ == 0);
    }
  } while (std::next_permutation(axes.begin(), axes.end()));
  EXPECT_EQ(turns, 48);
}

TEST(FindTurn, AllowsRoundingButLessThanHalfAVoxel) {
  const VolumeGeometry mask = sample_geometry();
  VolumeGeometry image = mask;
  image.origin[1] += 0.98;  // of voxels of 2 mm
  EXPECT_TRUE(find_turn(mask, image));
  image.origin[1] += 0.04;
  EXPECT_FALSE(find_turn(mask, image));
  image = mask;
  image.steps(0, 0) = 1.1;  // over 3 voxels 0.3
  EXPECT_TRUE(find_turn(mask, image));
  image.steps(0, 0) = 1.2;
  EXPECT_FALSE(find_turn(mask, image));
}

TEST(FindTurn, FindsNoneForOtherSidesAnglesOrNoSpace) {
  const VolumeGeometry mask = sample_geometry();
  VolumeGeometry image = mask;
  image.extent[2] = 3;
  EXPECT_FALSE(find_turn(mask, image));
  const std::string told = explain_mismatch(mask, image);
  EXPECT_NE(told.find("4x3x2 voxels of 1x2x3 mm in orientation (R,A,S)"), std::string::npos)
      << told;
  EXPECT_NE(told.find("4x3x3"), std::string::npos) << told;
  image = mask;
  const double half = std::sqrt(0.5);
  image.steps = cv::Matx33d(half, -half, 0, half, half, 0, 0, 0, 1) * mask.steps;
  EXPECT_FALSE(find_turn(mask, image));
  image.steps = cv::Matx33d::zeros();
  EXPECT_FALSE(find_turn(mask, image));
  EXPECT_FALSE(find_turn(image, mask));
}

std::string nifti_file(const std::vector<float>& rows, const std::vector<std::int16_t>& values) {
  Nifti nifti;
  nifti.rows = rows;
  return nifti_header(nifti) + bytes_of(values);
}

// Values 0..23 of a volume that is mirrored along x and y.
std::vector<std::int16_t> mirrored_values() {
  std::vector<std::int16_t> values;
  for (int z = 0; z < 2; ++z) {
    for (int y = 2; y >= 0; --y) {
      for (int x = 3; x >= 0; --x) values.push_back(static_cast<std::int16_t>(x + 4 * y + 12 * z));
    }
  }
  return values;
}

TEST(LayOver, TurnsAMaskToItsImage) {
  const TemporaryFolder folder;
  const fs::path image =
      folder.write("image.nii", nifti_file({1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7}, counted(24)));
  const fs::path nifti = folder.write(
      "mask.nii", nifti_file({-1, 0, 0, 8, 0, -1, 0, 8, 0, 0, 1, 7}, mirrored_values()));
  // The same in LPS.
  const fs::path meta = folder.write(
      "mask.mha",
      meta_image("ElementType = MET_SHORT\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = "
                 "-8 -8 7\n",
                 "LOCAL") +
          bytes_of(mirrored_values()));
  for (const fs::path& mask : {nifti, meta}) {
    for (const SlicePlane plane :
         {SlicePlane::kAxial, SlicePlane::kCoronal, SlicePlane::kSagittal}) {
      const ScanSlice first = list_slices(image, plane).slices.front();
      const auto laid = lay_over(list_slices(mask, plane).slices.front(), first);
      const auto whole = list_slices(image, plane).slices;
      ASSERT_EQ(laid.size(), whole.size());
      for (std::size_t i = 0; i < laid.size(); ++i) {
        EXPECT_EQ(laid[i].size, whole[i].size);
        EXPECT_EQ(gray_values(read_label_slice(laid[i], plane)),
                  gray_values(read_label_slice(whole[i], plane)))
            << mask << i;
      }
    }
  }
}

TEST(LayOver, LeavesVolumesWithoutGeometryAsTheyAre) {
  const TemporaryFolder folder;
  const fs::path image =
      folder.write("image.nii", nifti_file({-1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7}, counted(24)));
  const fs::path mask = folder.write("mask.nii", nifti_file({}, counted(24)));
  const auto laid = lay_over(list_slices(mask).slices.front(), list_slices(image).slices.front());
  ASSERT_EQ(laid.size(), 2U);
  EXPECT_TRUE(laid[0].turn.is_none());
}

TEST(LayOver, RefusesAMaskOfAnotherPlaceByBothOrientations) {
  const TemporaryFolder folder;
  const fs::path image =
      folder.write("image.nii", nifti_file({1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7}, counted(24)));
  const fs::path mask =
      folder.write("mask.nii", nifti_file({-1, 0, 0, 28, 0, 1, 0, 6, 0, 0, 1, 7}, counted(24)));
  const std::string message = refusal_of(
      [&] { lay_over(list_slices(mask).slices.front(), list_slices(image).slices.front()); }, mask);
  for (const char* part : {"image.nii", "(L,A,S)", "(R,A,S)", "20 voxels apart"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in " << message;
  }
}

}  // namespace
}  // namespace flexunet
