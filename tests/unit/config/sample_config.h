#pragma once

#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/config/config.h"
#include "support/temporary_folder.h"

namespace flexunet {

/// True when `part` occurs in `text`.
inline bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The lines, each with a line end.
inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// A config that every task accepts without a warning; line 2 is image_width.
inline std::string sample_config() {
  return R"([model]
image_width  = 64
image_height = 32
num_classes  = 2
base_filters = 4
num_layers   = 3
dropout_rate = 0.05
[train]
images_dir = "./train/images"
masks_dir  = "./train/masks"
[valid]
images_dir = "./valid/images"
masks_dir  = "./valid/masks"
[test]
images_dir = "./test/images"
masks_dir  = "./test/masks"
[infer]
images_dir = "./mini_test/images"
output_dir = "./mini_test_output"
[mask]
rgb_map = {(0,0,0):0, (255,0,0):1}
)";
}

/// Loads a text as if it were the file train_eval_infer.config.
inline LoadedConfig load_text(const std::string& text, ConfigRequest request = {}) {
  const TemporaryFolder folder;
  request.file = folder.write("train_eval_infer.config", text);
  return load_config(request);
}

/// The message of the ConfigError that loading gives, without the folder's name; "" if it loads.
inline std::string error_of(const std::string& text, ConfigRequest request = {}) {
  const TemporaryFolder folder;
  request.file = folder.write("train_eval_infer.config", text);
  try {
    load_config(request);
  } catch (const ErrorOf<ExitCode::kConfig>& error) {
    std::string message = error.what();
    const std::string prefix = folder.path().string() + "/";
    for (std::size_t at = 0; (at = message.find(prefix, at)) != std::string::npos;) {
      message.erase(at, prefix.size());
    }
    return message;
  }
  return "";
}

/// A request with overrides.
inline ConfigRequest with(std::vector<std::string> overrides, Task task = Task::kTrain) {
  ConfigRequest request;
  request.overrides = std::move(overrides);
  request.task = task;
  return request;
}

}  // namespace flexunet
