#include "flexunet/dataset/pairs.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWildcards = "*?[";
constexpr const char* kPictures = "pictures (.png .jpg .jpeg .tif .tiff .bmp)";

// The files of one side of a split: which count, and what to call them.
struct FileKind {
  std::string ending;  // ".npy", ".npz", or empty for pictures

  bool matches(const fs::path& path) const {
    return ending.empty() ? is_picture(path) : to_lower(path.extension().string()) == ending;
  }
  std::string name() const { return ending.empty() ? kPictures : ending + " files"; }
  std::string advice() const {
    if (ending == ".npz") return "; for pictures set [mask] mask_file_format = \".png\"";
    if (ending == ".npy") return "; for pictures leave [image] file_format out";
    return "";
  }
};

FileKind image_kind(const DataOptions& data) {
  return {data.image_format == ImageFileFormat::kNpy ? ".npy" : ""};
}

FileKind mask_kind(const DataOptions& data) {
  return {to_lower(data.mask_file_format) == ".npz" ? ".npz" : ""};
}

// The files of a kind; the others go to `passed_over`.
std::vector<fs::path> files_of_kind(const std::vector<fs::path>& files, const FileKind& kind,
                                    std::vector<fs::path>& passed_over) {
  std::vector<fs::path> found;
  for (const fs::path& file : files) {
    const bool is_hidden = file.filename().string().front() == '.';
    (kind.matches(file) && !is_hidden ? found : passed_over).push_back(file);
  }
  return found;
}

// The files that match a pattern in the last component, such as `dir/*.png`.
std::vector<fs::path> matching_files(const fs::path& where) {
  const std::string pattern = where.filename().string();
  std::vector<fs::path> found;
  if (pattern.find_first_of(kWildcards) == std::string::npos) return found;
  const fs::path folder = where.has_parent_path() ? where.parent_path() : fs::path(".");
  for (const fs::path& file : list_files(folder)) {
    if (::fnmatch(pattern.c_str(), file.filename().c_str(), 0) == 0) found.push_back(file);
  }
  return found;
}

// Explains an empty result: a missing folder, an empty one, or one with other files.
std::string nothing_found(const fs::path& where, const FileKind& kind) {
  if (!matching_files(where).empty()) {
    return fmt::format("{}: matches files: name their folder alone", where.string());
  }
  if (match_folders(where).empty())
    return fmt::format("{}: no such folder or file", where.string());
  const std::size_t others = list_files(where).size();
  if (others == 0)
    return fmt::format("{}: the folder is empty, {} expected", where.string(), kind.name());
  return fmt::format("{}: none of its {} files are {}{}", where.string(), others, kind.name(),
                     kind.advice());
}

// What the wildcards of one component stand for: "benign" for "*_masks" and "benign_masks".
std::string matched_part(const std::string& component, const std::string& name) {
  const std::size_t before = component.find_first_of(kWildcards);
  const std::size_t after = component.size() - 1 - component.find_last_of("*?]");
  // An escaped character is shorter in the name than in the pattern.
  if (before + after > name.size()) return name;
  return name.substr(before, name.size() - before - after);
}

// What the wildcards of a pattern stand for in a folder that it matched, from left to right.
std::vector<std::string> matched_parts(const fs::path& pattern, const fs::path& folder) {
  std::vector<std::string> parts;
  fs::path rest = folder;
  std::vector<fs::path> components(pattern.begin(), pattern.end());
  for (auto component = components.rbegin(); component != components.rend(); ++component) {
    if (component->empty()) continue;  // a trailing slash
    if (component->string().find_first_of(kWildcards) != std::string::npos) {
      parts.push_back(matched_part(component->string(), rest.filename().string()));
    }
    rest = rest.parent_path();
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::size_t wildcard_components(const fs::path& pattern) {
  return matched_parts(pattern, pattern).size();
}

using FilesByStem = std::map<std::string, std::vector<fs::path>>;

struct Side {
  const char* name;  // "images_dir" or "masks_dir"
  fs::path folder;
  FileKind kind;
  bool stems_repeat;  // in each folder that the wildcards match

  // What an image and its mask have in common: stem or class/stem.
  std::string key(const fs::path& file) const {
    std::string key;
    if (stems_repeat) {
      for (const std::string& part : matched_parts(folder, file.parent_path())) key += part + "/";
    }
    return key + composed(file.stem().string());
  }
};

using PairProblems = std::vector<PairProblem>;

FilesByStem read_side(const std::string& split_name, const Side& side, PairListing& listing) {
  FilesByStem by_stem;
  for (const fs::path& file :
       files_of_kind(list_all_files(side.folder), side.kind, listing.passed_over)) {
    by_stem[side.key(file)].push_back(file);
  }
  if (by_stem.empty()) {
    listing.problems.push_back(
        {PairProblemKind::kNothingFound,
         {},
         fmt::format("{}: {} {}", split_name, side.name, nothing_found(side.folder, side.kind))});
  }
  return by_stem;
}

void report_duplicates(const std::string& split_name, const FilesByStem& files,
                       PairProblems& problems) {
  for (const auto& [stem, paths] : files) {
    for (std::size_t i = 1; i < paths.size(); ++i) {
      problems.push_back(
          {PairProblemKind::kSharedName,
           {paths[0], paths[i]},
           fmt::format("{}: {} and {} share the name '{}': which one belongs to the pair?",
                       split_name, paths[0].string(), paths[i].string(), stem)});
    }
  }
}

void report_orphans(const std::string& split_name, const FilesByStem& files,
                    const FilesByStem& partners, const Side& partner, PairProblems& problems) {
  const char* rule = partner.stems_repeat ? " (wildcards and name must match alike)" : "";
  for (const auto& [stem, paths] : files) {
    if (partners.count(stem) > 0) continue;
    problems.push_back(
        {PairProblemKind::kOrphan, paths,
         fmt::format("{}: {} has no partner '{}' in {} {}{}", split_name, paths[0].string(), stem,
                     partner.name, partner.folder.string(), rule)});
  }
}

void add_pages(const fs::path& file, std::vector<ImageSource>& images) {
  int pages = 1;
  try {
    if (is_picture(file)) pages = count_pages(file);
  } catch (const DataError&) {
    // Told when the file is read.
  }
  if (pages == 1) images.push_back({file});
  for (int page = 0; pages > 1 && page < pages; ++page) images.push_back({file, page});
}

}  // namespace

PairListing list_pairs(const std::string& split_name, const SplitFolders& folders,
                       const DataOptions& data) {
  const std::size_t wildcards = wildcard_components(folders.images_dir);
  const bool stems_repeat = wildcards > 0 && wildcards == wildcard_components(folders.masks_dir);
  const Side image_side{"images_dir", folders.images_dir, image_kind(data), stems_repeat};
  const Side mask_side{"masks_dir", folders.masks_dir, mask_kind(data), stems_repeat};
  PairListing listing;
  const FilesByStem images = read_side(split_name, image_side, listing);
  const FilesByStem masks = read_side(split_name, mask_side, listing);
  report_duplicates(split_name, images, listing.problems);
  report_duplicates(split_name, masks, listing.problems);
  // Beside a folder that holds nothing every file of the other is an orphan: one line says it all.
  if (images.empty() || masks.empty()) return listing;
  report_orphans(split_name, images, masks, mask_side, listing.problems);
  report_orphans(split_name, masks, images, image_side, listing.problems);
  for (const auto& [stem, paths] : images) {
    const auto mask = masks.find(stem);
    if (mask == masks.end() || paths.size() > 1 || mask->second.size() > 1) continue;
    listing.pairs.push_back({stem, paths[0], mask->second[0]});
  }
  return listing;
}

std::vector<SamplePair> find_pairs(const std::string& split_name, const SplitFolders& folders,
                                   const DataOptions& data) {
  PairListing listing = list_pairs(split_name, folders, data);
  Findings findings;
  for (PairProblem& problem : listing.problems) findings.add(std::move(problem.text));
  findings.throw_if_any<DataError>();
  return std::move(listing.pairs);
}

std::string ImageSource::stem() const {
  return file.stem().string() + (page ? fmt::format("_{}", *page + 1) : "");
}

ImageListing find_images(const fs::path& where, const DataOptions& data) {
  const FileKind kind = image_kind(data);
  ImageListing listing;
  std::error_code error;
  if (fs::is_regular_file(where, error)) {
    if (!kind.matches(where)) {
      throw DataError(fmt::format("{}: not one of the {}", where.string(), kind.name()));
    }
    add_pages(where, listing.images);
    return listing;
  }
  std::vector<fs::path> files = files_of_kind(matching_files(where), kind, listing.passed_over);
  if (files.empty()) files = files_of_kind(list_all_files(where), kind, listing.passed_over);
  if (files.empty()) throw DataError(nothing_found(where, kind));
  for (const fs::path& file : files) add_pages(file, listing.images);
  return listing;
}

}  // namespace flexunet
