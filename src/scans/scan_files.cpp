#include "scans/scan_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/side_files.h"
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

bool by_natural_order(const fs::path& a, const fs::path& b) {
  return natural_less(a.native(), b.native());
}

// `entered` keeps links from leading round in circles.
void collect(const fs::path& folder, std::set<fs::path>& entered, FoundFiles& found) {
  std::error_code error;
  if (!entered.insert(fs::canonical(folder, error)).second) return;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end(), by_natural_order);  // which of two ways in comes first
  for (const fs::path& path : paths) {
    std::error_code unknown;
    const fs::file_status status = fs::status(path, unknown);
    if (!fs::exists(status)) {
      found.problems.push_back(fmt::format("{}: a link to {}, which is not there", path.string(),
                                           fs::read_symlink(path, unknown).string()));
    } else if (fs::is_directory(status)) {
      if (!is_hidden(path)) collect(path, entered, found);
    } else if (fs::is_regular_file(status)) {
      (is_side_file(path) ? found.passed_over : found.files).push_back(path);
    }
  }
  if (error) {
    found.problems.push_back(folder.string() + ": cannot be listed: " + error.message());
  }
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

FoundFiles find_files(const fs::path& where) {
  std::error_code error;
  const fs::file_status status = fs::status(where, error);
  if (!fs::exists(status)) {
    throw DataError(where.string() + ": no such file or folder");
  }
  FoundFiles found;
  if (!fs::is_directory(status)) {
    found.files.push_back(where);
    return found;
  }
  std::set<fs::path> entered;
  collect(where, entered, found);
  for (auto* files : {&found.files, &found.passed_over}) {
    std::sort(files->begin(), files->end(), by_natural_order);
  }
  std::sort(found.problems.begin(), found.problems.end());
  return found;
}

}  // namespace flexunet
