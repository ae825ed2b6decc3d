#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>

#include "flexunet/base/files.h"
#include "flexunet/base/random.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "generator/phantom/phantom.h"

namespace flexunet {

/// Writes an image and its mask as folder/{images,masks}/stem.png.
inline void write_pair(const std::filesystem::path& folder, const std::string& stem,
                       const cv::Mat& image, const cv::Mat& mask) {
  write_png(folder / "images" / (stem + ".png"), image);
  write_png(folder / "masks" / (stem + ".png"), mask);
}

/// Writes phantoms as folder/{images,masks}/10001.png ..., not divided into splits.
inline void write_phantom_pairs(const std::filesystem::path& folder, int count, int size = 32,
                                int first = 1) {
  const RgbMap rgb_map(phantom_rgb_map());
  for (int i = first; i < first + count; ++i) {
    const Phantom phantom = make_phantom(size, 137, static_cast<std::uint64_t>(i));
    write_pair(folder, std::to_string(10000 + i), phantom.image,
               rgb_map.encode(phantom.class_mask));
  }
}

/// Adds both flips of every pair, as an offline augmentation does.
inline void add_flips(const std::filesystem::path& folder) {
  for (const std::filesystem::path& file : list_files(folder / "images")) {
    const std::string stem = file.stem().string();
    const cv::Mat image = read_picture(file);
    const cv::Mat mask = read_picture(folder / "masks" / (stem + ".png"));
    for (const int axis : {0, 1}) {
      cv::Mat image_variant, mask_variant;
      cv::flip(image, image_variant, axis);
      cv::flip(mask, mask_variant, axis);
      write_pair(folder, (axis == 0 ? "vflipped_" : "hflipped_") + stem, image_variant,
                 mask_variant);
    }
  }
}

/// Shuffles the files of a folder and divides them 7 : 2 : 1, whatever belongs together: after
/// add_flips, the leak of the original.
inline void split_by_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto files = list_files(from / "images");
  const auto order = shuffled_order(files.size(), 137, 0);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const char* split = 10 * i < 7 * files.size()   ? "train"
                        : 10 * i < 9 * files.size() ? "valid"
                                                    : "test";
    const std::filesystem::path name = files[order[i]].filename();
    for (const char* kind : {"images", "masks"}) {
      create_folder(to / split / kind);
      std::filesystem::copy_file(from / kind / name, to / split / kind / name);
    }
  }
}

}  // namespace flexunet
