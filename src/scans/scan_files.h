#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace flexunet {

enum class ScanKind { kPicture, kDicom, kNifti, kMetaImage };

/// Whether the file is a DICOMDIR, an index of other DICOM files. Throws DataError where it cannot
/// be read.
bool is_dicom_directory(const std::filesystem::path& file);

/// What a file is: DICOM by its content or by the ending .dcm, the others by their ending. Nothing
/// where it is of no kind that we read. Throws DataError where it cannot be read.
std::optional<ScanKind> scan_kind(const std::filesystem::path& file);

struct FoundFiles {
  std::vector<std::filesystem::path> files;        ///< in natural order of their paths
  std::vector<std::filesystem::path> passed_over;  ///< side files, see base/side_files.h
  std::vector<std::string> problems;  ///< folders that cannot be listed, links that lead nowhere
};

/// The file itself, or the files below a folder; hidden folders are left out, links are followed,
/// each folder is entered once. Throws DataError: nothing there.
FoundFiles find_files(const std::filesystem::path& where);

}  // namespace flexunet
