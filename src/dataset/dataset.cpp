#include "flexunet/dataset/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataset/memory_store.h"
#include "flexunet/base/text.h"
#include "flexunet/dataset/decoder.h"

namespace flexunet {
namespace {

std::string counted(std::size_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> DatasetReport::warnings(const std::string& split_name) const {
  std::vector<std::string> lines;
  if (off_palette_pixels > 0) {
    lines.push_back(
        fmt::format("{}: {} pixel{} in {} had colours outside rgb_map; each got its nearest class",
                    split_name, with_thousands(off_palette_pixels),
                    off_palette_pixels == 1 ? "" : "s", counted(off_palette_files, "mask")));
  }
  if (resized_masks > 0) {
    lines.push_back(fmt::format(
        "{}: {} had another size than the image and {} resized; the first: {}", split_name,
        counted(resized_masks, "mask"), resized_masks == 1 ? "was" : "were", first_resized_mask));
  }
  std::vector<std::size_t> absent;
  for (std::size_t i = 0; i < class_pixels.size(); ++i) {
    if (class_pixels[i] == 0) absent.push_back(i);
  }
  if (!absent.empty()) {
    lines.push_back(fmt::format("{}: no mask holds a pixel of {} {}", split_name,
                                absent.size() == 1 ? "class" : "the classes",
                                fmt::join(absent, ", ")));
  }
  return lines;
}

Dataset memory_dataset(std::vector<Sample> samples) {
  std::vector<SampleInfo> infos;
  for (const Sample& sample : samples) {
    infos.push_back(
        {sample.stem, sample.image_file, sample_checksum(sample.image, sample.class_mask)});
  }
  return {std::move(infos), {}, std::make_shared<MemoryStore>(std::move(samples))};
}

DatasetCache choose_cache(std::uint64_t bytes, std::uint64_t available) {
  // The other half is for the network, whose needs are not known here, and for reading files.
  return bytes <= available / 2 ? DatasetCache::kMemory : DatasetCache::kDisk;
}

}  // namespace flexunet
