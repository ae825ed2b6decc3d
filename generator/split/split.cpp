#include "generator/split/split.h"

#include <fmt/format.h>

#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/staged_folder.h"
#include "generator/common/manifest.h"
#include "generator/split/split_plan.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// Puts pairs into the folder of one data set and lists them.
class DatasetWriter {
 public:
  DatasetWriter(fs::path folder, bool link) : folder_(std::move(folder)), link_(link) {}

  void add(const OriginatedPair& pair, const std::string& split) {
    throw_if_interrupted();
    const fs::path image = fs::path(split) / "images" / pair.pair.image.filename();
    const fs::path mask = fs::path(split) / "masks" / pair.pair.mask.filename();
    put(pair.pair.image, folder_ / image);
    put(pair.pair.mask, folder_ / mask);
    const Origin& origin = pair.origin;
    entries_.push_back({image.generic_string(), mask.generic_string(), origin.source,
                        origin.patient, origin.series, origin.method, origin.parameters});
  }

  void finish() const { write_manifest(folder_ / kManifestFile, entries_); }

 private:
  void put(const fs::path& from, const fs::path& to) const {
    create_folder(to.parent_path());
    std::error_code error;
    if (link_) {
      fs::create_hard_link(fs::canonical(from, error), to, error);
    } else {
      fs::copy_file(from, to, error);
    }
    if (!error) return;
    throw OutputError(fmt::format("{}: cannot {} {}: {}{}", to.string(), link_ ? "link" : "copy",
                                  from.string(), error.message(),
                                  link_ ? "; without --link files are copied" : ""));
  }

  fs::path folder_;
  bool link_;
  std::vector<ManifestEntry> entries_;
};

void write_split(const SplitRequest& request, const fs::path& out,
                 const std::vector<OriginatedPair>& pairs, const SplitPlan& plan) {
  DatasetWriter writer(out, request.link);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::size_t side = plan.side_of[i];
    if (side != SplitPlan::kNowhere) writer.add(pairs[i], plan.result.sides[side].name);
  }
  writer.finish();
}

void write_fold(const SplitRequest& request, const fs::path& out, std::size_t fold,
                const std::vector<OriginatedPair>& pairs, const SplitPlan& plan) {
  DatasetWriter writer(out, request.link);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::size_t side = plan.side_of[i];
    if (side == SplitPlan::kNowhere) continue;
    const bool is_test = side >= static_cast<std::size_t>(request.folds);
    const bool is_valid = side == fold;
    if (is_valid && pairs[i].origin.is_variant()) continue;
    writer.add(pairs[i], is_test ? "test" : is_valid ? "valid" : "train");
  }
  writer.finish();
}

}  // namespace

SplitResult split_dataset(const SplitRequest& request) {
  StagedFolder out(request.out);
  const std::vector<OriginatedPair> pairs = read_dataset(request);
  const SplitPlan plan = plan_split(request, pairs);
  if (request.folds == 0) {
    write_split(request, out.path(), pairs, plan);
  } else {
    for (std::size_t k = 0; k < static_cast<std::size_t>(request.folds); ++k) {
      write_fold(request, out.path() / fmt::format("fold_{}", k + 1), k, pairs, plan);
    }
  }
  out.finish();
  return plan.result;
}

}  // namespace flexunet
