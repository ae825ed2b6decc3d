#include "flexunet/dataset/pairs.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/imaging/image_io.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPictures = "pictures (.png .jpg .jpeg .tif .tiff .bmp)";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The files of one side of a split: which count, and what to call them.
struct FileKind {
  std::string ending;  // ".npy", ".npz", or empty for pictures

  bool matches(const fs::path& path) const {
    return ending.empty() ? is_picture(path) : lower(path.extension().string()) == ending;
  }
  std::string name() const { return ending.empty() ? kPictures : ending + " files"; }
};

FileKind image_kind(const DataOptions& data) {
  return {data.image_format == ImageFileFormat::kNpy ? ".npy" : ""};
}

FileKind mask_kind(const DataOptions& data) {
  return {lower(data.mask_file_format) == ".npz" ? ".npz" : ""};
}

std::vector<fs::path> files_of_kind(const std::vector<fs::path>& files, const FileKind& kind) {
  std::vector<fs::path> found;
  std::copy_if(files.begin(), files.end(), std::back_inserter(found),
               [&](const fs::path& file) { return kind.matches(file); });
  return found;
}

// Explains an empty result: a missing folder, an empty one, or one with other files.
std::string nothing_found(const fs::path& where, const FileKind& kind) {
  if (match_folders(where).empty())
    return fmt::format("{}: no such folder or file", where.string());
  const std::size_t others = list_files(where).size();
  if (others == 0)
    return fmt::format("{}: the folder is empty, {} expected", where.string(), kind.name());
  return fmt::format("{}: none of its {} files are {}", where.string(), others, kind.name());
}

// The files that match a pattern in the last component, such as `dir/*.png`.
std::vector<fs::path> matching_files(const fs::path& where) {
  const std::string pattern = where.filename().string();
  std::vector<fs::path> found;
  if (pattern.find_first_of("*?[") == std::string::npos) return found;
  const fs::path folder = where.has_parent_path() ? where.parent_path() : fs::path(".");
  for (const fs::path& file : list_files(folder)) {
    if (::fnmatch(pattern.c_str(), file.filename().c_str(), 0) == 0) found.push_back(file);
  }
  return found;
}

using FilesByStem = std::map<std::string, std::vector<fs::path>>;

struct Side {
  const char* name;  // "images_dir" or "masks_dir"
  fs::path folder;
  FileKind kind;
};

FilesByStem read_side(const std::string& split_name, const Side& side, Findings& findings) {
  FilesByStem by_stem;
  for (const fs::path& file : files_of_kind(list_files(side.folder), side.kind)) {
    by_stem[file.stem().string()].push_back(file);
  }
  if (by_stem.empty()) {
    findings.add(
        fmt::format("{}: {} {}", split_name, side.name, nothing_found(side.folder, side.kind)));
  }
  return by_stem;
}

void report_duplicates(const std::string& split_name, const FilesByStem& files,
                       Findings& findings) {
  for (const auto& [stem, paths] : files) {
    for (std::size_t i = 1; i < paths.size(); ++i) {
      findings.add(fmt::format("{}: {} and {} share the name '{}': which one belongs to the pair?",
                               split_name, paths[0].string(), paths[i].string(), stem));
    }
  }
}

void report_orphans(const std::string& split_name, const FilesByStem& files,
                    const FilesByStem& partners, const Side& partner, Findings& findings) {
  for (const auto& [stem, paths] : files) {
    if (partners.count(stem) > 0) continue;
    findings.add(fmt::format("{}: {} has no partner '{}' in {} {}", split_name, paths[0].string(),
                             stem, partner.name, partner.folder.string()));
  }
}

}  // namespace

std::vector<SamplePair> find_pairs(const std::string& split_name, const SplitFolders& folders,
                                   const DataOptions& data) {
  const Side image_side{"images_dir", folders.images_dir, image_kind(data)};
  const Side mask_side{"masks_dir", folders.masks_dir, mask_kind(data)};
  Findings findings;
  const FilesByStem images = read_side(split_name, image_side, findings);
  const FilesByStem masks = read_side(split_name, mask_side, findings);
  report_duplicates(split_name, images, findings);
  report_duplicates(split_name, masks, findings);
  // Beside a folder that holds nothing every file of the other is an orphan: one line says it all.
  if (!images.empty() && !masks.empty()) {
    report_orphans(split_name, images, masks, mask_side, findings);
    report_orphans(split_name, masks, images, image_side, findings);
  }
  findings.throw_if_any<DataError>();
  std::vector<SamplePair> pairs;
  for (const auto& [stem, paths] : images) pairs.push_back({stem, paths[0], masks.at(stem)[0]});
  return pairs;
}

std::vector<fs::path> find_images(const fs::path& where, const DataOptions& data) {
  const FileKind kind = image_kind(data);
  std::error_code error;
  if (fs::is_regular_file(where, error)) {
    if (!kind.matches(where)) {
      throw DataError(fmt::format("{}: not one of the {}", where.string(), kind.name()));
    }
    return {where};
  }
  std::vector<fs::path> images = files_of_kind(matching_files(where), kind);
  if (images.empty()) images = files_of_kind(list_files(where), kind);
  if (images.empty()) throw DataError(nothing_found(where, kind));
  return images;
}

}  // namespace flexunet
