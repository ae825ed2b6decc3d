#include "integration/tiled_project.h"

#include <stdexcept>

namespace flexunet {
namespace fs = std::filesystem;

TiledProject::TiledProject(const std::vector<std::string>& settings)
    : project_(10, 1), settings_(settings) {
  trained_ = project_.run("train", with_settings({"--set", "train.epoch_change_infer=False"}));
}

fs::path TiledProject::draw(const std::string& width, const std::string& height,
                            const std::string& name, const std::string& kind) const {
  fs::path picture = project_.root() / name;
  std::vector<std::string> words{width, height, picture.string()};
  if (!kind.empty()) words.push_back(kind);
  const ProcessResult drawn = run_process(FLEXUNET_LARGE_PICTURE, words, project_.root());
  if (drawn.exit_code != 0) throw std::runtime_error(drawn.err);
  return picture;
}

ProcessResult TiledProject::infer(const fs::path& picture,
                                  const std::vector<std::string>& more) const {
  std::vector<std::string> words{"--tiled", "--images", picture.string(), "--output",
                                 output().string()};
  words.insert(words.end(), more.begin(), more.end());
  return project_.run("infer", with_settings(words));
}

std::vector<std::string> TiledProject::with_settings(std::vector<std::string> words) const {
  for (const std::string& setting : settings_) words.insert(words.end(), {"--set", setting});
  return words;
}

}  // namespace flexunet
