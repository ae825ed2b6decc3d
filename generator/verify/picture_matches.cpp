#include "generator/verify/picture_matches.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/imaging/resize.h"
#include "generator/common/picture_hash.h"

namespace flexunet {
namespace {

// Thresholds by measurement on NEU-Seg, whose 810 leaking test images are training images turned
// and compressed again: correlation 0.75 to 1.00, smoothness up to 0.27. Its other pictures come to
// 0.08, eyes of DRIVE to 0.27, phantoms to 0.54; neighbouring slices of a knee to 0.93
// with a smoothness of 0.47.
constexpr double kAlikeCorrelation = 0.6;
constexpr double kNoiseSmoothness = 0.35;

// An overview: thumbnails of a few pixels, which are compared in all orientations at once.
constexpr int kOverviewSide = 16;
constexpr float kOverviewCorrelation = 0.9F;
constexpr std::size_t kCandidates = 3;  // of each picture

struct Candidate {
  float correlation = 0;
  const SurveyedPair* earlier = nullptr;
  std::size_t orientation = 0;
};
using Candidates = std::vector<Candidate>;  // the most alike first

cv::Mat overview(const SurveyedPair& pair, std::size_t orientation) {
  cv::Mat small;
  cv::resize(oriented(pair.hash.thumbnail, orientation), small, {kOverviewSide, kOverviewSide}, 0,
             0, cv::INTER_AREA);
  const double length = cv::norm(small);
  return (length > 0 ? cv::Mat(small / length) : small).reshape(1, 1);
}

using Pairs = std::vector<const SurveyedPair*>;

// A row each.
cv::Mat overviews(const Pairs& pairs, std::size_t orientation) {
  cv::Mat rows(static_cast<int>(pairs.size()), kOverviewSide * kOverviewSide, CV_32FC1);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    overview(*pairs[i], orientation).copyTo(rows.row(static_cast<int>(i)));
  }
  return rows;
}

void add_candidate(Candidates& candidates, const Candidate& found) {
  const bool is_full = candidates.size() == kCandidates;
  if (is_full && candidates.back().correlation >= found.correlation) return;
  if (is_full) candidates.pop_back();
  const auto place = std::upper_bound(
      candidates.begin(), candidates.end(), found,
      [](const Candidate& a, const Candidate& b) { return a.correlation > b.correlation; });
  candidates.insert(place, found);
}

// The most alike pictures of earlier splits for each of `later`, by overviews.
std::vector<Candidates> find_candidates(const Pairs& earlier, const Pairs& later) {
  constexpr int kRowsAtOnce = 1024;
  std::vector<Candidates> found(later.size());
  const cv::Mat known = overviews(earlier, 0);
  for (std::size_t orientation = 0; orientation < kOrientations; ++orientation) {
    const cv::Mat wanted = overviews(later, orientation);
    for (int first = 0; first < wanted.rows; first += kRowsAtOnce) {
      throw_if_interrupted();
      const cv::Mat rows = wanted.rowRange(first, std::min(first + kRowsAtOnce, wanted.rows));
      cv::Mat correlations;
      cv::gemm(rows, known, 1, cv::noArray(), 0, correlations, cv::GEMM_2_T);
      for (int y = 0; y < correlations.rows; ++y) {
        const auto* row = correlations.ptr<float>(y);
        const auto at = static_cast<std::size_t>(first + y);
        for (std::size_t i = 0; i < earlier.size(); ++i) {
          if (row[i] < kOverviewCorrelation ||
              earlier[i]->origin.group == later[at]->origin.group ||
              has_equal_pixels(*earlier[i], *later[at])) {
            continue;
          }
          add_candidate(found[at], {row[i], earlier[i], orientation});
        }
      }
    }
  }
  return found;
}

cv::Mat read_gray(const SurveyedPair& pair, const Survey& survey) {
  const cv::Mat image = read_again(survey, pair);
  cv::Mat values;
  image.convertTo(values, CV_32F);
  cv::Mat gray;
  cv::transform(values, gray,
                cv::Mat(1, image.channels(), CV_32F, cv::Scalar(1.0 / image.channels())));
  return gray;
}

// Gray values, without the noise of single pixels, less their surroundings, in units of the local
// contrast.
cv::Mat details(const cv::Mat& gray) {
  constexpr double kNoise = 1.0, kSurroundings = 3.0, kLocal = 6.0;  // sigma, pixels
  constexpr double kLeastContrast = 1.0;                             // levels; less is noise
  cv::Mat fine, smooth, contrast;
  cv::GaussianBlur(gray, fine, {}, kNoise);
  cv::GaussianBlur(gray, smooth, {}, kSurroundings);
  const cv::Mat detail = fine - smooth;
  cv::GaussianBlur(detail.mul(detail), contrast, {}, kLocal);
  cv::sqrt(contrast, contrast);
  // A rim that stands out in all pictures counts no more than their texture.
  return cv::max(cv::min(detail / (contrast + kLeastContrast), 1.0), -1.0);
}

double correlation_of(const cv::Mat& a, const cv::Mat& b) {
  const double lengths = cv::norm(a) * cv::norm(b);
  return lengths > 0 ? a.dot(b) / lengths : 0.0;
}

double smoothness_of(const cv::Mat& difference) {
  constexpr double kSigma = 2.0;
  const cv::Mat centered = difference - cv::mean(difference)[0];
  const double whole = cv::norm(centered);
  if (whole == 0) return 0;
  cv::Mat smooth;
  cv::GaussianBlur(centered, smooth, {}, kSigma);
  return cv::norm(smooth) / whole;
}

// The classes of a mask, turned; nothing where it cannot be read.
std::optional<cv::Mat> read_classes(const SurveyedPair& pair, const Survey& survey,
                                    std::size_t orientation) {
  if (survey.rgb_map.empty()) return std::nullopt;
  try {
    return oriented(read_classes_again(survey, pair), orientation);
  } catch (const Error&) {
    return std::nullopt;  // told otherwise
  }
}

double agreement_of_masks(const PictureMatch& match, const Survey& survey) {
  const auto earlier = read_classes(*match.earlier, survey, 0);
  const auto later = read_classes(*match.later, survey, match.orientation);
  if (!earlier || !later) return -1;
  const cv::Mat same = *earlier == resize_mask(*later, earlier->size());
  return static_cast<double>(cv::countNonZero(same)) / static_cast<double>(same.total());
}

PictureMatch compare(const Candidate& candidate, const SurveyedPair& later, const Survey& survey) {
  constexpr double kLargestSide = 512;  // details of larger pictures are noise
  PictureMatch match{candidate.earlier, &later, candidate.orientation, 0, 0, -1};
  cv::Mat a = read_gray(*candidate.earlier, survey);
  cv::Mat b = oriented(read_gray(later, survey), candidate.orientation);
  const double scale = std::min(1.0, kLargestSide / std::max(a.cols, a.rows));
  const cv::Size size(cvRound(a.cols * scale), cvRound(a.rows * scale));
  for (cv::Mat* picture : {&a, &b}) {
    if (picture->size() != size) cv::resize(*picture, *picture, size, 0, 0, cv::INTER_AREA);
  }
  match.correlation = correlation_of(details(a), details(b));
  match.difference_smoothness = smoothness_of(a - b);
  return match;
}

// The most alike of the candidates; nothing where none is.
std::optional<PictureMatch> best_match(const Candidates& candidates, const SurveyedPair& later,
                                       const Survey& survey) {
  std::optional<PictureMatch> best;
  for (const Candidate& candidate : candidates) {
    const PictureMatch match = compare(candidate, later, survey);
    if (match.is_alike() && (!best || match.correlation > best->correlation)) best = match;
  }
  if (best) best->mask_agreement = agreement_of_masks(*best, survey);
  return best;
}

}  // namespace

bool PictureMatch::is_alike() const { return correlation >= kAlikeCorrelation; }

bool PictureMatch::is_same() const {
  return is_alike() && difference_smoothness <= kNoiseSmoothness;
}

// A checksum alone may agree by chance; all three never do.
bool has_equal_pixels(const SurveyedPair& a, const SurveyedPair& b) {
  constexpr double kRounding = 1e-6;
  constexpr int kAlikeBits = 10;  // of 64
  return a.pixel_checksum == b.pixel_checksum && std::abs(a.contrast - b.contrast) < kRounding &&
         likeness(a.hash, b.hash).bits <= kAlikeBits;
}

std::vector<PictureMatch> find_matches(const Survey& survey) {
  std::vector<PictureMatch> matches;
  Pairs earlier;
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    Pairs later;
    for (const SurveyedPair& pair : survey.pairs) {
      if (pair.split == split && pair.has_image() && pair.contrast > 0) later.push_back(&pair);
    }
    if (!earlier.empty() && !later.empty()) {
      const std::vector<Candidates> candidates = find_candidates(earlier, later);
      OrderedPipeline<std::optional<PictureMatch>> pipeline(
          later.size(), {survey.threads, static_cast<std::size_t>(4 * survey.threads)},
          [&](std::size_t i) { return best_match(candidates[i], *later[i], survey); });
      while (!pipeline.done()) {
        throw_if_interrupted();
        if (const auto match = pipeline.next()) matches.push_back(*match);
      }
    }
    earlier.insert(earlier.end(), later.begin(), later.end());
  }
  return matches;
}

}  // namespace flexunet
