#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/imaging/image_io.h"
#include "support/load_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {

/// A split on disk, pairs "p0", "p1", ... of 8x8 pixels and two classes, and what loading it said.
class SplitFolder {
 public:
  explicit SplitFolder(int pairs) {
    network.image_width = 8;
    network.image_height = 8;
    network.num_classes = 2;
    data.mask_file_format = ".png";
    data.rgb_map = {{{0, 0, 0}, 0}, {{128, 40, 40}, 1}};
    for (int i = 0; i < pairs; ++i) add_pair(i);
  }

  std::filesystem::path images() const { return folder_.path() / "images"; }
  std::filesystem::path masks() const { return folder_.path() / "masks"; }
  std::filesystem::path image(int i) const { return images() / fmt::format("p{}.png", i); }
  std::filesystem::path cache_folder() const { return folder_.path() / "dataset_cache"; }
  std::filesystem::path cache() const { return cache_folder() / "train.samples"; }

  /// An image of one colour; the first i columns of its mask are of class 1.
  void add_pair(int i) const {
    write_image(i, 10 * (i + 1));
    cv::Mat mask(8, 8, CV_8UC3, cv::Scalar(0, 0, 0));
    mask.colRange(0, i % 8).setTo(cv::Scalar(128, 40, 40));
    write_png(masks() / fmt::format("p{}.png", i), mask);
  }
  void write_image(int i, int gray) const {
    write_png(image(i), cv::Mat(8, 8, CV_8UC3, cv::Scalar::all(gray)));
  }

  Dataset load(DatasetCache cache, int threads = 2) {
    said.clear();
    warned.clear();
    DatasetStorage storage{cache, cache_folder(),
                           [this](const std::string& text) {
                             said += text + "\n";
                             if (on_message) on_message(text);
                           },
                           [this](const std::string& text) { warned += text + "\n"; },
                           available_memory};
    return load_dataset({"train", {images(), masks()}, &network, &data, threads}, storage);
  }
  /// The message of the error that loading gives.
  template <typename ErrorType = DataError>
  std::string problem(DatasetCache cache, int threads = 2) {
    try {
      load(cache, threads);
    } catch (const ErrorType& error) {
      return error.what();
    }
    return "no error";
  }

  bool has_said(const std::string& part) const { return said.find(part) != std::string::npos; }

  NetworkOptions network;
  DataOptions data;
  std::optional<std::uint64_t> available_memory;
  std::function<void(const std::string&)> on_message;
  std::string said;
  std::string warned;

 private:
  TemporaryFolder folder_;
};

/// The gray value of a sample's image, which has one colour.
inline int gray_of(const Sample& sample) { return sample.image.at<cv::Vec3b>(3, 3)[1]; }

/// The message of the error that reading a sample gives.
inline std::string sample_problem(const Dataset& dataset, std::size_t i) {
  try {
    dataset.sample(i);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

/// Flips a bit of a file in its place.
inline void flip_bit(const std::filesystem::path& file, std::size_t byte) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(byte));
  const int value = stream.get();
  stream.seekp(static_cast<std::streamoff>(byte));
  stream.put(static_cast<char>(value ^ 4));
}

/// Writes a file again, byte by byte as `content` says, such that size, inode and mtime stay.
inline void rewrite_in_secret(const std::filesystem::path& file, const std::string& content) {
  struct stat before {};
  ::stat(file.c_str(), &before);
  std::ofstream(file, std::ios::binary | std::ios::in) << content;
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ::utimensat(AT_FDCWD, file.c_str(), times, 0);
}

}  // namespace flexunet
