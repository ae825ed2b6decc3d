#include "flexunet/scans/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

namespace flexunet {
namespace {

constexpr std::size_t kAxes = 3;

// The voxels of `to` for those of `from`: m -> matrix * m + offset.
struct VoxelMap {
  cv::Matx33d matrix;
  cv::Vec3d offset;

  cv::Vec3d operator()(const cv::Vec3d& voxel) const { return matrix * voxel + offset; }
};

std::optional<VoxelMap> voxel_map(const VolumeGeometry& from, const VolumeGeometry& to) {
  bool is_regular = false;
  const cv::Matx33d inverse = to.steps.inv(cv::DECOMP_LU, &is_regular);
  if (!is_regular) return std::nullopt;
  return VoxelMap{inverse * from.steps, inverse * (from.origin - to.origin)};
}

// The turn that comes nearest to a map of voxels; nothing where two axes would go the same way.
std::optional<AxisTurn> nearest_turn(const cv::Matx33d& matrix) {
  AxisTurn turn;
  std::array<bool, kAxes> taken{};
  for (std::size_t a = 0; a < kAxes; ++a) {
    const auto column = static_cast<int>(a);
    std::size_t own = 0;
    for (std::size_t i = 1; i < kAxes; ++i) {
      if (std::abs(matrix(static_cast<int>(i), column)) >
          std::abs(matrix(static_cast<int>(own), column))) {
        own = i;
      }
    }
    if (taken.at(own)) return std::nullopt;
    taken.at(own) = true;
    turn.axis.at(a) = own;
    turn.is_reversed.at(a) = matrix(static_cast<int>(own), column) < 0;
  }
  return turn;
}

double last_voxel(const VolumeGeometry& geometry, std::size_t axis) {
  return static_cast<double>(geometry.extent.at(axis) - 1);
}

// How far a corner of the image lies from the mask's corner that the turn gives it, in voxels.
double largest_distance(const VoxelMap& to_mask, const AxisTurn& turn, const VolumeGeometry& mask,
                        const VolumeGeometry& image) {
  double largest = 0;
  for (unsigned corner = 0; corner < 8; ++corner) {
    cv::Vec3d voxel;
    cv::Vec3d wanted;
    for (std::size_t a = 0; a < kAxes; ++a) {
      const bool is_last = (corner >> a & 1U) != 0;
      const std::size_t own = turn.axis.at(a);
      voxel[static_cast<int>(a)] = is_last ? last_voxel(image, a) : 0.0;
      wanted[static_cast<int>(own)] =
          is_last != turn.is_reversed.at(a) ? last_voxel(mask, own) : 0.0;
    }
    const cv::Vec3d distance = to_mask(voxel) - wanted;
    for (int i = 0; i < 3; ++i) largest = std::max(largest, std::abs(distance[i]));
  }
  return largest;
}

bool has_equal_sides(const AxisTurn& turn, const VolumeGeometry& mask,
                     const VolumeGeometry& image) {
  for (std::size_t a = 0; a < kAxes; ++a) {
    if (mask.extent.at(turn.axis.at(a)) != image.extent.at(a)) return false;
  }
  return true;
}

std::string sides_text(const VolumeGeometry& geometry) {
  return fmt::format("{}x{}x{}", geometry.extent[0], geometry.extent[1], geometry.extent[2]);
}

std::string spacing_text(const VolumeGeometry& geometry) {
  std::array<double, kAxes> spacing{};
  for (std::size_t a = 0; a < kAxes; ++a) {
    spacing.at(a) = cv::norm(geometry.steps.col(static_cast<int>(a)));
  }
  return fmt::format("{:.4g}x{:.4g}x{:.4g} mm", spacing[0], spacing[1], spacing[2]);
}

std::string describe(const VolumeGeometry& geometry) {
  return fmt::format("{} voxels of {} in orientation {}", sides_text(geometry),
                     spacing_text(geometry), orientation_text(geometry));
}

constexpr double kNearest = 0.5;  // voxels

}  // namespace

std::string orientation_text(const VolumeGeometry& geometry) {
  constexpr std::array<const char*, kAxes> kTowards{"R", "A", "S"}, kAway{"L", "P", "I"};
  std::array<const char*, kAxes> letters{"?", "?", "?"};
  for (std::size_t a = 0; a < kAxes; ++a) {
    const cv::Matx31d step = geometry.steps.col(static_cast<int>(a));
    std::size_t main = 0;
    for (std::size_t i = 1; i < kAxes; ++i) {
      if (std::abs(step(static_cast<int>(i))) > std::abs(step(static_cast<int>(main)))) main = i;
    }
    letters.at(a) = step(static_cast<int>(main)) < 0 ? kAway.at(main) : kTowards.at(main);
  }
  return fmt::format("({},{},{})", letters[0], letters[1], letters[2]);
}

bool AxisTurn::is_none() const {
  return axis == AxisTurn{}.axis && is_reversed == AxisTurn{}.is_reversed;
}

std::optional<AxisTurn> find_turn(const VolumeGeometry& mask, const VolumeGeometry& image) {
  const auto to_mask = voxel_map(image, mask);
  if (!to_mask) return std::nullopt;
  const auto turn = nearest_turn(to_mask->matrix);
  if (!turn || !has_equal_sides(*turn, mask, image)) return std::nullopt;
  if (!(largest_distance(*to_mask, *turn, mask, image) < kNearest)) return std::nullopt;
  return turn;
}

std::string explain_mismatch(const VolumeGeometry& mask, const VolumeGeometry& image) {
  std::string text = fmt::format("the mask has {}, its image {}", describe(mask), describe(image));
  const auto to_mask = voxel_map(image, mask);
  const auto turn = to_mask ? nearest_turn(to_mask->matrix) : std::nullopt;
  if (turn && has_equal_sides(*turn, mask, image)) {
    text += fmt::format("; turned by whole axes they lie up to {:.3g} voxels apart",
                        largest_distance(*to_mask, *turn, mask, image));
  }
  return text + ": resample the mask to the grid of its image";
}

}  // namespace flexunet
