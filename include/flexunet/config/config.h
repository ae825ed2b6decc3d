#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// What the options are for: a key that does not parse is an error only when the task uses it.
enum class Task { kTrain, kEvaluate, kInfer, kTiledInfer, kInspect, kGenerate };

struct ConfigRequest {
  std::filesystem::path file;               ///< train_eval_infer.config
  std::vector<std::string> overrides = {};  ///< "section.key=value", parsed like the file
  Task task = Task::kTrain;
  bool strict = false;   ///< unknown keys are errors
  bool lenient = false;  ///< a value that does not parse gives the original's default and a warning
};

/// What decides the result of a training, by key ("[model] base_filters"), each value as JSON, in
/// the file or by default. Keys without effect, folders, and what previews, evaluation and
/// inference read are left out.
using TrainingSettings = std::map<std::string, std::string>;

struct LoadedConfig {
  Options options;
  TrainingSettings training_settings;
  TrainingSettings training_defaults;  ///< of all keys that may stand there, used or not
  std::vector<std::string> warnings;   ///< one a line, each with file, line and a hint
};

/// Reads and checks a config file. Throws ConfigError with every finding at once.
LoadedConfig load_config(const ConfigRequest& request);

struct LoadedAugmentor {
  AugmentorOptions options;
  std::vector<std::string> warnings;  ///< as in LoadedConfig
};

/// Reads what flexunet-generate takes from a config, with the original generator's defaults, which
/// are others than those of training; an empty file name gives the defaults and the overrides. The
/// task must be kGenerate. Throws ConfigError with every finding at once.
LoadedAugmentor load_augmentor(const ConfigRequest& request);

/// The config as it is written (file and overrides) as JSON: every section and key, also unknown
/// ones and values that do not parse; no semantic checks. Throws ConfigError when the file itself
/// cannot be read as a config.
std::string dump_config(const ConfigRequest& request);

/// The value of every known key that has one, given or by default, as JSON in the same form. Throws
/// as dump_config.
std::string dump_effective_config(const ConfigRequest& request);

/// docs/configuration.md: section, key, type, default, range, who uses it and what it means.
std::string key_reference();

}  // namespace flexunet
