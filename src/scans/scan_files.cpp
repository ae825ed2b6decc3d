#include "scan_files.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>

#include "dicom_file.h"
#include "flexunet/base/error.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/image_io.h"

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

}  // namespace

std::optional<ScanKind> scan_kind(const fs::path& file) {
  if (starts_as_dicom(file)) return ScanKind::kDicom;
  const std::string name = to_lower(file.filename().string());
  if (ends_with(name, ".dcm")) return ScanKind::kDicom;  // of those written without a beginning
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
