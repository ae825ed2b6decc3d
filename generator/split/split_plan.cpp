#include "generator/split/split_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/imaging/image_io.h"
#include "generator/common/group_names.h"
#include "generator/split/dealing.h"

namespace flexunet {
namespace {

struct ReadPair {
  MaskColors colors;
  std::string problem;
};

ReadPair read_pair(const SamplePair& pair) {
  ReadPair read;
  try {
    const cv::Mat image = load_image(pair.image).rgb;
    const cv::Mat mask = read_picture(pair.mask);
    if (mask.size() != image.size()) {
      throw DataError(fmt::format("{}: the mask is {}x{} but its image {} is {}x{}: must be equal",
                                  pair.mask.string(), mask.cols, mask.rows, pair.image.string(),
                                  image.cols, image.rows));
    }
    read.colors = count_colors(mask);
    limit_colors(read.colors);
  } catch (const DataError& error) {
    read.problem = error.what();
  }
  return read;
}

std::vector<RgbColor> colors_in(const MaskColors& mask, const std::vector<RgbColor>& classes) {
  std::vector<RgbColor> found;
  std::copy_if(classes.begin(), classes.end(), std::back_inserter(found),
               [&](const RgbColor& color) { return mask.counts.count(color) > 0; });
  return found;
}

// A manifest that lists other pictures than there are would divide by guesswork.
void check_manifest(const Origins& origins, const std::vector<OriginatedPair>& pairs,
                    Findings& findings) {
  if (!origins.has_manifest()) return;
  for (const std::string& missing : origins.missing_pictures()) {
    findings.add(missing + ": listed in " + kManifestFile + ", but not there");
  }
  for (const OriginatedPair& pair : pairs) {
    if (pair.origin.is_listed) continue;
    findings.add(pair.pair.image.string() + ": not listed in " + kManifestFile);
  }
}

std::vector<OriginatedPair> find_origins(const SplitRequest& request) {
  DataOptions pictures;
  pictures.mask_file_format = ".png";
  const std::vector<SamplePair> pairs =
      find_pairs(request.in.string(), {request.in / "images", request.in / "masks"}, pictures);
  Origins origins(request.group_pattern);
  origins.add_manifest_of(request.in);
  origins.add_stems(pairs);
  Findings findings;
  std::vector<OriginatedPair> found;
  for (const SamplePair& pair : pairs) {
    try {
      found.push_back({pair, origins.of(pair.image), {}});
    } catch (const DataError& error) {
      findings.add(error.what());
    }
  }
  check_manifest(origins, found, findings);
  findings.throw_if_any<DataError>();
  return found;
}

// The sources of each group; a group of variants alone has none.
std::vector<ImageGroup> source_groups(const std::vector<OriginatedPair>& pairs) {
  std::map<RgbColor, std::size_t> class_of;
  std::map<std::string, ImageGroup> groups;
  for (const OriginatedPair& pair : pairs) {
    if (pair.origin.is_variant()) continue;
    ImageGroup& group = groups[pair.origin.group];
    group.name = pair.origin.group;
    ++group.images;
    for (const RgbColor& color : pair.colors) {
      ++group.class_images[class_of.try_emplace(color, class_of.size()).first->second];
    }
  }
  std::vector<ImageGroup> list;
  list.reserve(groups.size());
  for (auto& [name, group] : groups) list.push_back(std::move(group));
  return list;
}

struct Sides {
  std::vector<std::string> names;
  std::vector<std::size_t> targets;
};

Sides choose_sides(const SplitRequest& request, std::size_t images) {
  const double test = request.shares[2];
  if (request.folds == 0) {
    Sides sides{{"train", "valid"}, {}};
    std::vector<double> shares{request.shares[0], request.shares[1]};
    if (test > 0) {
      sides.names.emplace_back("test");
      shares.push_back(test);
    }
    sides.targets = image_targets(images, shares);
    return sides;
  }
  Sides sides;
  const auto folds = static_cast<std::size_t>(request.folds);
  for (std::size_t k = 1; k <= folds; ++k) sides.names.push_back(fmt::format("fold {}", k));
  if (test <= 0) {
    sides.targets = even_targets(images, folds);
    return sides;
  }
  const std::vector<std::size_t> two = image_targets(images, {1 - test, test});
  sides.targets = even_targets(two[0], folds);
  sides.names.emplace_back("test");
  sides.targets.push_back(two[1]);
  return sides;
}

// Whether a side serves training at all; with folds all but test do.
bool takes_variants(const SplitRequest& request, const std::string& side) {
  return request.folds == 0 ? side == "train" : side != "test";
}

void count_pair(SplitSide& side, const OriginatedPair& pair) {
  if (pair.origin.is_variant()) {
    ++side.variants;
    return;
  }
  ++side.images;
  for (const RgbColor& color : pair.colors) ++side.color_images[color];
}

// Names may tell of groups that neither a manifest nor a pattern names.
void warn_of_groups(const SplitRequest& request, const std::vector<OriginatedPair>& pairs,
                    std::vector<std::string>& warnings) {
  std::vector<std::string> names;
  for (const OriginatedPair& pair : pairs) {
    const Origin& origin = pair.origin;
    if (!origin.patient.empty() || !origin.series.empty()) return;
    if (!origin.is_variant()) names.push_back(origin.source);
  }
  if (!request.group_pattern.empty()) return;
  if (const auto suggestion = suggest_groups(names)) warnings.push_back(suggestion->text);
}

// Classes that a side lacks, and whether another deal could give it one.
void warn_of_gaps(const std::vector<OriginatedPair>& pairs, SplitResult& result) {
  std::map<RgbColor, std::set<std::string>> groups_of;
  for (const OriginatedPair& pair : pairs) {
    if (pair.origin.is_variant()) continue;
    for (const RgbColor& color : pair.colors) groups_of[color].insert(pair.origin.group);
  }
  for (const auto& [color, groups] : groups_of) {
    std::string lacking;
    for (const SplitSide& side : result.sides) {
      if (side.color_images.count(color) > 0) continue;
      lacking += (lacking.empty() ? "" : ", ") + side.name;
    }
    if (lacking.empty()) continue;
    result.warnings.push_back(fmt::format(
        "{}: no image with {}, which {} group{} of images show{}{}", lacking, color_text(color),
        groups.size(), groups.size() == 1 ? "" : "s", groups.size() == 1 ? "s" : "",
        groups.size() < result.sides.size()
            ? ": too few for every split"
            : ": no deal that was tried has every class in every split"));
  }
}

}  // namespace

std::vector<OriginatedPair> read_dataset(const SplitRequest& request) {
  std::vector<OriginatedPair> pairs = find_origins(request);
  OrderedPipeline<ReadPair> reader(pairs.size(),
                                   {request.threads, static_cast<std::size_t>(4 * request.threads)},
                                   [&](std::size_t i) { return read_pair(pairs[i].pair); });
  Findings findings;
  ColorTotals total;
  std::vector<MaskColors> colors;
  while (!reader.done()) {
    throw_if_interrupted();
    ReadPair read = reader.next();
    if (!read.problem.empty()) findings.add(read.problem);
    if (!read.colors.counts.empty()) total.add(read.colors);
    colors.push_back(std::move(read.colors));
  }
  findings.throw_if_any<DataError>();
  const std::vector<RgbColor> classes = class_colors(total);
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].colors = colors_in(colors[i], classes);
  return pairs;
}

SplitPlan plan_split(const SplitRequest& request, const std::vector<OriginatedPair>& pairs) {
  const std::vector<ImageGroup> groups = source_groups(pairs);
  if (groups.empty()) {
    throw DataError(fmt::format(
        "{}: all {} images are by their names variants of others, such as {} of {}, and none of "
        "those is there: add them, or rename the images",
        request.in.string(), pairs.size(), pairs.front().pair.image.filename().string(),
        pairs.front().origin.source));
  }
  std::size_t images = 0;
  for (const ImageGroup& group : groups) images += group.images;
  const Sides sides = choose_sides(request, images);
  const std::vector<std::size_t> dealt = deal_groups(groups, sides.targets, request.seed);
  std::map<std::string, std::size_t> side_of_group;
  SplitPlan plan;
  for (const std::string& name : sides.names) plan.result.sides.push_back({name, 0, 0, 0, {}});
  for (std::size_t i = 0; i < groups.size(); ++i) {
    side_of_group[groups[i].name] = dealt[i];
    ++plan.result.sides[dealt[i]].groups;
  }
  for (const OriginatedPair& pair : pairs) {
    // Variants whose source is not there belong to train, which is the first side.
    const auto found = side_of_group.find(pair.origin.group);
    if (found == side_of_group.end()) ++plan.result.sourceless_variants;
    const std::size_t place = found == side_of_group.end() ? 0 : found->second;
    SplitSide& side = plan.result.sides[place];
    if (pair.origin.is_variant() && !takes_variants(request, side.name)) {
      plan.side_of.push_back(SplitPlan::kNowhere);
      ++plan.result.left_out_variants;
      continue;
    }
    plan.side_of.push_back(place);
    count_pair(side, pair);
  }
  warn_of_groups(request, pairs, plan.result.warnings);
  warn_of_gaps(pairs, plan.result);
  return plan;
}

}  // namespace flexunet
