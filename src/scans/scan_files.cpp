#include "scans/scan_files.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/image_io.h"
#include "scans/dicom_start.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.empty() && name.front() == '.';
}

void collect(const fs::path& folder, std::vector<fs::path>& files) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file(error)) {
      files.push_back(entry->path());
    }
    if (error) break;
  }
  if (error) throw DataError(folder.string() + ": cannot be listed: " + error.message());
}

// The first bytes of a file, as many as there are.
std::string beginning_of(const fs::path& path, std::size_t size) {
  std::ifstream file = open_file(path);
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

// PS3.10, 7.1: anything, then four letters.
constexpr std::size_t kLettersAt = 128;
constexpr std::string_view kLetters = "DICM";

bool starts_as_dicom(const fs::path& path) {
  const std::string bytes = beginning_of(path, kLettersAt + kLetters.size());
  return bytes.size() > kLettersAt && std::string_view(bytes).substr(kLettersAt) == kLetters;
}

}  // namespace

// Without DCMTK, which may crash on what it finds.
bool is_dicom_directory(const fs::path& file) {
  if (!starts_as_dicom(file)) return false;
  constexpr std::size_t kEnough = 1024;
  constexpr std::string_view kSopClass("\x02\0\x02\0UI", 6);  // MediaStorageSOPClassUID
  constexpr std::string_view kDirectory = "1.2.840.10008.1.3.10";
  const std::string bytes = beginning_of(file, kEnough);
  const std::size_t at = bytes.find(kSopClass, kLettersAt);
  constexpr std::size_t kLengthSize = 2;
  return at != std::string::npos &&
         bytes.compare(at + kSopClass.size() + kLengthSize, kDirectory.size(), kDirectory) == 0;
}

std::optional<ScanKind> scan_kind(const fs::path& file) {
  if (starts_as_dicom(file) || starts_as_data_set(beginning_of(file, kDataSetStart))) {
    return ScanKind::kDicom;
  }
  const std::string name = to_lower(file.filename().string());
  if (ends_with(name, ".dcm")) return ScanKind::kDicom;  // of any that DCMTK reads
  if (ends_with(name, ".nii") || ends_with(name, ".nii.gz")) return ScanKind::kNifti;
  if (ends_with(name, ".mha") || ends_with(name, ".mhd")) return ScanKind::kMetaImage;
  if (is_picture(file)) return ScanKind::kPicture;
  return std::nullopt;
}

std::vector<fs::path> find_files(const fs::path& where) {
  std::error_code error;
  const fs::file_status status = fs::status(where, error);
  if (!fs::exists(status)) {
    throw DataError(where.string() + ": no such file or folder");
  }
  if (!fs::is_directory(status)) return {where};
  std::vector<fs::path> files;
  collect(where, files);
  std::sort(files.begin(), files.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return files;
}

}  // namespace flexunet
