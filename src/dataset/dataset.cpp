#include "flexunet/dataset/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <thread>

#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/npy.h"
#include "flexunet/imaging/resize.h"
#include "flexunet/imaging/rgb_map.h"

namespace flexunet {
namespace {

// One decoded pair, or why it could not be decoded.
struct Outcome {
  Sample sample;
  std::int64_t off_palette_pixels = 0;
  bool mask_resized = false;
  std::string problem;
  std::exception_ptr fatal;  // not the file's fault
};

bool same_aspect_ratio(cv::Size a, cv::Size b) {
  constexpr std::int64_t kPercent = 100;
  const std::int64_t left = std::int64_t{a.width} * b.height;
  const std::int64_t right = std::int64_t{b.width} * a.height;
  return std::llabs(left - right) * kPercent <= right;
}

class PairDecoder {
 public:
  explicit PairDecoder(const DatasetRequest& request)
      : network_(*request.network),
        data_(*request.data),
        lenient_(request.lenient),
        rgb_map_(request.data->rgb_map) {
    if (rgb_map_.num_classes() != network_.num_classes) {
      throw ConfigError(fmt::format("rgb_map has {} entries: must be num_classes = {}",
                                    rgb_map_.num_classes(), network_.num_classes));
    }
  }

  Outcome decode(const SamplePair& pair) const {
    Outcome outcome;
    try {
      decode_into(outcome, pair);
    } catch (const std::bad_alloc&) {
      outcome.fatal = std::current_exception();
    } catch (const Error& error) {
      outcome.problem = error.what();
    } catch (const std::exception& error) {
      outcome.problem = fmt::format("{}: {}", pair.image.string(), error.what());
    }
    return outcome;
  }

 private:
  void decode_into(Outcome& outcome, const SamplePair& pair) const {
    const cv::Size model_size(network_.image_width, network_.image_height);
    const cv::Mat image = read_image(pair.image, network_, data_);
    const cv::Mat class_mask = read_mask(pair.mask, outcome);
    if (class_mask.size() != image.size()) {
      outcome.mask_resized = true;
      if (!lenient_ && !same_aspect_ratio(class_mask.size(), image.size())) {
        throw DataError(fmt::format(
            "{}: the mask is {}x{} but its image {} is {}x{}: the shapes must agree within 1 % "
            "(--lenient resizes the mask all the same)",
            pair.mask.string(), class_mask.cols, class_mask.rows, pair.image.string(), image.cols,
            image.rows));
      }
    }
    outcome.sample = {pair.stem, resize_image(image, model_size),
                      resize_class_mask(class_mask, model_size), pair.image};
  }

  cv::Mat read_mask(const std::filesystem::path& path, Outcome& outcome) const {
    // find_pairs lets nothing else than .npz files through when the config asks for them.
    if (!is_picture(path)) return read_npz_class_mask(path, network_.num_classes);
    const RgbMap::Decoded decoded = rgb_map_.decode(read_picture(path));
    outcome.off_palette_pixels = decoded.off_palette_pixels;
    return decoded.class_mask;
  }

  const NetworkOptions& network_;
  const DataOptions& data_;
  bool lenient_;
  RgbMap rgb_map_;
};

// Calls work(0) .. work(count - 1), which may not throw, from several threads.
template <typename Work>
void for_each_index(std::size_t count, int threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> workers;
  const std::size_t wanted = static_cast<std::size_t>(std::max(threads, 1));
  for (std::size_t i = 1; i < std::min(wanted, count); ++i) workers.emplace_back(take_turns);
  take_turns();
  for (std::thread& worker : workers) worker.join();
}

std::vector<Outcome> decode_all(const std::vector<SamplePair>& pairs,
                                const DatasetRequest& request) {
  const PairDecoder decoder(request);
  std::vector<Outcome> outcomes(pairs.size());
  for_each_index(pairs.size(), request.threads,
                 [&](std::size_t i) { outcomes[i] = decoder.decode(pairs[i]); });
  return outcomes;
}

std::uint32_t checksum_of(const cv::Mat& picture, std::uint32_t before) {
  for (int y = 0; y < picture.rows; ++y) {
    const auto* row = reinterpret_cast<const char*>(picture.ptr(y));
    const auto columns = static_cast<std::size_t>(picture.cols);
    before = crc32_of({row, columns * picture.elemSize()}, before);
  }
  return before;
}

void count_classes(const cv::Mat& class_mask, std::vector<std::int64_t>& class_pixels) {
  for (int y = 0; y < class_mask.rows; ++y) {
    const auto* row = class_mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < class_mask.cols; ++x) ++class_pixels[row[x]];
  }
}

std::string counted(std::size_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

// The decoded pairs; incomplete when files were wrong, which `findings` then names.
Dataset decode_dataset(const std::vector<SamplePair>& pairs, const DatasetRequest& request,
                       Findings& findings) {
  Dataset dataset;
  DatasetReport& report = dataset.report;
  report.class_pixels.resize(static_cast<std::size_t>(request.network->num_classes));
  std::vector<Outcome> outcomes = decode_all(pairs, request);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Outcome& outcome = outcomes[i];
    if (outcome.fatal) std::rethrow_exception(outcome.fatal);
    if (!outcome.problem.empty()) {
      findings.add(request.split_name + ": " + outcome.problem);
      continue;
    }
    report.off_palette_pixels += outcome.off_palette_pixels;
    report.off_palette_files += outcome.off_palette_pixels > 0 ? 1 : 0;
    if (outcome.mask_resized && report.resized_masks++ == 0) {
      report.first_resized_mask = pairs[i].mask.string();
    }
    count_classes(outcome.sample.class_mask, report.class_pixels);
    dataset.samples.push_back(std::move(outcome.sample));
  }
  return dataset;
}

}  // namespace

std::vector<std::string> DatasetReport::warnings(const std::string& split_name) const {
  std::vector<std::string> lines;
  if (off_palette_pixels > 0) {
    lines.push_back(
        fmt::format("{}: {} pixel{} in {} had colours outside rgb_map; each got its nearest class",
                    split_name, with_thousands(off_palette_pixels),
                    off_palette_pixels == 1 ? "" : "s", counted(off_palette_files, "mask")));
  }
  if (resized_masks > 0) {
    lines.push_back(fmt::format(
        "{}: {} had another size than the image and {} resized; the first: {}", split_name,
        counted(resized_masks, "mask"), resized_masks == 1 ? "was" : "were", first_resized_mask));
  }
  std::vector<std::size_t> absent;
  for (std::size_t i = 0; i < class_pixels.size(); ++i) {
    if (class_pixels[i] == 0) absent.push_back(i);
  }
  if (!absent.empty()) {
    lines.push_back(fmt::format("{}: no mask holds a pixel of {} {}", split_name,
                                absent.size() == 1 ? "class" : "the classes",
                                fmt::join(absent, ", ")));
  }
  return lines;
}

std::vector<Dataset> load_datasets(const std::vector<DatasetRequest>& requests) {
  Findings findings;
  std::vector<std::vector<SamplePair>> pairs;
  for (const DatasetRequest& request : requests) {
    pairs.push_back(find_pairs(request.split_name, request.folders, *request.data, findings));
  }
  findings.throw_if_any<DataError>();
  std::vector<Dataset> datasets;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    datasets.push_back(decode_dataset(pairs[i], requests[i], findings));
  }
  findings.throw_if_any<DataError>();
  return datasets;
}

std::vector<std::uint32_t> sample_checksums(const Dataset& dataset, int threads) {
  std::vector<std::uint32_t> checksums(dataset.samples.size());
  for_each_index(checksums.size(), threads, [&](std::size_t i) {
    const Sample& sample = dataset.samples[i];
    checksums[i] = checksum_of(sample.class_mask, checksum_of(sample.image, 0));
  });
  return checksums;
}

Dataset load_dataset(const DatasetRequest& request) {
  return std::move(load_datasets({request}).front());
}

cv::Mat read_image(const std::filesystem::path& path, const NetworkOptions& network,
                   const DataOptions& data) {
  const bool is_npy = data.image_format == ImageFileFormat::kNpy;
  cv::Mat image = is_npy ? read_npy_image(path, data.intensity_range)
                         : read_scaled_picture(path, data.intensity_range);
  if (image.channels() != network.image_channels) {
    throw DataError(
        fmt::format("{}: {} channel{}, but image_channels = {}: {}", path.string(),
                    image.channels(), image.channels() == 1 ? "" : "s", network.image_channels,
                    is_npy ? "all arrays must have the channels that [model] image_channels says"
                           : "other channels than 3 need file_format = \"NPY\""));
  }
  return image;
}

}  // namespace flexunet
