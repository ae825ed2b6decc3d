#include "generator/generate/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <sstream>
#include <string>

#include "flexunet/base/files.h"
#include "flexunet/drawing/canvas.h"
#include "flexunet/imaging/augmentation.h"
#include "generator/common/manifest.h"

namespace flexunet {
namespace {

// Pixels.
constexpr int kPictureSide = 152;
constexpr int kGap = 4;
constexpr int kMargin = 14;
constexpr int kCaption = 54;
constexpr int kColumns = 3;
constexpr int kCellWidth = 2 * kPictureSide + kGap + kMargin;
constexpr int kCellHeight = kPictureSide + kCaption;

// As large as fits into a square, for people to look at.
cv::Mat thumbnail(const cv::Mat& picture) {
  const double scale = static_cast<double>(kPictureSide) / std::max(picture.cols, picture.rows);
  const cv::Size size(std::max(1, static_cast<int>(picture.cols * scale)),
                      std::max(1, static_cast<int>(picture.rows * scale)));
  cv::Mat small;
  cv::resize(picture, small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
  return small;
}

cv::Mat overlay(const ImageAndMask& pictures) {
  cv::Mat blended, is_black;
  cv::addWeighted(pictures.image, 0.5, pictures.mask, 0.5, 0, blended);
  cv::inRange(pictures.mask, cv::Scalar::all(0), cv::Scalar::all(0), is_black);
  pictures.image.copyTo(blended, is_black);
  return blended;
}

// Lines as wide as a cell, broken at spaces.
std::vector<std::string> wrapped(Canvas& canvas, const std::string& text, const TextStyle& style) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool fits = !lines.empty() && canvas.text_width(lines.back() + " " + word, style) <=
                                            2 * kPictureSide + kGap;
    if (fits) {
      lines.back() += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

void draw_cell(Canvas& canvas, int index, const ImageAndMask& pictures,
               const AugmentationName& name) {
  const Point corner{kMargin + static_cast<double>(index % kColumns) * kCellWidth,
                     kMargin + static_cast<double>(index / kColumns) * kCellHeight};
  canvas.picture(corner, thumbnail(pictures.image));
  canvas.picture({corner.x + kPictureSide + kGap, corner.y}, thumbnail(overlay(pictures)));
  TextStyle style;
  style.size = 12;
  style.bold = true;
  canvas.text({corner.x, corner.y + kPictureSide + 11}, name.method, style);
  style.bold = false;
  style.color = kGray;
  double y = corner.y + kPictureSide + 26;
  for (const std::string& line : wrapped(canvas, name.parameters, style)) {
    canvas.text({corner.x, y}, line, style);
    y += 14;
  }
}

}  // namespace

std::vector<Augmentation> every_method(const AugmentorOptions& augmentor) {
  std::vector<Augmentation> candidates = list_variants(with_every_method(augmentor));
  candidates.insert(candidates.end(), {Shrinking{}, Shearing{}});  // if their lists are empty
  std::vector<Augmentation> variants;
  std::set<std::string> methods;
  for (const Augmentation& variant : candidates) {
    if (methods.insert(name_of(variant).method).second) variants.push_back(variant);
  }
  return variants;
}

void write_contact_sheet(const std::filesystem::path& file, const ImageAndMask& source,
                         const std::vector<Augmentation>& variants, std::uint64_t seed) {
  const int cells = static_cast<int>(variants.size()) + 1;
  const int rows = (cells + kColumns - 1) / kColumns;
  Canvas canvas(kMargin + kColumns * kCellWidth, kMargin + rows * kCellHeight);
  draw_cell(canvas, 0, source, {kSourceMethod, "", ""});
  for (int i = 1; i < cells; ++i) {
    const Augmentation& variant = variants[static_cast<std::size_t>(i - 1)];
    CounterRandom random(seed, static_cast<std::uint64_t>(i - 1));
    draw_cell(canvas, i, make_variant(source, variant, random), name_of(variant));
  }
  write_file(file, canvas.png());
}

}  // namespace flexunet
