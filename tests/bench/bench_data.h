#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/dataset/dataset.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// The config of one of the benchmark's networks, "256" or "knee".
std::filesystem::path bench_config(const std::string& network);

/// The options of a config whose data need not exist. Throws ConfigError.
Options bench_options(const std::filesystem::path& config);

/// `count` samples at the network's size, each drawn from its number: noise with an ellipse of
/// class 1. Three channels.
std::vector<Sample> drawn_samples(const NetworkOptions& network, int count);

/// A batch as tests/bench/compare draws it: the safetensors file's images (N,H,W,C) and class_masks
/// (N,H,W), both U8, as N samples. Throws CheckpointError, and DataError when a tensor is missing
/// or does not fit the network.
Dataset read_batch(const std::filesystem::path& file, const NetworkOptions& network);

/// Starts the count of peak_memory anew from what the process holds now. Linux alone.
void reset_peak_memory();

/// The most bytes that this process has held at once (resident set) since it started its program or
/// since reset_peak_memory. Linux alone.
std::int64_t peak_memory();

}  // namespace flexunet
