#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/matx.hpp>
#include <optional>
#include <string>

namespace flexunet {

/// Where the voxels of a volume lie in a patient: millimetres towards right, anterior and superior
/// (RAS), as NIfTI counts them.
struct VolumeGeometry {
  std::array<std::int64_t, 3> extent{1, 1, 1};  ///< voxels along i, j, k
  cv::Matx33d steps = cv::Matx33d::eye();       ///< in its columns the way of a voxel along i, j, k
  cv::Vec3d origin;                             ///< of the centre of voxel (0,0,0)
};

/// The directions that i, j and k run towards: "(L,P,S)" for left, posterior, superior.
std::string orientation_text(const VolumeGeometry& geometry);

/// How a volume is turned by whole axes to lie as another one does: of each axis of the other the
/// own axis, and whether it runs the other way.
struct AxisTurn {
  std::array<std::size_t, 3> axis{0, 1, 2};
  std::array<bool, 3> is_reversed{};

  bool is_none() const;
};

/// The turn that lays a mask over its image: every corner of the image's grid then meets one of the
/// mask's, closer than half a voxel. Nothing where there is none: other sides, spacing, angles or
/// another place.
std::optional<AxisTurn> find_turn(const VolumeGeometry& mask, const VolumeGeometry& image);

/// Why there is none, for people: both orientations, and what differs.
std::string explain_mismatch(const VolumeGeometry& mask, const VolumeGeometry& image);

}  // namespace flexunet
