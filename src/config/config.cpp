#include "flexunet/config/config.h"

#include "config/convert.h"
#include "config/document.h"
#include "config/settings.h"

namespace flexunet {
namespace fs = std::filesystem;

LoadedConfig load_config(const ConfigRequest& request) {
  Settings settings(read_document(request.file, request.overrides), request);
  LoadedConfig loaded;
  Options& options = loaded.options;
  options.config_file = fs::absolute(request.file).lexically_normal();
  options.project_dir = options.config_file.parent_path();
  options.network = read_network(settings);
  options.loss = read_loss(settings);
  options.optimizer = read_optimizer(settings);
  options.data = read_data(settings);
  options.augmentation = read_augmentation(settings);
  read_run(settings, options.project_dir, options);
  loaded.warnings = settings.finish();
  if (request.task == Task::kTrain) loaded.training_settings = list_training_settings(settings);
  return loaded;
}

LoadedAugmentation load_augmentation(const ConfigRequest& request) {
  Settings settings(request.file.empty() ? apply_overrides({}, request.overrides)
                                         : read_document(request.file, request.overrides),
                    request);
  LoadedAugmentation loaded;
  loaded.options = read_augmentation(settings);
  loaded.warnings = settings.finish();
  return loaded;
}

}  // namespace flexunet
