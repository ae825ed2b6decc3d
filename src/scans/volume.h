#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "flexunet/scans/geometry.h"
#include "flexunet/scans/scans.h"

namespace flexunet {

/// How a value is stored.
enum class ValueType { kU8, kS8, kU16, kS16, kU32, kS32, kU64, kS64, kF32, kF64 };

/// Bytes of a value.
std::size_t value_size(ValueType type);

/// What the header of a volume says.
struct VolumeHeader {
  std::array<std::int64_t, 3> extent{1, 1, 1};  ///< voxels along x, y, z; x runs fastest
  std::optional<VolumeGeometry> geometry;       ///< none where the file says nothing of its place
  ValueType type = ValueType::kU8;
  bool is_big_endian = false;
  double slope = 1.0;  ///< value = slope * stored + intercept
  double intercept = 0.0;
  std::filesystem::path data_file;    ///< the same file or one beside it
  std::uint64_t offset = 0;           ///< of the first voxel, in what the file holds
  std::uint64_t compressed_from = 0;  ///< where the compressed bytes begin
  bool is_compressed = false;         ///< zlib or gzip from `compressed_from` on
};

/// The header of a NIfTI-1 or NIfTI-2 file, gzipped or not. Throws DataError.
VolumeHeader read_nifti_header(const std::filesystem::path& path);

/// The header of a MetaImage, .mha or .mhd. Throws DataError.
VolumeHeader read_meta_image_header(const std::filesystem::path& path);

/// A volume in memory.
class Volume {
 public:
  /// Throws DataError naming `path`: truncated, damaged, larger than what its bytes can hold.
  Volume(const std::filesystem::path& path, VolumeHeader header);

  const VolumeHeader& header() const { return header_; }
  /// How many slices a plane has, after the turn.
  int count(SlicePlane plane, const AxisTurn& turn = {}) const;
  /// Pixels of a slice.
  cv::Size size(SlicePlane plane, const AxisTurn& turn = {}) const;
  /// The values of a slice with the file's own scaling, (H,W) CV_64FC1; index below count(plane).
  cv::Mat slice(SlicePlane plane, int index, const AxisTurn& turn = {}) const;
  /// By how much whole numbers may be off after that scaling: half a step of it, at most a quarter;
  /// 0 for floating point numbers.
  double label_tolerance() const;

 private:
  double value_at(std::size_t voxel) const;

  VolumeHeader header_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

/// The volume of a NIfTI or MetaImage file. The last two stay in memory, since slices of an image
/// and its mask are asked for by turns. Can be called from several threads. Throws DataError.
std::shared_ptr<const Volume> open_volume(const std::filesystem::path& path);

}  // namespace flexunet
