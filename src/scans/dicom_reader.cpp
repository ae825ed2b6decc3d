#include "scans/dicom_reader.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>

#include "flexunet/base/error.h"
#include "flexunet/base/isolated.h"
#include "scans/dcmtk_setup.h"
#include "scans/dicom_description.h"
#include "scans/dicom_file.h"
#include "scans/dicom_slice.h"
#include "scans/gray_map.h"

namespace flexunet {
namespace {

[[noreturn]] void too_large(const std::filesystem::path& path) {
  throw DataError(path.string() + ": its pixels do not fit the memory");
}

// Numbers, then bytes, on their way from the child.
using Numbers = std::array<std::int32_t, 4>;

void append_numbers(const Numbers& numbers, const Append& append) {
  append({reinterpret_cast<const char*>(numbers.data()), sizeof numbers});
}

Numbers take_numbers(std::string_view& bytes) {
  Numbers numbers;
  if (bytes.size() < sizeof numbers) throw std::runtime_error("an answer without numbers");
  std::memcpy(numbers.data(), bytes.data(), sizeof numbers);
  bytes.remove_prefix(sizeof numbers);
  return numbers;
}

template <typename Work>
ChildBytes run_on(const std::filesystem::path& path, Work work) {
  // Once here instead of in each child; afterwards this process leaves DCMTK alone, so that no
  // thread holds a lock of its when a child begins.
  prepare_dcmtk();
  // Beyond the values of the largest picture that is read.
  constexpr ChildLimits kLimits{300, std::uint64_t{16} << 30U};
  try {
    return run_isolated(
        [&](const Append& append) {
          try {
            work(DicomFile(path), append);
          } catch (const std::bad_alloc&) {
            too_large(path);
          } catch (const cv::Exception&) {  // its own way of asking for too much
            too_large(path);
          }
        },
        kLimits);
  } catch (const ChildFailure& failure) {
    throw DataError(fmt::format("{}: {}", path.string(), failure.explain("DICOM", "DCMTK")));
  }
}

void append_picture(const cv::Mat& picture, const Append& append) {
  append_numbers({picture.cols, picture.rows, picture.channels(), 0}, append);
  append({reinterpret_cast<const char*>(picture.data), picture.total() * picture.elemSize()});
}

// The picture that `read` makes of the file, which is gray or RGB.
template <typename Read>
cv::Mat read_picture_of(const ScanSlice& slice, Read read) {
  const ChildBytes answer = run_on(slice.file, [&](const DicomFile& file, const Append& append) {
    append_picture(read(file), append);
  });
  std::string_view bytes = answer.view();
  const auto [width, height, channels, unused] = take_numbers(bytes);
  cv::Mat picture(height, width, CV_8UC(channels));
  if (bytes.size() != picture.total() * picture.elemSize()) {
    throw std::runtime_error("an answer of another size than it says");
  }
  std::memcpy(picture.data, bytes.data(), bytes.size());
  return channels == 1 ? gray_to_rgb(picture) : picture;
}

}  // namespace

ScanSlice describe_dicom(const std::filesystem::path& path) {
  const ChildBytes answer = run_on(path, [](const DicomFile& file, const Append& append) {
    ScanSlice slice;
    slice.size = file.layout().size;
    slice.count = is_segmentation(file) ? 1 : file.layout().frames;
    slice.patient = file.text(DCM_PatientID);
    slice.series = file.text(DCM_SeriesInstanceUID);
    slice.dicom = std::make_shared<DicomFacts>(find_facts(file));
    append(pack_slice(slice));
  });
  ScanSlice slice = unpack_slice(answer.view());
  slice.file = path;
  return slice;
}

cv::Mat read_dicom(const ScanSlice& slice, const ScanIntensity& intensity) {
  return read_picture_of(slice, [&](const DicomFile& file) {
    if (is_segmentation(file)) {
      file.refuse("is a segmentation (SEG), which holds masks: it is no image");
    }
    return dicom_picture(file, slice.index, intensity, slice.name());
  });
}

cv::Mat read_dicom_labels(const ScanSlice& slice) {
  return read_picture_of(slice, [&](const DicomFile& file) {
    if (slice.dicom && slice.dicom->is_segmentation) return segment_labels(file, slice).mask;
    return dicom_labels(file, slice.index, slice.name());
  });
}

std::size_t count_shared_pixels(const ScanSlice& mask) {
  if (!mask.segment_frames || mask.segment_frames->size() < 2) return 0;
  const ChildBytes answer = run_on(mask.file, [&](const DicomFile& file, const Append& append) {
    append_numbers({static_cast<std::int32_t>(segment_labels(file, mask).shared_pixels), 0, 0, 0},
                   append);
  });
  std::string_view bytes = answer.view();
  return static_cast<std::size_t>(take_numbers(bytes)[0]);
}

}  // namespace flexunet
