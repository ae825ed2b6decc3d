#include "scans/dicom_window.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "scans/dicom_elements.h"
#include "scans/lookup_table.h"

namespace flexunet {
namespace {

struct Rescaling {
  double slope = 1.0;
  double intercept = 0.0;
};

Rescaling rescaling_of(const DicomFile& file, int frame) {
  if (file.has(DCM_ModalityLUTSequence)) {
    file.refuse("a ModalityLUTSequence is not read: only RescaleSlope and RescaleIntercept are");
  }
  const auto& group = DCM_PixelValueTransformationSequence;
  const Rescaling rescaling{file.number(DCM_RescaleSlope, group, frame).value_or(1.0),
                            file.number(DCM_RescaleIntercept, group, frame).value_or(0.0)};
  if (rescaling.slope == 0.0) file.refuse("damaged: RescaleSlope is 0");
  return rescaling;
}

// PS3.3 C.11.2.1.2 and C.11.2.1.3.2.
GrayRange range_of_window(const DicomFile& file, int frame, double center, double width) {
  const std::string function = file.frame_text(DCM_VOILUTFunction, DCM_FrameVOILUTSequence, frame);
  const bool is_exact = function == "LINEAR_EXACT";
  if (!is_exact && !function.empty() && function != "LINEAR") {
    file.refuse(
        fmt::format("VOILUTFunction {} is not read: LINEAR and LINEAR_EXACT are", function));
  }
  if (!(is_exact ? width > 0.0 : width >= 1.0)) {
    file.refuse(fmt::format("damaged: WindowCenter {}, WindowWidth {}", center, width));
  }
  const double middle = is_exact ? center : center - 0.5;
  // A width of 1 is a threshold: black up to the middle, white above.
  const double half = std::max((is_exact ? width : width - 1.0) / 2.0, 1e-6);
  return {middle - half, middle + half};
}

// The first item of the VOILUTSequence that counts for the frame, or null.
DcmItem* find_voi_table(const DicomFile& file, int frame) {
  DcmItem* table = nullptr;
  DcmItem& holder = file.find_item(DCM_VOILUTSequence, DCM_FrameVOILUTSequence, frame);
  holder.findAndGetSequenceItem(DCM_VOILUTSequence, table, 0);
  return table;
}

// The lowest value that rescaling can give.
double lowest_value(const DicomLayout& layout, const Rescaling& rescaling) {
  const double count = std::ldexp(1.0, layout.bits_stored);
  const double low = layout.is_signed ? -count / 2 : 0.0;
  const double high = low + count - 1.0;
  return std::min(low * rescaling.slope, high * rescaling.slope) + rescaling.intercept;
}

GrayValues looked_up(const DicomFile& file, DcmItem& item, cv::Mat values, double lowest) {
  const LookupTable table =
      read_lookup_table(file, item, DCM_LUTDescriptor, DCM_LUTData, "VOILUTSequence");
  if (table.bits < 8 || table.bits > 16) {
    file.refuse(fmt::format("damaged: its VOILUTSequence has {} bits an entry, 8 to 16 are read",
                            table.bits));
  }
  // Some write the first value without a type that has a sign.
  const double first = with_sign(table.first, table.is_signed || lowest < 0.0);
  const double last = static_cast<double>(table.entries.size() - 1);
  for (int y = 0; y < values.rows; ++y) {
    auto* row = values.ptr<double>(y);
    std::transform(row, row + values.cols, row, [&](double value) {
      const double at = std::clamp(std::floor(value - first), 0.0, last);
      return static_cast<double>(table.entries[static_cast<std::size_t>(at)]);
    });
  }
  return {std::move(values), GrayRange{0.0, std::ldexp(1.0, table.bits) - 1.0}};
}

}  // namespace

GrayValues displayed_values(const DicomFile& file, int frame, const cv::Mat& stored,
                            const ScanIntensity& intensity) {
  const Rescaling rescaling = rescaling_of(file, frame);
  GrayValues gray;
  stored.convertTo(gray.values, CV_64F, rescaling.slope, rescaling.intercept);
  if (intensity.range) gray.range = GrayRange{intensity.range->first, intensity.range->second};
  if (!intensity.use_window) return gray;
  const auto center = file.number(DCM_WindowCenter, DCM_FrameVOILUTSequence, frame);
  const auto width = file.number(DCM_WindowWidth, DCM_FrameVOILUTSequence, frame);
  if (center && width) {
    gray.range = range_of_window(file, frame, *center, *width);
  } else if (DcmItem* table = find_voi_table(file, frame)) {
    return looked_up(file, *table, gray.values, lowest_value(file.layout(), rescaling));
  } else if (center || width) {
    file.refuse(fmt::format("damaged: {} without {}", center ? "WindowCenter" : "WindowWidth",
                            center ? "WindowWidth" : "WindowCenter"));
  }
  return gray;
}

bool has_window(const DicomFile& file, int frame) {
  const auto has_value = [&](const DcmTagKey& key) {
    return file.find_item(key, DCM_FrameVOILUTSequence, frame).tagExistsWithValue(key);
  };
  return has_value(DCM_WindowCenter) || has_value(DCM_WindowWidth) ||
         find_voi_table(file, frame) != nullptr;
}

cv::Mat find_padding(const DicomFile& file, const cv::Mat& stored) {
  // As 16 bits whatever type the file gives them: the pixels say whether they have a sign.
  const auto number = [&](const DcmTagKey& key) -> std::optional<double> {
    const auto numbers = element_numbers(file.items(), key, 1, file.name());
    if (numbers.empty()) return std::nullopt;
    const double value = numbers.front();
    if (value != std::floor(value) || std::abs(value) > 65535.0) return value;
    const auto word = static_cast<std::uint16_t>(static_cast<std::int32_t>(value));
    return with_sign(word, file.layout().is_signed);
  };
  const auto value = number(DCM_PixelPaddingValue);
  const auto limit = number(DCM_PixelPaddingRangeLimit);
  if (!value && limit) file.refuse("damaged: PixelPaddingRangeLimit without PixelPaddingValue");
  if (!value) return {};
  const double low = std::min(*value, limit.value_or(*value));
  const double high = std::max(*value, limit.value_or(*value));
  cv::Mat is_padding(stored.size(), CV_8UC1);
  for (int y = 0; y < stored.rows; ++y) {
    const auto* row = stored.ptr<double>(y);
    std::transform(row, row + stored.cols, is_padding.ptr<std::uint8_t>(y), [&](double pixel) {
      return static_cast<std::uint8_t>(pixel >= low && pixel <= high ? 255 : 0);
    });
  }
  return is_padding;
}

}  // namespace flexunet
