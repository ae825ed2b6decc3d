#include "generator/phantom/dicom_phantom.h"

#include <fmt/format.h>

#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "flexunet/base/files.h"
#include "flexunet/base/random.h"
#include "flexunet/base/staged_folder.h"
#include "generator/phantom/dicom_writer.h"
#include "generator/phantom/knee_scanner.h"
#include "generator/phantom/phantom.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// Streams of random numbers, apart from those of make_phantom, which are 0, 1, 2, ...
constexpr std::uint64_t kPatientStream = std::uint64_t{1} << 40U;
constexpr std::uint64_t kNoiseStream = std::uint64_t{1} << 41U;
constexpr std::uint64_t kNameStream = std::uint64_t{1} << 42U;

// The knee is as large whatever the number of pixels.
constexpr double kFieldOfView = 160.0;  // mm
constexpr double kThickness = 4.0;      // mm

// Of the slice in the knee, -1..1; the slices of a patient lie evenly about the middle.
double position_of(int slice) { return (2 * slice + 1.0) / kSlicesPerPatient - 1.0; }

// What a UID names.
enum class Named : std::uint64_t { kStudy, kSeries, kFrame, kInstance };

// Any number below 2.25 is a UID (PS3.5 B.2); this one depends on the seed alone.
std::string uid(std::uint64_t seed, Named named, int number) {
  constexpr std::uint64_t kKinds = 4;
  CounterRandom random(seed, kNameStream + kKinds * static_cast<std::uint64_t>(number) +
                                 static_cast<std::uint64_t>(named));
  return fmt::format("2.25.{}", random.next());
}

std::string patient_id(int patient) { return fmt::format("P{:03}", patient + 1); }

DicomSlice describe(const ScanPhantomRequest& request, int index) {
  const int patient = index / kSlicesPerPatient, number = index % kSlicesPerPatient;
  DicomSlice slice;
  slice.patient_id = patient_id(patient);
  slice.patient_name = fmt::format("Phantom^{:03}", patient + 1);
  slice.study_uid = uid(request.seed, Named::kStudy, patient);
  slice.series_uid = uid(request.seed, Named::kSeries, patient);
  slice.frame_uid = uid(request.seed, Named::kFrame, patient);
  slice.instance_uid = uid(request.seed, Named::kInstance, index);
  slice.number = number + 1;
  slice.x = kThickness * (number - (kSlicesPerPatient - 1) / 2.0);
  slice.thickness = kThickness;
  slice.pixel_spacing = kFieldOfView / request.size;
  return slice;
}

void write_mask(const fs::path& path, const cv::Mat& class_mask) {
  std::vector<unsigned char> bytes;
  cv::imencode(".png", class_mask * 255, bytes);
  write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

ScanPhantom make_scan_phantom(int size, std::uint64_t seed, int index) {
  CounterRandom of_patient(seed,
                           kPatientStream + static_cast<std::uint64_t>(index / kSlicesPerPatient));
  const KneeAnatomy knee(of_patient);
  const KneeScanner scanner(of_patient);
  const double position = position_of(index % kSlicesPerPatient);
  CounterRandom noise(seed, kNoiseStream + static_cast<std::uint64_t>(index));
  const KneeScan scan = scanner.scan(knee.cut_at(position), size, noise, position);
  ScanPhantom phantom{cv::Mat(), scan.class_mask};
  constexpr double kMostValue = 4095.0;
  scan.brightness.convertTo(phantom.values, CV_16UC1, kMostValue);
  return phantom;
}

void write_scan_phantoms(const ScanPhantomRequest& request) {
  check_phantom_size(request.count, request.size);
  StagedFolder folder(request.out);
  for (int index = 0; index < request.count; ++index) {
    const ScanPhantom phantom = make_scan_phantom(request.size, request.seed, index);
    DicomSlice slice = describe(request, index);
    slice.values = phantom.values;
    const fs::path name = fs::path(slice.patient_id) / fmt::format("{:02}", slice.number);
    write_file(folder.path() / "images" / (name.string() + ".dcm"), dicom_bytes(slice));
    write_mask(folder.path() / "masks" / (name.string() + ".png"), phantom.class_mask);
  }
  folder.finish();
}

}  // namespace flexunet
