#include "apps/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <opencv2/core/utility.hpp>

#include "apps/precision.h"
#include "flexunet/base/allocator.h"
#include "flexunet/base/denormals.h"
#include "flexunet/base/error.h"
#include "flexunet/base/text.h"
#include "flexunet/base/threads.h"
#include "flexunet/console/console.h"
#include "flexunet/keras/keras_weights.h"
#include "flexunet/model/device.h"
#include "flexunet/options/network_layers.h"
#include "flexunet/options/project_files.h"
#include "flexunet/options/rgb_map_entries.h"

namespace flexunet {
namespace {

// Another rgb_map would name every class wrongly; another size only makes the scores worse.
void require_same_data(const Metadata& metadata, const Options& options,
                       const std::filesystem::path& file) {
  const Metadata wanted = data_metadata(options);
  const auto differs = [&](const std::string& key) {
    const auto stored = metadata.find(key);
    return stored != metadata.end() && stored->second != wanted.at(key);
  };
  if (differs("rgb_map")) {
    throw CheckpointError(
        fmt::format("{}: trained with rgb_map = {}, the config has {}: use the map "
                    "of the training, or train anew",
                    file.string(), metadata.at("rgb_map"), wanted.at("rgb_map")));
  }
  if (differs("intensity_range")) {
    warn(
        fmt::format("{}: trained with [image] intensity_range = {}, the config has {}: images of "
                    "16 bits look different to the network",
                    file.string(), metadata.at("intensity_range"), wanted.at("intensity_range")));
  }
  if (differs("image_size")) {
    warn(fmt::format("{}: trained at {} pixels, the config has {}", file.string(),
                     metadata.at("image_size"), wanted.at("image_size")));
  }
}

torch::Device device_of(const Arguments& arguments) {
  try {
    return select_device(arguments.device);
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("--device {}", error.what()));
  }
}

// Keras 3's form is looked for to say that it is not supported, rather than that there is nothing.
constexpr const char* kKeras3ModelFile = "best_model.keras";

std::filesystem::path find_best_model(const std::filesystem::path& model_dir) {
  std::error_code unreadable;
  for (const char* name : {kBestModelFile, kKerasModelFile, kKeras3ModelFile}) {
    if (!std::filesystem::exists(model_dir / name, unreadable)) continue;
    if (name != kBestModelFile) {
      say(fmt::format("model: {} (there is no {})", (model_dir / name).string(), kBestModelFile));
    }
    return model_dir / name;
  }
  throw CheckpointError(
      fmt::format("{}: no trained model; train first (flexunet-train), or set [train] model_dir",
                  (model_dir / kBestModelFile).string()));
}

}  // namespace

Session open_session(const Arguments& arguments, Task task) {
  flush_denormals();
  keep_freed_memory();
  LoadedConfig config = load_config(config_request(arguments, task));
  for (const std::string& warning : config.warnings) warn(warning);
  Session session{std::move(config.options),
                  std::move(config.training_settings),
                  std::move(config.training_defaults),
                  device_of(arguments),
                  arguments.precision,
                  torch::kFloat32,
                  select_threads(arguments.threads),
                  arguments.lenient,
                  arguments.dry_run};
  cv::setNumThreads(1);  // see base/threads.h
  set_up_device(session.device,
                arguments.deterministic ? Determinism::kDeterministic : Determinism::kFastest);
  say_more(fmt::format("device {}, {} threads", session.device.str(), session.threads));
  return session;
}

LoaderOptions Session::loading(int batch_size) const {
  return {batch_size, loader_workers(threads, device.is_cuda()), device};
}

std::vector<Dataset> load_splits(const Session& session, const std::vector<NamedSplit>& splits) {
  std::vector<DatasetRequest> requests;
  for (const NamedSplit& split : splits) {
    DatasetRequest request;
    request.split_name = split.name;
    request.folders = split.folders;
    request.network = &session.options.network;
    request.data = &session.options.data;
    request.threads = session.threads;
    request.lenient = session.lenient;
    request.lenient_option = "--lenient";
    requests.push_back(request);
  }
  DatasetStorage storage{session.options.data.cache, session.options.project_dir / kCacheFolder,
                         say, warn};
  if (session.dry_run) storage = {DatasetCache::kNone};
  std::vector<Dataset> datasets = load_datasets(requests, storage);
  for (std::size_t i = 0; i < splits.size(); ++i) {
    say(fmt::format("{:<6} {} images from {}", splits[i].name,
                    with_thousands(static_cast<std::int64_t>(datasets[i].size())),
                    splits[i].folders.images_dir.string()));
    for (const std::string& warning : datasets[i].report().warnings(splits[i].name)) warn(warning);
  }
  return datasets;
}

void describe_network(const NetworkOptions& network) {
  say(fmt::format(
      "FlexUNet {}x{}x{}, {} classes, {} levels, {} filters and {}x{} kernels at the top: {} "
      "parameters",
      network.image_width, network.image_height, network.image_channels, network.num_classes,
      network.num_layers, network.base_filters, network.base_kernel, network.base_kernel,
      with_thousands(parameter_count(network))));
}

Metadata data_metadata(const Options& options) {
  std::vector<RgbMapEntry> by_class = options.data.rgb_map;
  std::sort(by_class.begin(), by_class.end(), [](const RgbMapEntry& a, const RgbMapEntry& b) {
    return a.class_index < b.class_index;
  });
  const std::optional<IntensityRange>& range = options.data.intensity_range;
  return {{"rgb_map", rgb_map_text(by_class)},
          {"image_size",
           fmt::format("{}x{}", options.network.image_width, options.network.image_height)},
          {"intensity_range",
           range ? fmt::format("({},{})", range->low, range->high) : "each image's own"}};
}

TrainedModel load_best_model(const Session& session, int batch_size) {
  const std::filesystem::path file = find_best_model(session.options.train.model_dir);
  TrainedModel model{FlexUNet(session.options.network, std::nullopt), {}};
  model.metadata = load_any_weights(file, model.network).metadata;
  require_same_data(model.metadata, session.options, file);
  model.network->to(session.device);
  model.network->set_compute_type(
      choose_compute_type(session, model.metadata, Pass::kPrediction, batch_size));
  model.network->eval();
  return model;
}

}  // namespace flexunet
