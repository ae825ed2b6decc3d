#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

/// One weight of a Keras layer, row-major in Keras's layout.
struct KerasWeight {
  std::string name;  ///< as the layer lists it: "conv2d/kernel:0"
  std::vector<std::int64_t> shape;
  std::vector<float> data;
};

/// One layer as a file lists it; many have no weights.
struct KerasLayer {
  std::string name;
  std::vector<KerasWeight> weights;
};

/// What an HDF5 file of Keras 2 says about a model.
struct KerasModel {
  std::vector<KerasLayer> layers;  ///< in the file's order
  std::string architecture;  ///< the JSON of model_config; empty where only weights were saved
};

/// Reads a whole model (model.save) or its weights (save_weights). Throws CheckpointError saying
/// what was found and what is supported: no HDF5 file, a Keras 3 archive, truncated, no
/// layer_names, weights of another type than float32.
KerasModel read_keras_h5(const std::filesystem::path& path);

/// Writes a weights file that Keras's load_weights accepts; equal input gives equal bytes.
/// Throws OutputError.
void write_keras_h5(const std::filesystem::path& path, const std::vector<KerasLayer>& layers);

}  // namespace flexunet
