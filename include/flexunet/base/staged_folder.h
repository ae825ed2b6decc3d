#pragma once

#include <filesystem>

namespace flexunet {

/// A folder that appears under its name only once it is complete: it is filled as NAME.partial
/// beside it, which an error or a signal takes away again.
class StagedFolder {
 public:
  /// Throws OutputError: `target` exists and is not an empty folder, NAME.partial is there already
  /// (of a run that goes on or was killed), or the parent cannot be written.
  explicit StagedFolder(std::filesystem::path target);
  ~StagedFolder();
  StagedFolder(const StagedFolder&) = delete;
  StagedFolder& operator=(const StagedFolder&) = delete;

  /// Where to write.
  const std::filesystem::path& path() const { return stage_; }
  /// Gives the folder its name. Throws OutputError.
  void finish();

 private:
  std::filesystem::path target_;
  std::filesystem::path stage_;
  bool is_finished_ = false;
};

}  // namespace flexunet
