#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace flexunet {

enum class ScanKind { kPicture, kDicom, kNifti, kMetaImage };

/// Whether the file is a DICOMDIR, an index of other DICOM files. Throws DataError where it cannot
/// be read.
bool is_dicom_directory(const std::filesystem::path& file);

/// What a file is: DICOM by its content or by the ending .dcm, the others by their ending. Nothing
/// where it is of no kind that we read. Throws DataError where it cannot be read.
std::optional<ScanKind> scan_kind(const std::filesystem::path& file);

/// The file itself, or the files below a folder, sorted by their paths as bytes; hidden files and
/// what lies in hidden folders are left out. Throws DataError: nothing there, not readable.
std::vector<std::filesystem::path> find_files(const std::filesystem::path& where);

}  // namespace flexunet
