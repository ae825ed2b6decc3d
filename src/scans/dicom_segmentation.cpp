// Segmentations: DICOM PS3.3 A.51, C.8.20; label maps: PS3.3 A.51.1 (2024d).
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/core.hpp>

#include "scans/dicom_description.h"
#include "scans/dicom_elements.h"
#include "scans/dicom_frame.h"
#include "scans/dicom_slice.h"
#include "scans/gray_map.h"

namespace flexunet {
namespace {

// By numbers: DCMTK's names are not the same in each release.
constexpr const char* kSegmentation = "1.2.840.10008.5.1.4.1.1.66.4";
constexpr const char* kLabelMap = "1.2.840.10008.5.1.4.1.1.66.7";
const DcmTagKey kTotalColumns(0x0048, 0x0006);  // TotalPixelMatrixColumns

// The items of a sequence.
std::vector<DcmItem*> items_of(DcmItem* holder, const DcmTagKey& key) {
  std::vector<DcmItem*> items;
  DcmSequenceOfItems* sequence = nullptr;
  if (holder == nullptr || holder->findAndGetSequence(key, sequence).bad()) return items;
  for (DcmObject* item = nullptr;
       sequence != nullptr && (item = sequence->nextInContainer(item)) != nullptr;) {
    if (auto* found = dynamic_cast<DcmItem*>(item)) items.push_back(found);
  }
  return items;
}

std::vector<DicomSource> sources_of(const DicomFile& file, int frame) {
  std::vector<DicomSource> sources;
  for (DcmItem* derivation : items_of(file.frame_groups(frame), DCM_DerivationImageSequence)) {
    for (DcmItem* source : items_of(derivation, DCM_SourceImageSequence)) {
      const std::string instance = element_text(*source, DCM_ReferencedSOPInstanceUID);
      if (instance.empty()) continue;
      const auto number = element_numbers(*source, DCM_ReferencedFrameNumber, 1, file.name());
      sources.push_back({instance, number.empty() ? 0 : static_cast<int>(number.front())});
    }
  }
  return sources;
}

int label_of(const DicomFile& file, int frame) {
  const auto number =
      file.number(DCM_ReferencedSegmentNumber, DCM_SegmentIdentificationSequence, frame);
  constexpr double kMost = 255;
  if (!number) file.refuse(fmt::format("damaged: frame {} names no segment", frame + 1));
  if (*number != std::floor(*number) || *number < 1 || *number > kMost) {
    file.refuse(fmt::format("segment {} of frame {}: a mask holds the numbers 1 to {}", *number,
                            frame + 1, kMost));
  }
  return static_cast<int>(*number);
}

}  // namespace

bool is_segmentation(const DicomFile& file) {
  const std::string uid = file.text(DCM_SOPClassUID);
  return uid == kSegmentation || uid == kLabelMap;
}

void add_segments(const DicomFile& file, DicomFacts& facts) {
  facts.is_segmentation = true;
  const bool is_label_map = file.text(DCM_SOPClassUID) == kLabelMap;
  const std::string type = file.text(DCM_SegmentationType);
  const char* wanted = is_label_map ? "LABELMAP" : "BINARY";
  if (type != wanted) {
    file.refuse(
        fmt::format("a segmentation (SEG) of type {}, which is not read: BINARY and "
                    "LABELMAP are",
                    type.empty() ? "\"\"" : type));
  }
  if (file.has(kTotalColumns)) {
    file.refuse("a segmentation (SEG) in tiles, which is not read: one frame a slice is");
  }
  const auto frames = static_cast<std::size_t>(file.layout().frames);
  if (file.frames_with_groups() != frames) {
    file.refuse(fmt::format("damaged: a segmentation (SEG) of {} frames that describes {}", frames,
                            file.frames_with_groups()));
  }
  for (int frame = 0; frame < file.layout().frames; ++frame) {
    facts.segments.push_back({is_label_map ? 0 : label_of(file, frame), sources_of(file, frame)});
  }
  const auto series = items_of(&file.items(), DCM_ReferencedSeriesSequence);
  if (!series.empty()) facts.segmented_series = element_text(*series[0], DCM_SeriesInstanceUID);
}

SegmentLabels segment_labels(const DicomFile& file, const ScanSlice& slice) {
  if (!slice.segment_frames) {
    file.refuse("a segmentation (SEG): its frames belong to slices of the series it names");
  }
  SegmentLabels labels{cv::Mat::zeros(file.layout().size, CV_8UC1), 0};
  cv::Mat is_shared = cv::Mat::zeros(labels.mask.size(), CV_8UC1);
  for (const int frame : *slice.segment_frames) {
    const int label = slice.dicom->segments.at(static_cast<std::size_t>(frame)).label;
    const std::string where = fmt::format("{}, frame {}", file.name(), frame + 1);
    const cv::Mat pixels = labels_to_bytes(stored_values(file.read_frame(frame)), where);
    for (int y = 0; y < pixels.rows; ++y) {
      const auto* row = pixels.ptr<std::uint8_t>(y);
      auto* target = labels.mask.ptr<std::uint8_t>(y);
      for (int x = 0; x < pixels.cols; ++x) {
        if (row[x] == 0) continue;
        const auto value = label > 0 ? static_cast<std::uint8_t>(label) : row[x];
        if (target[x] != 0 && target[x] != value) is_shared.at<std::uint8_t>(y, x) = 1;
        target[x] = std::max(target[x], value);
      }
    }
  }
  labels.shared_pixels = static_cast<std::size_t>(cv::countNonZero(is_shared));
  return labels;
}

}  // namespace flexunet
