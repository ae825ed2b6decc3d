#include "generator/generate/slice_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/imaging/image_io.h"
#include "generator/generate/mask_volumes.h"
#include "generator/generate/pair_table.h"
#include "generator/generate/segmentations.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

using SlicesByKey = std::map<std::string, std::vector<const ScanSlice*>>;

// The slices by names and where in their file they are.
SlicesByKey by_key(const std::vector<ScanSlice>& slices, const SliceNames& naming) {
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

struct Slices {
  std::vector<ScanSlice> images;
  std::vector<ScanSlice> masks;
};

std::vector<SlicePair> pair_by_stem(const Slices& slices, const PairNames& names,
                                    Findings& findings) {
  const std::vector<ScanSlice>& images = slices.images;
  const fs::path& image_root = names.image.root;
  const fs::path& mask_root = names.mask.root;
  const SlicesByKey keyed_images = by_key(images, names.image);
  const SlicesByKey keyed_masks = by_key(slices.masks, names.mask);
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
    return ends_with(slice_stem(slice.file), suffix);
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

PairedSlices pair_slices(const PairRequest& request) {
  refuse_one_folder(request);
  SliceListing images = list_slices(request.images, request.plane);
  SliceListing masks = list_slices(request.masks, request.plane);
  Slices slices{std::move(images.slices), std::move(masks.slices)};
  Findings findings;
  select_by_suffix(request, slices, findings);
  PairNames names{{request.images, ""}, {request.masks, request.mask_suffix}};
  names.image.with_folders = names.mask.with_folders =
      has_repeated_key(by_key(slices.images, names.image)) ||
      has_repeated_key(by_key(slices.masks, names.mask));
  PairedSlices paired;
  for (const auto* warnings : {&images.warnings, &masks.warnings}) {
    paired.warnings.insert(paired.warnings.end(), warnings->begin(), warnings->end());
  }
  if (is_one_folder(request)) paired.warnings = images.warnings;
  if (request.rule != PairRule::kTable) {  // which pairs slices as they are
    const bool by_name = request.rule == PairRule::kStem;
    std::string unsure =
        lay_masks_over(slices.images, slices.masks, by_name ? &names : nullptr, findings);
    if (!unsure.empty()) paired.warnings.push_back(std::move(unsure));
  }
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
      paired.pairs = pair_by_stem(slices, names, findings);
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
