#include "scans/dicom_slice.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "scans/dicom_elements.h"
#include "scans/dicom_frame.h"
#include "scans/dicom_window.h"
#include "scans/gray_map.h"
#include "scans/lookup_table.h"

namespace flexunet {
namespace {

// One colour of a palette (PS3.3 C.7.6.3.1.5): bytes for values from `first` on.
struct PaletteChannel {
  double first = 0;
  std::vector<std::uint8_t> bytes;
};

PaletteChannel read_channel(const DicomFile& file, const DcmTagKey& descriptor_key,
                            const DcmTagKey& data_key) {
  const LookupTable table =
      read_lookup_table(file, file.items(), descriptor_key, data_key, "palette");
  PaletteChannel channel;
  channel.first = with_sign(table.first, file.layout().is_signed);
  const int surplus = std::max(table.bits - 8, 0);
  for (const std::uint16_t entry : table.entries) {
    channel.bytes.push_back(static_cast<std::uint8_t>(entry >> surplus & 0xFF));
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

}  // namespace

cv::Mat dicom_picture(const DicomFile& file, int frame, const ScanIntensity& intensity,
                      const std::string& where) {
  const DicomFrame pixels = file.read_frame(frame);
  if (pixels.layout.samples == 3) return rgb_pixels(pixels);
  const cv::Mat values = stored_values(pixels);
  if (pixels.layout.color_space == "PALETTE COLOR") return palette_colors(file, values);
  const cv::Mat is_padding = find_padding(file, values);
  GrayValues shown = displayed_values(file, frame, values, intensity);
  if (!shown.range && !is_padding.empty()) {
    shown.range = range_of(shown.values, is_padding);
  }
  cv::Mat gray = map_to_bytes(shown.values, shown.range, where);
  if (pixels.layout.color_space == "MONOCHROME1") cv::bitwise_not(gray, gray);
  if (!is_padding.empty()) gray.setTo(0, is_padding);
  return gray;
}

cv::Mat dicom_labels(const DicomFile& file, int frame, const std::string& where) {
  const DicomFrame pixels = file.read_frame(frame);
  if (pixels.layout.samples == 3) return rgb_pixels(pixels);
  return labels_to_bytes(stored_values(pixels), where);
}

}  // namespace flexunet
