#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "flexunet/base/interrupt.h"
#include "generator/verify/checks.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

using Pairs = std::vector<const SurveyedPair*>;
using PairsBySplit = std::map<std::size_t, Pairs>;

std::vector<fs::path> images_of(const Pairs& pairs) {
  std::vector<fs::path> images;
  for (const SurveyedPair* pair : pairs) images.push_back(pair->pair.image);
  return images;
}

// "train (10001.png, hflipped_10001.png), valid (vflipped_10001.png)"
std::string places_text(const Survey& survey, const PairsBySplit& places) {
  std::string text;
  for (const auto& [split, pairs] : places) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", survey.splits[split].name,
                        list_names(images_of(pairs)));
  }
  return text;
}

std::vector<fs::path> all_images(const PairsBySplit& places) {
  std::vector<fs::path> files;
  for (const auto& [split, pairs] : places) {
    const std::vector<fs::path> images = images_of(pairs);
    files.insert(files.end(), images.begin(), images.end());
  }
  return files;
}

// Whether every split has an unchanged picture of that name: then names may begin anew in each.
bool is_numbered_anew(const PairsBySplit& places) {
  return std::all_of(places.begin(), places.end(), [](const auto& place) {
    return std::any_of(place.second.begin(), place.second.end(), [](const SurveyedPair* pair) {
      return !pair->origin.is_listed && pair->origin.patient.empty() && !pair->origin.is_variant();
    });
  });
}

void check_groups(const Survey& survey, DatasetFindings& findings) {
  std::map<std::string, PairsBySplit> groups;
  for (const SurveyedPair& pair : survey.pairs) {
    groups[pair.origin.group][pair.split].push_back(&pair);
  }
  std::vector<fs::path> repeated;
  for (const auto& [group, places] : groups) {
    if (places.size() < 2) continue;
    if (is_numbered_anew(places)) {
      repeated.push_back(places.begin()->second.front()->pair.image);
      continue;
    }
    const std::string kind = "leak_" + group.substr(0, group.find(' '));
    findings.push_back(
        {kind, Severity::kError, all_images(places),
         fmt::format("{} lies in {}: must lie in one split", group, places_text(survey, places))});
  }
  if (repeated.empty()) return;
  const std::string text = fmt::format(
      "{} name{} in more than one split: {}: numbered anew in each, or the same pictures?",
      repeated.size(), repeated.size() == 1 ? " occurs" : "s occur", list_names(repeated));
  findings.push_back({"same_name", Severity::kWarning, repeated, text});
}

constexpr int kAlikeBits = 10;              // of 64
constexpr double kAlikeCorrelation = 0.93;  // other people's knees reach 0.87

// A checksum alone may agree by chance; all three never do.
bool is_same(const SurveyedPair& a, const SurveyedPair& b) {
  constexpr double kRounding = 1e-6;
  return a.pixel_checksum == b.pixel_checksum && std::abs(a.contrast - b.contrast) < kRounding &&
         likeness(a.hash, b.hash).bits <= kAlikeBits;
}

std::string turned_text(const SurveyedPair& a, const SurveyedPair& b) {
  const std::string text = orientation_text(likeness(a.hash, b.hash).orientation);
  return text.empty() ? "" : ", " + text;
}

// Pictures of other groups that are the same as the first of `same`; variants are expected to be.
void report_same(const Survey& survey, const Pairs& same, DatasetFindings& findings) {
  const SurveyedPair& first = *same.front();
  for (const SurveyedPair* other : same) {
    if (other->origin.group == first.origin.group) {
      // One name in two splits was only a warning so far.
      const bool is_variant = first.origin.is_variant() || other->origin.is_variant();
      if (other->split == first.split || is_variant || first.origin.is_listed) continue;
    }
    const bool is_leak = other->split != first.split;
    findings.push_back(
        {is_leak ? "leak_identical" : "duplicate",
         is_leak ? Severity::kError : Severity::kWarning,
         {first.pair.image, other->pair.image},
         fmt::format("{} and {} are the same picture{}{}", first.pair.image.string(),
                     other->pair.image.string(), turned_text(first, *other),
                     is_leak ? fmt::format(": in {} and in {}", survey.splits[first.split].name,
                                           survey.splits[other->split].name)
                             : "")});
  }
}

void check_identical(const Survey& survey, DatasetFindings& findings) {
  std::map<std::uint32_t, Pairs> by_checksum;
  for (const SurveyedPair& pair : survey.pairs) {
    // Empty slices at the ends of volumes are all the same and tell nothing.
    if (pair.has_image() && pair.contrast > 0) by_checksum[pair.pixel_checksum].push_back(&pair);
  }
  for (auto& [checksum, pairs] : by_checksum) {
    while (pairs.size() > 1) {
      const auto others = std::stable_partition(
          pairs.begin(), pairs.end(),
          [first = pairs.front()](const SurveyedPair* pair) { return is_same(*first, *pair); });
      report_same(survey, Pairs(pairs.begin(), others), findings);
      pairs.erase(pairs.begin(), others);
    }
  }
}

struct LookAlike {
  const SurveyedPair* pair = nullptr;
  std::size_t orientation = 0;
  double correlation = kAlikeCorrelation;
};

// The most alike picture of an earlier split that is not reported otherwise.
LookAlike find_look_alike(const Pairs& pairs, const SurveyedPair& wanted) {
  LookAlike best;
  for (const SurveyedPair* pair : pairs) {
    if (pair->split >= wanted.split) break;
    const Likeness like = likeness(wanted.hash, pair->hash);
    if (like.bits > kAlikeBits) continue;
    const double found = correlation(wanted.hash, pair->hash, like.orientation);
    if (found <= best.correlation || pair->origin.group == wanted.origin.group ||
        is_same(*pair, wanted)) {
      continue;
    }
    best = {pair, like.orientation, found};
  }
  return best;
}

void check_look_alikes(const Survey& survey, DatasetFindings& findings) {
  Pairs pairs;  // split by split, as in the survey
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.has_image() && pair.contrast > 0) pairs.push_back(&pair);
  }
  for (const SurveyedPair* pair : pairs) {
    throw_if_interrupted();
    const LookAlike found = find_look_alike(pairs, *pair);
    if (found.pair == nullptr) continue;
    const std::string turned = orientation_text(found.orientation);
    findings.push_back({"look_alike",
                        Severity::kWarning,
                        {pair->pair.image, found.pair->pair.image},
                        fmt::format("{} looks like {}{}: correlation {:.3f}",
                                    pair->pair.image.string(), found.pair->pair.image.string(),
                                    turned.empty() ? "" : ", " + turned, found.correlation)});
  }
}

}  // namespace

void check_leaks(const Survey& survey, DatasetFindings& findings) {
  check_groups(survey, findings);
  check_identical(survey, findings);
  check_look_alikes(survey, findings);
}

}  // namespace flexunet
