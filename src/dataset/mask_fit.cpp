#include "flexunet/dataset/mask_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "flexunet/base/text.h"
#include "flexunet/imaging/resize.h"

namespace flexunet {
namespace {

constexpr int kSide = 128;
constexpr std::size_t kMostPairs = 512;
constexpr std::size_t kMostStrangers = 40;
constexpr std::size_t kFewestStrangers = 5;
constexpr std::size_t kFewestPairs = 20;
constexpr double kMisfitRank = 0.7;

cv::Mat edges_of(const cv::Mat& image) {
  const cv::Mat gray = mask_fit_image(image);
  cv::Mat x, y, magnitude, edges;
  cv::Sobel(gray, x, CV_32F, 1, 0);
  cv::Sobel(gray, y, CV_32F, 0, 1);
  cv::magnitude(x, y, magnitude);
  magnitude.convertTo(edges, CV_16U);
  return edges;
}

// Both sides of every step between two classes.
std::vector<std::uint16_t> border_of(const cv::Mat& class_mask) {
  const cv::Mat mask = mask_fit_mask(class_mask);
  std::vector<bool> is_border(static_cast<std::size_t>(kSide) * kSide);
  const auto mark = [&](int y, int x, int next_y, int next_x) {
    if (mask.at<std::uint8_t>(y, x) == mask.at<std::uint8_t>(next_y, next_x)) return;
    is_border[static_cast<std::size_t>(y * kSide + x)] = true;
    is_border[static_cast<std::size_t>(next_y * kSide + next_x)] = true;
  };
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      if (x + 1 < kSide) mark(y, x, y, x + 1);
      if (y + 1 < kSide) mark(y, x, y + 1, x);
    }
  }
  std::vector<std::uint16_t> border;
  for (std::size_t i = 0; i < is_border.size(); ++i) {
    if (is_border[i]) border.push_back(static_cast<std::uint16_t>(i));
  }
  return border;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double rank_among(double own, const std::vector<double>& strangers) {
  double below = 0;
  for (const double other : strangers) below += other < own ? 1 : other == own ? 0.5 : 0;
  return below / static_cast<double>(strangers.size());
}

// Other pairs than `own` of `count`, spread evenly.
std::vector<std::size_t> strangers_of(std::size_t own, std::size_t count) {
  const std::size_t strangers = std::min(kMostStrangers, count - 1);
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < strangers; ++i) {
    others.push_back((own + 1 + i * (count - 1) / strangers) % count);
  }
  return others;
}

// Masks that are nearly the same fit an image equally well, whomever they belong to.
bool is_nearly_same(const std::vector<std::uint16_t>& a, const std::vector<std::uint16_t>& b) {
  std::vector<std::uint16_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return 5 * both.size() >= 4 * std::max(a.size(), b.size());
}

bool has_number(const std::string& name) {
  return std::any_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

cv::Mat mask_fit_image(const cv::Mat& image) {
  const int channels = image.channels();
  cv::Mat gray = image;
  if (channels > 1)
    cv::transform(image, gray, cv::Mat(1, channels, CV_32F, cv::Scalar(1.0 / channels)));
  if (gray.size() == cv::Size(kSide, kSide)) return gray.clone();
  cv::Mat small;
  cv::resize(gray, small, {kSide, kSide}, 0, 0, cv::INTER_AREA);
  return small;
}

cv::Mat mask_fit_mask(const cv::Mat& mask) { return resize_mask(mask, {kSide, kSide}); }

bool MaskFitResult::is_misfit() const { return pairs >= kFewestPairs && median_rank < kMisfitRank; }

void MaskFit::add(const std::string& name, const cv::Mat& image, const cv::Mat& class_mask) {
  const std::size_t index = added_++;
  if (index % stride_ != 0) return;
  Sketch sketch{name, index, edges_of(image), border_of(class_mask)};
  if (sketch.border.empty() || cv::countNonZero(sketch.edges) == 0) return;
  sketches_.push_back(std::move(sketch));
  if (sketches_.size() <= kMostPairs) return;
  stride_ *= 2;
  sketches_.erase(std::remove_if(sketches_.begin(), sketches_.end(),
                                 [this](const Sketch& kept) { return kept.index % stride_ != 0; }),
                  sketches_.end());
}

// The mean magnitude along the border.
double MaskFit::strength(std::size_t image, std::size_t mask) const {
  const auto* edges = sketches_[image].edges.ptr<std::uint16_t>();
  const std::vector<std::uint16_t>& border = sketches_[mask].border;
  std::int64_t sum = 0;
  for (const std::uint16_t place : border) sum += edges[place];
  return static_cast<double>(sum) / static_cast<double>(border.size());
}

MaskFitResult MaskFit::result() const {
  constexpr std::size_t kMostWorst = 8;
  MaskFitResult result;
  std::vector<double> ranks;
  std::vector<std::vector<double>> strangers(sketches_.size());
  for (std::size_t i = 0; i < sketches_.size(); ++i) {
    std::vector<std::size_t> others = strangers_of(i, sketches_.size());
    others.erase(std::remove_if(others.begin(), others.end(),
                                [&](std::size_t other) {
                                  return is_nearly_same(sketches_[i].border,
                                                        sketches_[other].border);
                                }),
                 others.end());
    if (others.size() < kFewestStrangers) continue;
    for (const std::size_t other : others) strangers[i].push_back(strength(i, other));
    const auto best = std::max_element(strangers[i].begin(), strangers[i].end());
    const std::size_t better = others[static_cast<std::size_t>(best - strangers[i].begin())];
    ranks.push_back(rank_among(strength(i, i), strangers[i]));
    result.worst.push_back({sketches_[i].index, ranks.back(), sketches_[better].index});
  }
  result.pairs = ranks.size();
  if (ranks.empty()) return result;
  result.median_rank = median(ranks);
  std::stable_sort(
      result.worst.begin(), result.worst.end(),
      [](const MisfittingPair& a, const MisfittingPair& b) { return a.rank < b.rank; });
  if (result.worst.size() > kMostWorst) result.worst.resize(kMostWorst);
  if (result.is_misfit() && stride_ == 1) find_shift(strangers, result);
  return result;
}

void MaskFit::find_shift(const std::vector<std::vector<double>>& strangers,
                         MaskFitResult& result) const {
  constexpr int kFarthest = 20;
  constexpr double kConvincing = 0.8, kDeviations = 4.5;
  if (!std::all_of(sketches_.begin(), sketches_.end(),
                   [](const Sketch& sketch) { return has_number(sketch.name); })) {
    return;
  }
  std::vector<std::size_t> order(sketches_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return natural_less(sketches_[a].name, sketches_[b].name);
  });
  const int count = static_cast<int>(order.size());
  for (int shift = -kFarthest; shift <= kFarthest; ++shift) {
    if (shift == 0) continue;
    std::vector<double> ranks;
    for (int i = std::max(0, -shift); i < count - std::max(0, shift); ++i) {
      const std::size_t image = order[static_cast<std::size_t>(i)];
      const std::size_t mask = order[static_cast<std::size_t>(i + shift)];
      if (strangers[image].empty()) continue;
      ranks.push_back(rank_among(strength(image, mask), strangers[image]));
    }
    if (ranks.size() < kFewestPairs) continue;
    const double found = median(ranks);
    // One of forty shifts must not convince by chance: a median of n scatters by 1 / (2 sqrt n).
    const double chance = 0.5 + kDeviations / (2 * std::sqrt(static_cast<double>(ranks.size())));
    if (found < std::max(kConvincing, chance) || found <= result.shift_rank) continue;
    result.shift = shift;
    result.shift_rank = found;
  }
}

std::string mask_fit_warning(const MaskFitResult& fit) {
  if (!fit.is_misfit()) return "";
  std::string text = fmt::format(
      "masks do not seem to belong to their images: their borders follow the images' edges no "
      "better than other images' masks do (median rank {:.2f} of {} pairs: 0.5 is chance, fitting "
      "masks have 0.9 and more)",
      fit.median_rank, fit.pairs);
  if (fit.shift) {
    const int places = std::abs(*fit.shift);
    text += fmt::format(
        "; by the order of their names, each mask fits the image {} place{} {} best "
        "({:.2f})",
        places, places == 1 ? "" : "s", *fit.shift > 0 ? "earlier" : "later", fit.shift_rank);
  }
  return text;
}

}  // namespace flexunet
