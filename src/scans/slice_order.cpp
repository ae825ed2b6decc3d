#include "scans/slice_order.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "flexunet/base/text.h"

namespace flexunet {
namespace {

using Files = std::vector<ScanSlice>;

bool comes_before(const ScanSlice& a, const ScanSlice& b) {
  return natural_less(a.file.native(), b.file.native());
}

// Whether positions along one normal say how files follow each other.
bool have_positions(const Files& series) {
  constexpr double kParallel = 0.999;  // within 2.5 degrees
  const auto lies_beside_first = [&](const ScanSlice& slice) {
    const PatientPlane& plane = slice.dicom->frame(0).plane;
    const PatientPlane& first = series.front().dicom->frame(0).plane;
    return plane.position && plane.directions && first.directions &&
           normal_of(plane).dot(normal_of(first)) > kParallel;
  };
  return std::all_of(series.begin(), series.end(), lies_beside_first);
}

constexpr double kSamePlace = 1e-3;  // mm, about what is left of positions written as text

// How often the next one lies further along than the one before, less how often it lies back.
int rises(const std::vector<double>& positions) {
  int count = 0;
  for (std::size_t i = 1; i < positions.size(); ++i) {
    const double step = positions[i] - positions[i - 1];
    if (std::abs(step) >= kSamePlace) count += step > 0 ? 1 : -1;
  }
  return count;
}

// Along the normal or against it, as the order before goes, which files at the same position keep:
// scanners number a series in either direction, and masks are numbered as it is.
void sort_by_position(Files& series) {
  const cv::Vec3d normal = normal_of(series.front().dicom->frame(0).plane);
  std::vector<double> positions;
  for (const ScanSlice& slice : series) {
    positions.push_back(normal.dot(*slice.dicom->frame(0).plane.position));
  }
  const double direction = rises(positions) < 0 ? -1.0 : 1.0;
  std::vector<std::pair<double, std::size_t>> places;
  for (const double position : positions) places.emplace_back(direction * position, places.size());
  std::sort(places.begin(), places.end());
  for (auto begin = places.begin(); begin != places.end();) {
    auto end = begin + 1;
    while (end != places.end() && end->first - (end - 1)->first < kSamePlace) ++end;
    std::sort(begin, end, [](const auto& a, const auto& b) { return a.second < b.second; });
    begin = end;
  }
  Files sorted;
  for (const auto& [position, index] : places) sorted.push_back(std::move(series[index]));
  series = std::move(sorted);
}

void sort_series(Files& series) {
  std::sort(series.begin(), series.end(), comes_before);
  const auto has_number = [](const ScanSlice& slice) { return slice.dicom->number.has_value(); };
  if (std::all_of(series.begin(), series.end(), has_number)) {
    std::stable_sort(series.begin(), series.end(), [](const ScanSlice& a, const ScanSlice& b) {
      return *a.dicom->number < *b.dicom->number;
    });
  }
  if (have_positions(series)) sort_by_position(series);
}

}  // namespace

void order_files(std::vector<ScanSlice>& files) {
  std::sort(files.begin(), files.end(), comes_before);
  std::map<std::pair<std::string, std::string>, std::size_t> place_of;
  std::vector<Files> groups;
  for (ScanSlice& file : files) {
    const bool is_alone = file.dicom == nullptr || file.series.empty();
    const auto [place, is_new] =
        is_alone ? std::pair(place_of.end(), true)
                 : place_of.emplace(std::pair(file.patient, file.series), groups.size());
    if (is_new) groups.emplace_back();
    (is_alone ? groups.back() : groups[place->second]).push_back(std::move(file));
  }
  files.clear();
  for (Files& group : groups) {
    if (group.size() > 1) sort_series(group);
    std::move(group.begin(), group.end(), std::back_inserter(files));
  }
}

}  // namespace flexunet
