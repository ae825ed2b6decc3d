#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/temporary_folder.h"

namespace flexunet {

/// A small synthetic data set and a project folder that trains on it in seconds, laid out as in the
/// repository (projects/FlexUNet/Toy, dataset/Toy), removed with all results when it dies.
class ToyProject {
 public:
  /// `images` pairs of 64x64 pixels in all; training stops after `epochs`.
  ToyProject(int images, int epochs);

  std::filesystem::path root() const { return folder_.path(); }
  std::filesystem::path folder() const { return root() / "projects/FlexUNet/Toy"; }
  std::filesystem::path dataset() const { return root() / "dataset/Toy"; }
  std::filesystem::path config() const { return folder() / "train_eval_infer.config"; }

  /// Replaces the one occurrence of a text in the config; throws std::runtime_error without it.
  void edit_config(std::string_view from, std::string_view to) const;

  /// Runs flexunet-NAME in the project folder.
  ProcessResult run(const std::string& name, const std::vector<std::string>& arguments = {},
                    const ProcessOptions& options = {}) const;

  /// The files below the project folder, at any depth, hidden ones too, sorted.
  std::vector<std::string> files() const;

 private:
  TemporaryFolder folder_;
};

/// Runs flexunet-NAME in any folder. One thread: tests run beside each other, where waiting OpenMP
/// threads would take each other's time.
ProcessResult run_flexunet(const std::string& name, const std::vector<std::string>& arguments,
                           const std::filesystem::path& folder, const ProcessOptions& options = {});

/// The folder of the built programs.
std::filesystem::path program_folder();

/// Whether a text holds another.
bool contains(std::string_view text, std::string_view part);

/// The lines of a text, without their ends.
std::vector<std::string> lines_of(const std::string& text);

}  // namespace flexunet
