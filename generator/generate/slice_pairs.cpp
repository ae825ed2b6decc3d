#include "generator/generate/slice_pairs.h"

#include <fmt/format.h>

#include <map>
#include <system_error>
#include <utility>

#include "flexunet/base/csv.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "generator/generate/segmentations.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// The name of a file without its folder and ending; "brain" for "brain.nii.gz".
std::string stem_of(const fs::path& file) {
  const fs::path stem = file.stem();
  return stem.extension() == ".nii" ? stem.stem().string() : stem.string();
}

using SlicesByKey = std::map<std::string, std::vector<const ScanSlice*>>;

// The slices by what an image and its mask have in common, and where in their file they are.
SlicesByKey by_key(const std::vector<ScanSlice>& slices, const fs::path& folder,
                   bool with_folders) {
  SlicesByKey keyed;
  for (const ScanSlice& slice : slices) {
    std::string key = stem_of(slice.file);
    if (with_folders) {
      const fs::path parent = fs::path(relative_name(slice.file, folder)).parent_path();
      key = (parent / key).generic_string();
    }
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

void report_repeated(const SlicesByKey& keyed, Findings& findings) {
  for (const auto& [key, slices] : keyed) {
    for (std::size_t i = 1; i < slices.size(); ++i) {
      findings.add(fmt::format("{} and {} share the name '{}': which one belongs to the pair?",
                               slices[0]->name(), slices[i]->name(), key));
    }
  }
}

std::vector<SlicePair> pair_by_stem(const std::vector<ScanSlice>& images,
                                    const std::vector<ScanSlice>& masks, const fs::path& image_root,
                                    const fs::path& mask_root, Findings& findings) {
  const bool with_folders = has_repeated_key(by_key(images, image_root, false)) ||
                            has_repeated_key(by_key(masks, mask_root, false));
  const SlicesByKey keyed_images = by_key(images, image_root, with_folders);
  const SlicesByKey keyed_masks = by_key(masks, mask_root, with_folders);
  report_repeated(keyed_images, findings);
  report_repeated(keyed_masks, findings);
  std::vector<SlicePair> pairs;
  std::map<const ScanSlice*, const ScanSlice*> mask_of;
  for (const auto& [key, slices] : keyed_images) {
    const auto mask = keyed_masks.find(key);
    if (mask == keyed_masks.end()) {
      findings.add(fmt::format("{} has no mask '{}' in {} (--pair sorted pairs by order)",
                               slices[0]->name(), key, mask_root.string()));
    } else {
      mask_of[slices[0]] = mask->second[0];
    }
  }
  for (const auto& [key, slices] : keyed_masks) {
    if (keyed_images.count(key) > 0) continue;
    findings.add(
        fmt::format("{} has no image '{}' in {}", slices[0]->name(), key, image_root.string()));
  }
  for (const ScanSlice& image : images) {
    const auto mask = mask_of.find(&image);
    if (mask != mask_of.end()) pairs.push_back({image, *mask->second});
  }
  return pairs;
}

std::vector<SlicePair> pair_sorted(const std::vector<ScanSlice>& images,
                                   const std::vector<ScanSlice>& masks, Findings& findings) {
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

PairedSlices pair_by_table(const std::vector<ScanSlice>& images,
                           const std::vector<ScanSlice>& masks,
                           const std::pair<fs::path, fs::path>& roots, const fs::path& table,
                           Findings& findings) {
  const auto named_images = by_name(images, roots.first);
  const auto named_masks = by_name(masks, roots.second);
  std::map<const ScanSlice*, const ScanSlice*> mask_of;
  bool is_first = true;
  for (const auto& [line, fields] : parse_csv(read_file(table), table.string())) {
    const bool may_be_heading = std::exchange(is_first, false);
    const std::string place = fmt::format("{}:{}", table.string(), line);
    if (fields.size() != 2) {
      findings.add(fmt::format("{}: {} fields: must be an image and a mask", place, fields.size()));
      continue;
    }
    const auto image = named_images.find(fields[0]);
    const auto mask = named_masks.find(fields[1]);
    // A heading names no files.
    if (may_be_heading && image == named_images.end() && mask == named_masks.end()) continue;
    if (image == named_images.end()) {
      findings.add(fmt::format("{}: no image '{}' in {}", place, fields[0], roots.first.string()));
    } else if (mask == named_masks.end()) {
      findings.add(fmt::format("{}: no mask '{}' in {}", place, fields[1], roots.second.string()));
    } else if (!mask_of.emplace(image->second, mask->second).second) {
      findings.add(fmt::format("{}: '{}' is listed twice", place, fields[0]));
    }
  }
  PairedSlices paired;
  for (const ScanSlice& image : images) {
    const auto mask = mask_of.find(&image);
    if (mask != mask_of.end()) {
      paired.pairs.push_back({image, *mask->second});
    } else {
      ++paired.unlisted_images;
    }
  }
  if (paired.pairs.empty()) findings.add(table.string() + ": names no pair");
  return paired;
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

PairedSlices pair_slices(const fs::path& images, const fs::path& masks, PairRule rule,
                         const fs::path& table, SlicePlane plane) {
  const std::vector<ScanSlice> image_slices = list_slices(images, plane);
  const std::vector<ScanSlice> mask_slices = list_slices(masks, plane);
  Findings findings;
  PairedSlices paired;
  report_segmentations(image_slices, findings);
  findings.throw_if_any<DataError>();
  if (has_segmentation(mask_slices)) {
    if (rule == PairRule::kTable) {
      throw DataError(
          fmt::format("{}: is not used with segmentations (SEG), whose frames say which "
                      "slices they belong to",
                      table.string()));
    }
    paired.pairs = pair_segmentations(image_slices, mask_slices, findings);
    findings.throw_if_any<DataError>();
    return paired;
  }
  switch (rule) {
    case PairRule::kStem:
      paired.pairs = pair_by_stem(image_slices, mask_slices, images, masks, findings);
      break;
    case PairRule::kSorted:
      paired.pairs = pair_sorted(image_slices, mask_slices, findings);
      break;
    case PairRule::kTable:
      paired = pair_by_table(image_slices, mask_slices, {images, masks}, table, findings);
      break;
  }
  check_sizes(paired.pairs, findings);
  findings.throw_if_any<DataError>();
  return paired;
}

}  // namespace flexunet
