#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/console/arguments.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/loader/batch_loader.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// What every program that runs the network needs first.
struct Session {
  Options options;
  TrainingSettings training_settings;
  TrainingSettings training_defaults;
  torch::Device device;
  std::string precision;           ///< as --precision says
  torch::ScalarType compute_type;  ///< of the network's activations, once it is chosen
  int threads;
  bool lenient;
  bool dry_run;

  /// How the network gets its batches.
  LoaderOptions loading(int batch_size) const;
};

/// Reads the config, prints its warnings, selects device and threads. Throws ConfigError.
Session open_session(const Arguments& arguments, Task task);

struct NamedSplit {
  std::string name;  ///< "train", "valid", "test"
  SplitFolders folders;
};

/// Loads splits and prints what decoding found and where the samples are: as [dataset] cache says,
/// but in a dry run nowhere. Throws DataError with the problems of all of them.
std::vector<Dataset> load_splits(const Session& session, const std::vector<NamedSplit>& splits);

/// Prints the network and its parameters.
void describe_network(const NetworkOptions& network);

/// What a checkpoint tells about the data it was trained on, beside its network.
Metadata data_metadata(const Options& options);

/// The metadata entry with the class weights of the loss, a JSON list; absent where it has none.
inline constexpr const char* kClassWeightsEntry = "class_weights";

struct TrainedModel {
  FlexUNet network{nullptr};
  Metadata metadata;  ///< empty for a Keras model
};

/// The best model of [train] model_dir, native or else Keras's, in evaluation mode on the session's
/// device, to predict batches of so many images. Warns where it was trained at another image size.
/// Throws CheckpointError: there is none, or it does not fit the config.
TrainedModel load_best_model(const Session& session, int batch_size);

}  // namespace flexunet
