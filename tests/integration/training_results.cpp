#include "integration/training_results.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/imaging/image_io.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

FileContents read_files(const fs::path& project, const std::vector<std::string>& names) {
  FileContents contents;
  for (const std::string& name : names) {
    if (fs::exists(project / name)) contents[name] = read_file(project / name);
  }
  return contents;
}

void require_whole_table(const std::string& text) {
  if (text.empty() || text.back() != '\n') throw std::runtime_error("the last line is not whole");
}

void read_whole(const fs::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".safetensors") {
    SafetensorsFile::read(file);
  } else if (ending == ".png") {
    read_picture(file);
  } else if (ending == ".json") {
    if (!nlohmann::json::accept(read_file(file))) throw std::runtime_error("is no JSON");
  } else if (ending == ".csv") {
    require_whole_table(read_file(file));
  }
}

}  // namespace

FileContents numbers_in(const fs::path& project) {
  return read_files(project, {"eval/train_losses.csv", "eval/train_metrics.csv", "history.json"});
}

FileContents results_in(const fs::path& project) {
  std::vector<std::string> names{"models/best_model.safetensors",
                                 "models/last_checkpoint.safetensors"};
  for (const char* folder : {"eval", "epoch_change_infer"}) {
    for (const fs::path& file : list_files(project / folder)) {
      names.push_back(file.lexically_relative(project).string());
    }
  }
  FileContents contents = read_files(project, names);
  contents.merge(numbers_in(project));
  return contents;
}

void remove_results(const fs::path& project) {
  for (const char* name : {"models", "eval", "history.json", "epoch_change_infer"}) {
    fs::remove_all(project / name);
  }
}

std::vector<std::string> temporary_files(const fs::path& project) {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(project)) {
    if (entry.path().extension() == ".tmp") {
      found.push_back(entry.path().lexically_relative(project).string());
    }
  }
  return found;
}

std::string find_torn_file(const fs::path& project) {
  if (!fs::exists(project)) return "";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(project)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".tmp") continue;
    try {
      read_whole(entry.path());
    } catch (const std::exception& error) {
      return entry.path().string() + ": " + error.what();
    }
  }
  return "";
}

}  // namespace flexunet
