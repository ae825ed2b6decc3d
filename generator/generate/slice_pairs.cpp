#include "generator/generate/slice_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/literal/utf8.h"
#include "generator/generate/pair_table.h"
#include "generator/generate/segmentations.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// The name of a file without its folder and ending, in one Unicode form; "brain" for
// "brain.nii.gz".
std::string stem_of(const fs::path& file) {
  const fs::path stem = file.stem();
  const bool is_double = to_lower(stem.extension().string()) == ".nii";
  return composed(is_double ? stem.stem().string() : stem.string());
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// What an image and its mask have in common.
struct Naming {
  fs::path root;
  std::string suffix;         // of masks
  bool with_folders = false;  // where names repeat

  std::string key(const fs::path& file) const {
    std::string key = stem_of(file);
    if (!suffix.empty() && ends_with(key, suffix)) key.resize(key.size() - suffix.size());
    if (!with_folders) return key;
    return (fs::path(relative_name(file, root)).parent_path() / key).generic_string();
  }
};

using SlicesByKey = std::map<std::string, std::vector<const ScanSlice*>>;

// The slices by names and where in their file they are.
SlicesByKey by_key(const std::vector<ScanSlice>& slices, const Naming& naming) {
  SlicesByKey keyed;
  for (const ScanSlice& slice : slices) {
    std::string key = naming.key(slice.file);
    if (slice.count > 1) key += fmt::format("#{}", slice.index + 1);
    keyed[key].push_back(&slice);
  }
  return keyed;
}

bool has_repeated_key(const SlicesByKey& keyed) {
  for (const auto& [key, slices] : keyed) {
    if (slices.size() > 1) return true;
  }
  return false;
}

template <typename Condition>
void erase_if(std::vector<ScanSlice>& slices, Condition condition) {
  slices.erase(std::remove_if(slices.begin(), slices.end(), condition), slices.end());
}

void report_repeated(const SlicesByKey& keyed, Findings& findings) {
  for (const auto& [key, slices] : keyed) {
    for (std::size_t i = 1; i < slices.size(); ++i) {
      findings.add(fmt::format("{} and {} share the name '{}': which one belongs to the pair?",
                               slices[0]->name(), slices[i]->name(), key));
    }
  }
}

struct Notes {
  Findings findings;
  std::vector<std::string> warnings;
};

struct Slices {
  std::vector<ScanSlice> images;
  std::vector<ScanSlice> masks;
};

std::vector<SlicePair> pair_by_stem(const Slices& slices, const Naming& image_names,
                                    const Naming& mask_names, Findings& findings) {
  const std::vector<ScanSlice>& images = slices.images;
  const fs::path& image_root = image_names.root;
  const fs::path& mask_root = mask_names.root;
  const SlicesByKey keyed_images = by_key(images, image_names);
  const SlicesByKey keyed_masks = by_key(slices.masks, mask_names);
  report_repeated(keyed_images, findings);
  report_repeated(keyed_masks, findings);
  std::vector<SlicePair> pairs;
  std::map<const ScanSlice*, const ScanSlice*> mask_of;
  for (const auto& [key, found] : keyed_images) {
    const auto mask = keyed_masks.find(key);
    if (mask == keyed_masks.end()) {
      findings.add(fmt::format("{} has no mask '{}' in {} (--pair sorted pairs by order)",
                               found[0]->name(), key, mask_root.string()));
    } else {
      mask_of[found[0]] = mask->second[0];
    }
  }
  for (const auto& [key, found] : keyed_masks) {
    if (keyed_images.count(key) > 0) continue;
    findings.add(
        fmt::format("{} has no image '{}' in {}", found[0]->name(), key, image_root.string()));
  }
  for (const ScanSlice& image : images) {
    const auto mask = mask_of.find(&image);
    if (mask != mask_of.end()) pairs.push_back({image, *mask->second});
  }
  return pairs;
}

std::vector<SlicePair> pair_sorted(const Slices& slices, Findings& findings) {
  const auto& [images, masks] = slices;
  if (images.size() != masks.size()) {
    findings.add(fmt::format("{} images but {} masks: --pair sorted needs as many of both",
                             images.size(), masks.size()));
    return {};
  }
  std::vector<SlicePair> pairs;
  for (std::size_t i = 0; i < images.size(); ++i) pairs.push_back({images[i], masks[i]});
  return pairs;
}

// Slices by the name that a table gives them.
std::map<std::string, const ScanSlice*> by_name(const std::vector<ScanSlice>& slices,
                                                const fs::path& root) {
  std::map<std::string, const ScanSlice*> named;
  for (const ScanSlice& slice : slices) named[relative_name(slice.name(), root)] = &slice;
  return named;
}

using NamedSlices = std::map<std::string, const ScanSlice*>;

// Names of another system have backslashes between folders.
NamedSlices::const_iterator find_named(const NamedSlices& named, std::string name) {
  const auto found = named.find(name);
  if (found != named.end()) return found;
  std::replace(name.begin(), name.end(), '\\', '/');
  return named.find(name);
}

void pair_by_table(const Slices& slices, const PairRequest& request, PairedSlices& paired,
                   Findings& findings) {
  const NamedSlices images = by_name(slices.images, request.images);
  const NamedSlices masks = by_name(slices.masks, request.masks);
  std::map<const ScanSlice*, const ScanSlice*> mask_of;
  std::vector<std::string> problems;
  for (const TableLine& line : read_pair_table(request.table, problems)) {
    const auto image = find_named(images, line.image);
    const auto mask = find_named(masks, line.mask);
    if (line.may_be_heading && image == images.end() && mask == masks.end()) continue;
    if (image == images.end()) {
      problems.push_back(
          fmt::format("{}: no image '{}' in {}", line.place, line.image, request.images.string()));
    } else if (mask == masks.end()) {
      problems.push_back(
          fmt::format("{}: no mask '{}' in {}", line.place, line.mask, request.masks.string()));
    } else if (!mask_of.emplace(image->second, mask->second).second) {
      problems.push_back(fmt::format("{}: '{}' is listed twice", line.place, line.image));
    }
  }
  for (std::string& problem : problems) findings.add(std::move(problem));
  for (const ScanSlice& image : slices.images) {
    const auto mask = mask_of.find(&image);
    if (mask != mask_of.end()) {
      paired.pairs.push_back({image, *mask->second});
    } else {
      ++paired.unlisted_images;
    }
  }
  if (paired.pairs.empty()) findings.add(request.table.string() + ": names no pair");
}

// The slices of each file, in their order.
std::vector<std::vector<ScanSlice>> by_file(const std::vector<ScanSlice>& slices) {
  std::vector<std::vector<ScanSlice>> files;
  for (const ScanSlice& slice : slices) {
    if (files.empty() || files.back().front().file != slice.file) files.emplace_back();
    files.back().push_back(slice);
  }
  return files;
}

// The image file that belongs to a mask's file by the rule; null where none does.
class FilePartners {
 public:
  FilePartners(const std::vector<std::vector<ScanSlice>>& images, const Naming& image_names)
      : images_(images) {
    for (const auto& file : images) by_key_.emplace(image_names.key(file.front().file), &file);
  }
  const ScanSlice* by_order(std::size_t place) const {
    return place < images_.size() ? &images_[place].front() : nullptr;
  }
  const ScanSlice* by_key(const std::string& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->front();
  }

 private:
  const std::vector<std::vector<ScanSlice>>& images_;
  std::map<std::string, const std::vector<ScanSlice>*> by_key_;
};

// Turns the volumes of masks to those of their images before slices are paired: turned, they have
// other slices.
void lay_masks_over(Slices& slices, PairRule rule, const Naming& image_names,
                    const Naming& mask_names, Notes& notes) {
  if (rule == PairRule::kTable) return;  // which pairs slices as they are
  std::size_t unsure = 0;
  const auto images = by_file(slices.images);
  const auto masks = by_file(slices.masks);
  const FilePartners partners(images, image_names);
  std::vector<ScanSlice> turned;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const ScanSlice& mask = masks[i].front();
    const ScanSlice* image = rule == PairRule::kSorted ? partners.by_order(i)
                                                       : partners.by_key(mask_names.key(mask.file));
    std::vector<ScanSlice> laid = masks[i];
    try {
      if (image != nullptr && mask.geometry && image->geometry) laid = lay_over(mask, *image);
    } catch (const DataError& error) {
      notes.findings.add(error.what());
    }
    if (image != nullptr && mask.geometry.has_value() != image->geometry.has_value()) ++unsure;
    turned.insert(turned.end(), laid.begin(), laid.end());
  }
  slices.masks = std::move(turned);
  if (unsure == 0) return;
  notes.warnings.push_back(fmt::format(
      "{} of {} masks cannot be checked to lie as their images do, because only one of both tells "
      "its orientation: look at overlays",
      unsure, masks.size()));
}

// A table pairs slices one by one, so that a volume cannot be turned along.
void check_table_geometry(const std::vector<SlicePair>& pairs, Findings& findings) {
  std::set<std::pair<fs::path, fs::path>> told;
  for (const auto& [image, mask] : pairs) {
    if (!image.geometry || !mask.geometry) continue;
    const auto turn = find_turn(*mask.geometry, *image.geometry);
    if ((turn && turn->is_none()) || !told.emplace(image.file, mask.file).second) continue;
    findings.add(
        fmt::format("{} and {} run in the orientations {} and {}: volumes of a table must "
                    "lie alike; by name they are turned",
                    mask.file.string(), image.file.string(), orientation_text(*mask.geometry),
                    orientation_text(*image.geometry)));
  }
}

bool is_one_folder(const PairRequest& request) {
  std::error_code error;
  return fs::equivalent(request.images, request.masks, error);
}

void refuse_one_folder(const PairRequest& request) {
  if (!is_one_folder(request) || !request.mask_suffix.empty() || request.rule == PairRule::kTable) {
    return;
  }
  throw DataError(fmt::format(
      "{}: is given for images and for masks: every file would be both; where the names of masks "
      "end alike, --mask-suffix tells them, such as --mask-suffix _mask",
      request.images.string()));
}

// In one folder the suffix tells masks from images; masks in a folder of their own all have it.
void select_by_suffix(const PairRequest& request, Slices& slices, Findings& findings) {
  const std::string& suffix = request.mask_suffix;
  if (suffix.empty()) return;
  const auto is_mask = [&](const ScanSlice& slice) {
    return ends_with(stem_of(slice.file), suffix);
  };
  if (is_one_folder(request)) {
    erase_if(slices.images, is_mask);
    erase_if(slices.masks, [&](const ScanSlice& slice) { return !is_mask(slice); });
    if (slices.masks.empty()) {
      findings.add(fmt::format("{}: no name ends in '{}'", request.masks.string(), suffix));
    }
    return;
  }
  for (const ScanSlice& slice : slices.masks) {
    if (is_mask(slice)) continue;
    findings.add(fmt::format("{}: its name does not end in '{}'", slice.name(), suffix));
  }
}

bool is_one_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;  // by links as well
  // Copies of pictures are told by their pixels, when these are read.
  return !is_picture(a) && fs::file_size(a, error) == fs::file_size(b, error) &&
         read_file(a) == read_file(b);
}

void check_distinct_files(const std::vector<SlicePair>& pairs, Findings& findings) {
  const ScanSlice* last = nullptr;
  for (const auto& [image, mask] : pairs) {
    if (last != nullptr && last->file == image.file) continue;
    last = &image;
    if (!is_one_file(image.file, mask.file)) continue;
    findings.add(fmt::format("{} and {} are one file: masks must be files of their own",
                             image.file.string(), mask.file.string()));
  }
}

void check_sizes(const std::vector<SlicePair>& pairs, Findings& findings) {
  for (const SlicePair& pair : pairs) {
    if (pair.image.size == pair.mask.size) continue;
    findings.add(fmt::format("{} has {}x{} pixels, but its image {} has {}x{}", pair.mask.name(),
                             pair.mask.size.width, pair.mask.size.height, pair.image.name(),
                             pair.image.size.width, pair.image.size.height));
  }
}

}  // namespace

std::string relative_name(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path root = fs::is_directory(folder, error) ? folder : folder.parent_path();
  const fs::path relative = file.lexically_normal().lexically_relative(root.lexically_normal());
  return (relative.empty() ? file : relative).generic_string();
}

PairedSlices pair_slices(const PairRequest& request) {
  refuse_one_folder(request);
  SliceListing images = list_slices(request.images, request.plane);
  SliceListing masks = list_slices(request.masks, request.plane);
  Slices slices{std::move(images.slices), std::move(masks.slices)};
  const std::string& suffix = request.mask_suffix;
  Notes notes;
  select_by_suffix(request, slices, notes.findings);
  Naming image_names{request.images, ""};
  Naming mask_names{request.masks, suffix};
  image_names.with_folders = mask_names.with_folders =
      has_repeated_key(by_key(slices.images, image_names)) ||
      has_repeated_key(by_key(slices.masks, mask_names));
  lay_masks_over(slices, request.rule, image_names, mask_names, notes);
  Findings& findings = notes.findings;
  PairedSlices paired;
  for (const auto* warnings : {&images.warnings, &masks.warnings}) {
    paired.warnings.insert(paired.warnings.end(), warnings->begin(), warnings->end());
  }
  if (is_one_folder(request)) paired.warnings = images.warnings;
  paired.warnings.insert(paired.warnings.end(), notes.warnings.begin(), notes.warnings.end());
  report_segmentations(slices.images, findings);
  findings.throw_if_any<DataError>();
  if (has_segmentation(slices.masks)) {
    if (request.rule == PairRule::kTable) {
      throw DataError(
          fmt::format("{}: is not used with segmentations (SEG), whose frames say which "
                      "slices they belong to",
                      request.table.string()));
    }
    paired.pairs = pair_segmentations(slices.images, slices.masks, findings);
    findings.throw_if_any<DataError>();
    return paired;
  }
  switch (request.rule) {
    case PairRule::kStem:
      paired.pairs = pair_by_stem(slices, image_names, mask_names, findings);
      break;
    case PairRule::kSorted:
      paired.pairs = pair_sorted(slices, findings);
      break;
    case PairRule::kTable:
      pair_by_table(slices, request, paired, findings);
      check_table_geometry(paired.pairs, findings);
      break;
  }
  check_distinct_files(paired.pairs, findings);
  check_sizes(paired.pairs, findings);
  findings.throw_if_any<DataError>();
  return paired;
}

}  // namespace flexunet
