#include "scans/dicom_slice.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "scans/dicom_frame.h"
#include "scans/gray_map.h"

namespace flexunet {
namespace {

// One colour of a palette (PS3.3 C.7.6.3.1.5): bytes for values from `first` on.
struct PaletteChannel {
  double first = 0;
  std::vector<std::uint8_t> bytes;
};

PaletteChannel read_channel(const DicomFile& file, const DcmTagKey& descriptor_key,
                            const DcmTagKey& data_key) {
  const std::vector<std::uint16_t> descriptor = file.words(descriptor_key);
  const std::vector<std::uint16_t> data = file.words(data_key);
  if (descriptor.size() != 3) file.refuse("damaged: its palette has no complete description");
  if (data.empty()) file.refuse("its palette is missing or in segments, which is not read");
  const std::size_t entries = descriptor[0] == 0 ? 65536 : descriptor[0];
  const int bits = descriptor[2];
  PaletteChannel channel;
  channel.first = file.layout().is_signed ? static_cast<std::int16_t>(descriptor[1])
                                          : static_cast<double>(descriptor[1]);
  if (data.size() < entries && (bits != 8 || 2 * data.size() < entries)) {
    file.refuse(fmt::format("damaged: its palette holds {} of {} colours", data.size(), entries));
  }
  const bool is_packed = data.size() < entries;  // two bytes a word
  for (std::size_t i = 0; i < entries; ++i) {
    const int word = data[is_packed ? i / 2 : i];
    const int shift = is_packed ? static_cast<int>(i % 2) * 8 : std::max(bits - 8, 0);
    channel.bytes.push_back(static_cast<std::uint8_t>(word >> shift & 0xFF));
  }
  return channel;
}

cv::Mat palette_colors(const DicomFile& file, const cv::Mat& values) {
  const std::array<PaletteChannel, 3> palette{
      read_channel(file, DCM_RedPaletteColorLookupTableDescriptor,
                   DCM_RedPaletteColorLookupTableData),
      read_channel(file, DCM_GreenPaletteColorLookupTableDescriptor,
                   DCM_GreenPaletteColorLookupTableData),
      read_channel(file, DCM_BluePaletteColorLookupTableDescriptor,
                   DCM_BluePaletteColorLookupTableData)};
  cv::Mat rgb(values.size(), CV_8UC3);
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* row = values.ptr<double>(y);
    auto* target = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < rgb.cols; ++x) {
      for (int c = 0; c < 3; ++c) {
        const PaletteChannel& channel = palette.at(static_cast<std::size_t>(c));
        // Values beyond the table take its nearest end.
        const double last = static_cast<double>(channel.bytes.size() - 1);
        const double at = std::clamp(row[x] - channel.first, 0.0, last);
        target[x][c] = channel.bytes[static_cast<std::size_t>(at)];
      }
    }
  }
  return rgb;
}

cv::Mat rescaled(const DicomFile& file, int frame, const cv::Mat& values) {
  if (file.has(DCM_ModalityLUTSequence)) {
    file.refuse("a ModalityLUTSequence is not read: only RescaleSlope and RescaleIntercept are");
  }
  const auto& group = DCM_PixelValueTransformationSequence;
  const double slope = file.number(DCM_RescaleSlope, group, frame).value_or(1.0);
  const double intercept = file.number(DCM_RescaleIntercept, group, frame).value_or(0.0);
  if (!std::isfinite(slope) || !std::isfinite(intercept) || slope == 0.0) {
    file.refuse(fmt::format("damaged: RescaleSlope {}, RescaleIntercept {}", slope, intercept));
  }
  cv::Mat result;
  values.convertTo(result, CV_64F, slope, intercept);
  return result;
}

// PS3.3 C.11.2.1.2 and C.11.2.1.3.2.
std::optional<GrayRange> window_of(const DicomFile& file, int frame) {
  const auto& group = DCM_FrameVOILUTSequence;
  const auto center = file.number(DCM_WindowCenter, group, frame);
  const auto width = file.number(DCM_WindowWidth, group, frame);
  if (!center || !width) return std::nullopt;
  const std::string function = file.frame_text(DCM_VOILUTFunction, group, frame);
  const bool is_exact = function == "LINEAR_EXACT";
  if (!is_exact && !function.empty() && function != "LINEAR") {
    file.refuse(
        fmt::format("VOILUTFunction {} is not read: LINEAR and LINEAR_EXACT are", function));
  }
  if (!std::isfinite(*center) || !(is_exact ? *width > 0.0 : *width >= 1.0)) {
    file.refuse(fmt::format("damaged: WindowCenter {}, WindowWidth {}", *center, *width));
  }
  const double middle = is_exact ? *center : *center - 0.5;
  // A width of 1 is a threshold: black up to the middle, white above.
  const double half = std::max((is_exact ? *width : *width - 1.0) / 2.0, 1e-6);
  return GrayRange{middle - half, middle + half};
}

std::optional<GrayRange> range_for(const DicomFile& file, int frame,
                                   const ScanIntensity& intensity) {
  if (intensity.use_window) {
    if (const auto window = window_of(file, frame)) return window;
  }
  if (!intensity.range) return std::nullopt;
  return GrayRange{intensity.range->first, intensity.range->second};
}

}  // namespace

cv::Mat dicom_picture(const DicomFile& file, int frame, const ScanIntensity& intensity,
                      const std::string& where) {
  const DicomFrame pixels = file.read_frame(frame);
  if (pixels.layout.samples == 3) return rgb_pixels(pixels);
  const cv::Mat values = stored_values(pixels);
  if (pixels.layout.color_space == "PALETTE COLOR") return palette_colors(file, values);
  cv::Mat gray =
      map_to_bytes(rescaled(file, frame, values), range_for(file, frame, intensity), where);
  if (pixels.layout.color_space == "MONOCHROME1") cv::bitwise_not(gray, gray);
  return gray;
}

cv::Mat dicom_labels(const DicomFile& file, int frame, const std::string& where) {
  const DicomFrame pixels = file.read_frame(frame);
  if (pixels.layout.samples == 3) return rgb_pixels(pixels);
  return labels_to_bytes(stored_values(pixels), where);
}

}  // namespace flexunet
