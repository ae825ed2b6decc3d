#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

/// One pair of a data set that flexunet-generate made, and where it comes from: a line of
/// manifest.csv.
struct ManifestEntry {
  std::string image;       ///< "images/10001.png", relative to the folder of the manifest
  std::string mask;        ///< "masks/10001.png"; empty for an image without a mask
  std::string source;      ///< the image it was made from; slices and frames as "brain.nii.gz#17"
  std::string patient;     ///< empty where nothing tells
  std::string series;      ///< empty where nothing tells
  std::string method;      ///< "source" for the unchanged picture, else that of the augmentation
  std::string parameters;  ///< of the method: "alpha=1300 sigmoid=7"; empty where it has none
};

/// The name of the manifest in the folder of a data set.
constexpr const char* kManifestFile = "manifest.csv";
/// The method of a picture that is not augmented.
constexpr const char* kSourceMethod = "source";

/// CSV (RFC 4180) with a heading of the members' names. Throws OutputError.
void write_manifest(const std::filesystem::path& file, const std::vector<ManifestEntry>& entries);
/// Throws DataError naming file and line: unreadable, another heading, too few or too many fields,
/// an image that is listed twice.
std::vector<ManifestEntry> read_manifest(const std::filesystem::path& file);

}  // namespace flexunet
