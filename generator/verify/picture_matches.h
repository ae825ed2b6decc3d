#pragma once

#include <cstddef>
#include <vector>

#include "generator/common/survey.h"

namespace flexunet {

/// How like two pictures of different splits are, at full resolution.
struct PictureMatch {
  const SurveyedPair* earlier = nullptr;  ///< of an earlier split
  const SurveyedPair* later = nullptr;
  std::size_t orientation = 0;  ///< of `later` that comes nearest to `earlier`, see oriented()
  /// Correlation of their details, -1..1: of the gray values less their surroundings, in units of
  /// the local contrast, so that two discs are not alike for being discs.
  double correlation = 0;
  /// Of what differs, the share (of its root mean square) that smoothing leaves: about 0.15 for the
  /// noise of compression, more than 0.45 for pictures that show something else.
  double difference_smoothness = 0;
  double mask_agreement = -1;  ///< share of pixels of one class in both masks; -1: unknown

  /// The same picture, at most compressed again.
  bool is_same() const;
  /// The same scene, such as a brightened or a neighbouring picture.
  bool is_alike() const;
};

/// For each picture that looks like one of an earlier split the most alike one. Pictures of one
/// group, and those that are equal pixel by pixel, are left out: they are told otherwise. Throws
/// Interrupted.
std::vector<PictureMatch> find_matches(const Survey& survey);

/// Whether two pictures are equal pixel by pixel, turned or not.
bool has_equal_pixels(const SurveyedPair& a, const SurveyedPair& b);

}  // namespace flexunet
