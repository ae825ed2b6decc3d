#include "generator/generate/generate.h"

#include <fmt/format.h>

#include <set>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/base/staged_folder.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/resize.h"
#include "generator/common/manifest.h"
#include "generator/generate/pair_content.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// The files of one pair, or why there are none.
struct PairFiles {
  std::vector<ManifestEntry> entries;
  std::string problem;
  bool looks_swapped = false;
  bool has_shared_pixels = false;
};

// Makes the files of one pair after the other; several threads call it at once.
class PairWriter {
 public:
  PairWriter(const std::vector<SlicePair>& pairs, const GenerateRequest& request, fs::path folder)
      : pairs_(pairs), request_(request), folder_(std::move(folder)) {}

  PairFiles write(std::size_t index) const {
    const SlicePair& pair = pairs_[index];
    const std::string number =
        std::to_string(request_.first_number + static_cast<std::int64_t>(index)) + ".png";
    PairFiles files;
    try {
      const ImageAndMask source = read_pair(pair, request_.reading);
      files.looks_swapped = looks_swapped(source);
      files.entries.push_back(write_files(pair, source, {kSourceMethod, "", ""}, number));
      files.has_shared_pixels = count_shared_pixels(pair.mask) > 0;
      std::uint64_t variant = 0;
      for (const Augmentation& augmentation : request_.augmentation.variants) {
        CounterRandom random(request_.seed, std::uint64_t{index} << 32U | variant++);
        files.entries.push_back(write_files(pair, make_variant(source, augmentation, random),
                                            name_of(augmentation), number));
      }
    } catch (const DataError& error) {
      files.problem = error.what();
    }
    return files;
  }

 private:
  ManifestEntry write_files(const SlicePair& pair, const ImageAndMask& pictures,
                            const AugmentationName& name, const std::string& number) const {
    const std::string file = name.file_prefix + number;
    ManifestEntry entry{
        "images/" + file,   "masks/" + file,   relative_name(pair.image.name(), request_.images),
        pair.image.patient, pair.image.series, name.method,
        name.parameters};
    write_png(folder_ / entry.image, pictures.image);
    write_png(folder_ / entry.mask, pictures.mask);
    return entry;
  }

  const std::vector<SlicePair>& pairs_;
  const GenerateRequest& request_;
  fs::path folder_;
};

void require_other_names(const AugmentationOptions& augmentation) {
  std::set<std::string> prefixes;
  for (const Augmentation& variant : augmentation.variants) {
    const AugmentationName name = name_of(variant);
    if (prefixes.insert(name.file_prefix).second) continue;
    throw ConfigError(fmt::format("{} {}: is asked for twice", name.method, name.parameters));
  }
}

}  // namespace

ImageAndMask read_pair(const SlicePair& pair, const PairReading& reading) {
  ImageAndMask pictures{read_slice(pair.image, reading.intensity, reading.plane),
                        read_label_slice(pair.mask, reading.plane)};
  // What else is brought to 0..255 may be equal by chance.
  const bool are_pictures = is_picture(pair.image.file) && is_picture(pair.mask.file);
  if (are_pictures && is_same_picture(pictures.image, pictures.mask)) {
    throw DataError(fmt::format("{} and {} hold the same pixels: one of them must be a mask",
                                pair.image.name(), pair.mask.name()));
  }
  if (pictures.image.size() != pictures.mask.size()) {
    throw DataError(fmt::format("{} has {}x{} pixels, but its image {} has {}x{}", pair.mask.name(),
                                pictures.mask.cols, pictures.mask.rows, pair.image.name(),
                                pictures.image.cols, pictures.image.rows));
  }
  pictures.mask = recolor(pictures.mask, reading.recolor_rules);
  if (!reading.size) return pictures;
  return {resize_image(pictures.image, *reading.size), resize_mask(pictures.mask, *reading.size)};
}

GenerateSummary generate(const std::vector<SlicePair>& pairs, const GenerateRequest& request) {
  require_other_names(request.augmentation);
  StagedFolder folder(request.out);
  const PairWriter writer(pairs, request, folder.path());
  const LookAhead ahead{request.threads, static_cast<std::size_t>(2 * request.threads)};
  OrderedPipeline<PairFiles> pipeline(pairs.size(), ahead,
                                      [&](std::size_t i) { return writer.write(i); });
  Findings findings;
  std::vector<ManifestEntry> manifest;
  std::size_t swapped = 0;
  std::size_t shared_masks = 0;
  for (std::size_t done = 1; !pipeline.done(); ++done) {
    throw_if_interrupted();
    PairFiles files = pipeline.next();
    if (!files.problem.empty()) findings.add(std::move(files.problem));
    swapped += files.looks_swapped ? 1 : 0;
    if (files.has_shared_pixels) ++shared_masks;
    manifest.insert(manifest.end(), files.entries.begin(), files.entries.end());
    if (request.on_pair) request.on_pair(done);
  }
  findings.throw_if_any<DataError>();
  if (!request.lenient && 2 * swapped > pairs.size()) {
    throw DataError(fmt::format(
        "{} of {} masks show many more colours than their images, such as {}: do images and masks "
        "lie in each other's folders? (--lenient goes on)",
        swapped, pairs.size(), pairs.front().mask.name()));
  }
  write_manifest(folder.path() / kManifestFile, manifest);
  folder.finish();
  return {pairs.size(), manifest.size() - pairs.size(), shared_masks};
}

}  // namespace flexunet
