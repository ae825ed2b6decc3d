#pragma once

#include <string>
#include <vector>

#include "apps/session.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// What a checkpoint says about the run that made it, as metadata: no folders and no times, so that
/// equal runs give equal bytes.
struct RunDescription {
  Metadata metadata;  ///< options, seed, class weights, data set fingerprint, software versions
  TrainingSettings defaults;  ///< of its options
  Metadata file_checksums;  ///< of each training and validation sample, to name those that changed
};

/// `splits` are those of training and validation; `loss` has its class weights.
RunDescription describe_run(const Session& session, const std::vector<Dataset>& splits,
                            const LossOptions& loss, std::uint64_t seed);

/// How this run differs from that of a checkpoint.
struct RunDifferences {
  std::vector<std::string> forbidden;  ///< it would be another run
  std::vector<std::string> allowed;    ///< such as epochs and patience
  std::vector<std::string> libraries;  ///< allowed, but sums come out otherwise in the last digits
  bool learning_rate = false;          ///< the config's is another one
};
RunDifferences compare_runs(const SafetensorsFile& checkpoint, const RunDescription& run);

/// The seed of a checkpoint's run. Throws CheckpointError where it tells none.
std::uint64_t seed_of(const SafetensorsFile& checkpoint);

}  // namespace flexunet
