#include "integration/toy_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "flexunet/base/files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kConfig = R"([model]
model           = "FlexUNet"
image_width     = 64
image_height    = 64
image_channels  = 3
num_classes     = 2
base_filters    = 8
base_kernels    = (3,3)
num_layers      = 4
dropout_rate    = 0.02
optimizer       = "Adam"
learning_rate   = 0.002
clipvalue       = 0.5
loss            = "categorical_crossentropy"
metrics         = ["dice_coef_multiclass"]

[train]
epochs     = {}
batch_size = 4
patience   = 10
model_dir  = "./models/"
eval_dir   = "./eval/"
images_dir = "../../../dataset/Toy/train/images/"
masks_dir  = "../../../dataset/Toy/train/masks/"
epoch_change_infer     = True
epoch_change_infer_dir = "./epoch_change_infer"
num_infer_images       = 2

[valid]
images_dir = "../../../dataset/Toy/valid/images/"
masks_dir  = "../../../dataset/Toy/valid/masks/"

[test]
images_dir = "../../../dataset/Toy/test/images/"
masks_dir  = "../../../dataset/Toy/test/masks/"

[infer]
images_dir = "../../../dataset/Toy/test/images/"
output_dir = "./mini_test_output/"

[mask]
mask_file_format = ".png"
)";
// Apart, because its braces mean something to the formatter.
constexpr const char* kRgbMap = "rgb_map = {(0,0,0):0, (128,40,40):1}\n";

bool runs_the_network(const std::string& name) {
  return name == "train" || name == "evaluate" || name == "infer";
}

}  // namespace

ToyProject::ToyProject(int images, int epochs) {
  folder_.write("projects/FlexUNet/Toy/train_eval_infer.config",
                fmt::format(kConfig, epochs) + kRgbMap);
  const ProcessResult made = run_flexunet(
      "phantom", {dataset().string(), "--count", std::to_string(images), "--size", "64"},
      folder_.path());
  if (made.exit_code != 0) throw std::runtime_error(made.err);
}

void ToyProject::edit_config(std::string_view from, std::string_view to) const {
  std::string text = read_file(config());
  const std::size_t position = text.find(from);
  if (position == std::string::npos || text.find(from, position + 1) != std::string::npos) {
    throw std::runtime_error(fmt::format("not exactly once in the config: {}", from));
  }
  write_file(config(), text.replace(position, from.size(), to));
}

ProcessResult ToyProject::run(const std::string& name, const std::vector<std::string>& arguments,
                              const ProcessOptions& options) const {
  return run_flexunet(name, arguments, folder(), options);
}

std::vector<std::string> ToyProject::files() const {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder())) {
    if (!entry.is_directory()) files.push_back(entry.path().lexically_relative(folder()).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

ProcessResult run_flexunet(const std::string& name, const std::vector<std::string>& arguments,
                           const fs::path& folder, const ProcessOptions& options) {
  std::vector<std::string> words = arguments;
  const bool chosen = std::find(words.begin(), words.end(), "--threads") != words.end();
  if (runs_the_network(name) && !chosen) words.insert(words.end(), {"--threads", "1"});
  return run_process(program_folder() / ("flexunet-" + name), words, folder, options);
}

fs::path program_folder() { return FLEXUNET_PROGRAM_DIR; }

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace flexunet
