#pragma once

#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

namespace flexunet {

/// An image whose mask fits it worse than others do.
struct MisfittingPair {
  std::size_t index = 0;   ///< in the order of MaskFit::add, from 0
  double rank = 0;         ///< as in MaskFitResult, 0..1
  std::size_t better = 0;  ///< whose mask follows this image's edges most of those tried
};

/// How well the masks of a data set fit their images.
struct MaskFitResult {
  std::size_t pairs = 0;  ///< that count: masks with a border, images with edges, 5 other masks
  /// The share of other pairs' masks whose border follows an image's edges less than its own mask's
  /// does, 0..1, equal ones counting half: the median over all images. Masks that have nothing to
  /// do with their images give 0.5, those of sound data sets 0.9 and more.
  double median_rank = 1;
  /// Where names hold numbers: image i goes best with the mask `shift` places later in their
  /// order, and the median rank that this would give; none where no shift is convincing.
  std::optional<int> shift{};
  double shift_rank = 0;
  std::vector<MisfittingPair> worst{};  ///< the lowest ranks, lowest first, at most 8

  /// Whether masks seem to belong to other images: a median below 0.7 of at least 20 pairs. Of 20
  /// ranks that are uniform, the median scatters by 0.11 about 0.5.
  bool is_misfit() const;
};

/// Measures whether masks fit their images: the magnitude of Sobel's gradient along the border
/// between classes, both at 128x128, against the borders of up to 40 other pairs' masks laid over
/// the same image, without those that are nearly its own (80 % of the border). The result depends
/// on the pairs and their order alone.
class MaskFit {
 public:
  /// An image (H,W) CV_8UC(C) and its class mask (H,W) CV_8UC1 of any size. `name` tells the order
  /// ("10001", "IM-2"). Of more than 512 pairs every second, fourth ... is kept, 50 kB each.
  void add(const std::string& name, const cv::Mat& image, const cv::Mat& class_mask);
  MaskFitResult result() const;

 private:
  struct Sketch {
    std::string name;
    std::size_t index = 0;              // in the order of add
    cv::Mat edges;                      // (128,128) CV_16UC1, magnitude of the gradient
    std::vector<std::uint16_t> border;  // positions in `edges`
  };
  double strength(std::size_t image, std::size_t mask) const;
  void find_shift(const std::vector<std::vector<double>>& strangers, MaskFitResult& result) const;

  std::vector<Sketch> sketches_;
  std::size_t added_ = 0;
  std::size_t stride_ = 1;
};

/// What MaskFit::add makes of an image first: (128,128) CV_8UC1, the mean of the channels. Adding
/// this instead of the image gives the same result.
cv::Mat mask_fit_image(const cv::Mat& image);
/// The same of a mask (H,W) CV_8UC1 or CV_8UC3: (128,128), the nearest pixels.
cv::Mat mask_fit_mask(const cv::Mat& mask);

/// The warning for people, without the name of a data set; empty where nothing is to be said.
std::string mask_fit_warning(const MaskFitResult& fit);

}  // namespace flexunet
