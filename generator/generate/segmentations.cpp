#include "generator/generate/segmentations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace flexunet {
namespace {

using Series = std::vector<const ScanSlice*>;
using SeriesKey = std::pair<std::string, std::string>;  // patient, series
using SeriesByKey = std::map<SeriesKey, Series>;

// Positions as text lose that much, in mm.
constexpr double kSamePlace = 0.01;

bool is_segmentation(const ScanSlice& slice) {
  return slice.dicom != nullptr && slice.dicom->is_segmentation;
}

const PatientPlane& plane_of(const ScanSlice& slice) {
  return slice.dicom->frame(slice.index).plane;
}

SeriesByKey by_series(const std::vector<ScanSlice>& images) {
  SeriesByKey all;
  for (const ScanSlice& image : images) {
    if (image.dicom) all[{image.patient, image.series}].push_back(&image);
  }
  return all;
}

// Whether a frame of a segmentation was made from the slice.
bool is_source(const SegmentFrame& frame, const ScanSlice& slice) {
  return std::any_of(frame.sources.begin(), frame.sources.end(), [&](const DicomSource& source) {
    const bool is_frame =
        source.frame == slice.index + 1 || (source.frame == 0 && slice.count == 1);
    return source.instance == slice.dicom->instance && is_frame;
  });
}

// Whether a frame of the file was made from a slice of the series.
bool has_source_in(const DicomFacts& segmentation, const Series& series) {
  std::set<std::string> instances;
  for (const ScanSlice* slice : series) instances.insert(slice->dicom->instance);
  for (const SegmentFrame& frame : segmentation.segments) {
    for (const DicomSource& source : frame.sources) {
      if (instances.count(source.instance) > 0) return true;
    }
  }
  return false;
}

// The series that a segmentation belongs to: which it names, which its frames name, or which lies
// in the same frame of reference. Reports where it is none or not clear which.
const Series* find_series(const ScanSlice& mask, const SeriesByKey& all, Findings& findings) {
  const DicomFacts& facts = *mask.dicom;
  const auto find = [&](auto belongs) {
    std::vector<const Series*> found;
    for (const auto& [key, series] : all) {
      if (belongs(key, series)) found.push_back(&series);
    }
    return found;
  };
  std::vector<const Series*> found = find([&](const SeriesKey& key, const Series& series) {
    return (!facts.segmented_series.empty() && key.second == facts.segmented_series &&
            key.first == mask.patient) ||
           has_source_in(facts, series);
  });
  if (found.empty() && facts.segmented_series.empty()) {
    found = find([&](const SeriesKey& key, const Series& series) {
      return key.first == mask.patient &&
             series[0]->dicom->frame_of_reference == facts.frame_of_reference;
    });
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    findings.add(fmt::format("{}: none of the images is of the series that it segments{}",
                             mask.file.string(),
                             facts.segmented_series.empty() ? "" : ", " + facts.segmented_series));
  } else {
    findings.add(
        fmt::format("{}: belongs to {} series of the images as well: {}, {}: give it those "
                    "of one alone",
                    mask.file.string(), found.size(), found[0]->front()->file.string(),
                    found[1]->front()->file.string()));
  }
  return nullptr;
}

std::string shown(const cv::Vec3d& place) {
  return fmt::format("{:.6g}\\{:.6g}\\{:.6g}", place[0], place[1], place[2]);
}

// How a frame lies otherwise than a slice; empty where it does not.
std::string difference(const PatientPlane& frame, const PatientPlane& slice) {
  constexpr double kSameDirection = 1e-3, kSameSpacing = 0.01;
  if (frame.directions && slice.directions) {
    const auto& [right, down] = *slice.directions;
    const auto& [frame_right, frame_down] = *frame.directions;
    if (cv::norm(frame_right - right) > kSameDirection ||
        cv::norm(frame_down - down) > kSameDirection) {
      return fmt::format(
          "its rows run along {} and its columns along {}, those of its image along "
          "{} and {}",
          shown(frame_right), shown(frame_down), shown(right), shown(down));
    }
  }
  if (frame.spacing && slice.spacing) {
    for (std::size_t i = 0; i < 2; ++i) {
      const double own = (*frame.spacing)[i], other = (*slice.spacing)[i];
      if (std::abs(own - other) <= kSameSpacing * std::abs(other)) continue;
      return fmt::format("its pixels are {:.6g}x{:.6g} mm large, those of its image {:.6g}x{:.6g}",
                         (*frame.spacing)[0], (*frame.spacing)[1], (*slice.spacing)[0],
                         (*slice.spacing)[1]);
    }
  }
  if (frame.position && slice.position &&
      cv::norm(*frame.position - *slice.position) > kSamePlace) {
    return fmt::format("it lies at {}, its image at {}", shown(*frame.position),
                       shown(*slice.position));
  }
  return {};
}

// How far the slice is from the frame along the slice's normal, in mm.
std::optional<double> distance(const PatientPlane& frame, const PatientPlane& slice) {
  if (!frame.position || !slice.position || !slice.directions) return std::nullopt;
  return std::abs(normal_of(slice).dot(*frame.position - *slice.position));
}

// The slice that a frame belongs to, or null with the reason.
std::pair<const ScanSlice*, std::string> find_slice(const DicomFacts& facts, int index,
                                                    const Series& series) {
  const SegmentFrame& frame = facts.segments[static_cast<std::size_t>(index)];
  const PatientPlane& plane = facts.frame(index).plane;
  Series candidates;
  for (const ScanSlice* slice : series) {
    if (is_source(frame, *slice)) candidates.push_back(slice);
  }
  const bool is_named = candidates.size() == 1;
  if (candidates.empty()) candidates = series;
  if (!is_named) {
    if (!plane.position) return {nullptr, "names no slice of the images and has no position"};
    candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                    [&](const ScanSlice* slice) {
                                      const auto apart = distance(plane, plane_of(*slice));
                                      return !apart || *apart > kSamePlace;
                                    }),
                     candidates.end());
  }
  if (candidates.empty()) {
    return {nullptr,
            fmt::format("lies at {}, where no slice of the images is", shown(*plane.position))};
  }
  if (candidates.size() > 1) {
    return {nullptr,
            fmt::format("lies at {}, where {} and {} are as well: it names neither alone",
                        shown(*plane.position), candidates[0]->name(), candidates[1]->name())};
  }
  const std::string problem = difference(plane, plane_of(*candidates[0]));
  if (!problem.empty()) return {nullptr, fmt::format("{} ({})", problem, candidates[0]->name())};
  return {candidates[0], ""};
}

// The masks of a series' slices; reports what keeps frames from theirs, once for each reason.
std::map<const ScanSlice*, ScanSlice> masks_of(const ScanSlice& mask, const Series& series,
                                               Findings& findings) {
  std::map<const ScanSlice*, ScanSlice> masks;
  if (mask.size != series[0]->size) {
    findings.add(fmt::format("{}: {}x{} pixels, but its images have {}x{} ({})", mask.file.string(),
                             mask.size.width, mask.size.height, series[0]->size.width,
                             series[0]->size.height, series[0]->name()));
    return masks;
  }
  for (const ScanSlice* slice : series) {
    masks[slice] = mask;
    masks[slice].segment_frames.emplace();
  }
  for (int i = 0; i < static_cast<int>(mask.dicom->segments.size()); ++i) {
    const auto [slice, problem] = find_slice(*mask.dicom, i, series);
    if (slice != nullptr) {
      masks[slice].segment_frames->push_back(i);
    } else {
      findings.add(fmt::format("{}: frame {} (segment {}): {}", mask.file.string(), i + 1,
                               mask.dicom->segments[static_cast<std::size_t>(i)].label, problem));
    }
  }
  return masks;
}

}  // namespace

bool has_segmentation(const std::vector<ScanSlice>& slices) {
  return std::any_of(slices.begin(), slices.end(), is_segmentation);
}

void report_segmentations(const std::vector<ScanSlice>& images, Findings& findings) {
  for (const ScanSlice& image : images) {
    if (!is_segmentation(image)) continue;
    findings.add(
        fmt::format("{}: is a segmentation (SEG), which holds masks: move it from the "
                    "images to the masks",
                    image.file.string()));
  }
}

std::vector<SlicePair> pair_segmentations(const std::vector<ScanSlice>& images,
                                          const std::vector<ScanSlice>& masks, Findings& findings) {
  const SeriesByKey all = by_series(images);
  std::map<const Series*, const ScanSlice*> mask_of_series;
  std::map<const ScanSlice*, ScanSlice> mask_of;
  for (const ScanSlice& mask : masks) {
    if (!is_segmentation(mask)) {
      findings.add(
          fmt::format("{}: lies among segmentations (SEG): masks are either these or one "
                      "for each image",
                      mask.name()));
      continue;
    }
    const Series* series = find_series(mask, all, findings);
    if (series == nullptr) continue;
    const auto [other, is_first] = mask_of_series.emplace(series, &mask);
    if (is_first) {
      mask_of.merge(masks_of(mask, *series, findings));
    } else {
      findings.add(fmt::format("{}: segments the same series as {}: which one is the mask?",
                               mask.file.string(), other->second->file.string()));
    }
  }
  for (const auto& [key, series] : all) {
    if (mask_of_series.count(&series) > 0) continue;
    findings.add(fmt::format("{}: none of the masks segments its series, {}",
                             series[0]->file.string(), key.second));
  }
  std::vector<SlicePair> pairs;
  for (const ScanSlice& image : images) {
    if (!image.dicom) {
      findings.add(
          fmt::format("{}: is no DICOM file, but its masks are segmentations (SEG)", image.name()));
    }
    const auto mask = mask_of.find(&image);
    if (mask != mask_of.end()) pairs.push_back({image, mask->second});
  }
  return pairs;
}

}  // namespace flexunet
