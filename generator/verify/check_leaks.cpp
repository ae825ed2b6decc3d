#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "generator/verify/checks.h"
#include "generator/verify/picture_matches.h"

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
      const auto others = std::stable_partition(pairs.begin(), pairs.end(),
                                                [first = pairs.front()](const SurveyedPair* pair) {
                                                  return has_equal_pixels(*first, *pair);
                                                });
      report_same(survey, Pairs(pairs.begin(), others), findings);
      pairs.erase(pairs.begin(), others);
    }
  }
}

std::string agreement_text(double agreement) {
  return agreement < 0 ? ""
                       : fmt::format(", masks agree on {:.1f} % of the pixels", 100 * agreement);
}

void check_matches(const Survey& survey, DatasetFindings& findings) {
  for (const PictureMatch& match : find_matches(survey)) {
    const std::string turned = orientation_text(match.orientation);
    const bool is_same = match.is_same();
    findings.push_back(
        {is_same ? "leak_same_picture" : "look_alike",
         is_same ? Severity::kError : Severity::kWarning,
         {match.later->pair.image, match.earlier->pair.image},
         fmt::format(
             "{} {} {}{}: correlation of details {:.3f}{}: in {} and in {}",
             match.later->pair.image.string(), is_same ? "is the same picture as" : "looks like",
             match.earlier->pair.image.string(), turned.empty() ? "" : ", " + turned,
             match.correlation, agreement_text(match.mask_agreement),
             survey.splits[match.later->split].name, survey.splits[match.earlier->split].name),
         PictureLikeness{turned, match.correlation, match.mask_agreement}});
  }
}

}  // namespace

void check_leaks(const Survey& survey, DatasetFindings& findings) {
  check_groups(survey, findings);
  check_identical(survey, findings);
  check_matches(survey, findings);
}

}  // namespace flexunet
