#include "generator/generate/mask_volumes.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "flexunet/base/error.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// The slices of each file, in their order.
std::vector<std::vector<ScanSlice>> by_file(const std::vector<ScanSlice>& slices) {
  std::vector<std::vector<ScanSlice>> files;
  for (const ScanSlice& slice : slices) {
    if (files.empty() || files.back().front().file != slice.file) files.emplace_back();
    files.back().push_back(slice);
  }
  return files;
}

// The image file that belongs to a mask's file; null where none does.
class FilePartners {
 public:
  FilePartners(const std::vector<std::vector<ScanSlice>>& images, const PairNames* names)
      : images_(images) {
    if (names == nullptr) return;
    for (const auto& file : images) by_key_.emplace(names->image.key(file.front().file), &file);
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

}  // namespace

std::string lay_masks_over(const std::vector<ScanSlice>& image_slices,
                           std::vector<ScanSlice>& mask_slices, const PairNames* names,
                           Findings& findings) {
  std::size_t unsure = 0;
  const auto images = by_file(image_slices);
  const auto masks = by_file(mask_slices);
  const FilePartners partners(images, names);
  std::vector<ScanSlice> turned;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const ScanSlice& mask = masks[i].front();
    const ScanSlice* image =
        names == nullptr ? partners.by_order(i) : partners.by_key(names->mask.key(mask.file));
    std::vector<ScanSlice> laid = masks[i];
    try {
      if (image != nullptr && mask.geometry && image->geometry) laid = lay_over(mask, *image);
    } catch (const DataError& error) {
      findings.add(error.what());
    }
    if (image != nullptr && mask.geometry.has_value() != image->geometry.has_value()) ++unsure;
    turned.insert(turned.end(), laid.begin(), laid.end());
  }
  mask_slices = std::move(turned);
  if (unsure == 0) return "";
  return fmt::format(
      "{} of {} masks cannot be checked to lie as their images do, because only one of both tells "
      "its orientation: look at overlays",
      unsure, masks.size());
}

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

}  // namespace flexunet
