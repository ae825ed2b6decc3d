#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/scans/scans.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {

/// Reads the first slices of a scan as images; as masks they may be refused. True when they were
/// read.
inline bool reads_scan(const InputFile& file) {
  constexpr std::size_t kMostSlices = 3;
  ScanIntensity intensity;
  intensity.use_window = true;
  const std::string where = file.path().string();
  return reads_or_refuses<DataError>(where, [&] {
    std::vector<ScanSlice> slices = list_slices(file.path()).slices;
    slices.resize(std::min(slices.size(), kMostSlices));
    for (ScanSlice& slice : slices) {
      if (slice.dicom && slice.dicom->is_segmentation) {
        slice.segment_frames = {0, static_cast<int>(slice.dicom->segments.size()) - 1};
        require(read_label_slice(slice).size() == slice.size, "a mask as listed");
        continue;
      }
      reads_or_refuses<DataError>(where, [&] { read_label_slice(slice); });
      const cv::Mat picture = read_slice(slice, intensity);
      require(picture.type() == CV_8UC3 && picture.size() == slice.size, "a picture as listed");
    }
  });
}

}  // namespace flexunet
