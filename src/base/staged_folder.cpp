#include "flexunet/base/staged_folder.h"

#include <system_error>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// "out/" names the folder "out".
fs::path without_trailing_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

void require_unused(const fs::path& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) {
    throw OutputError(target.string() + ": is a file, not a folder: name another place");
  }
  const bool is_empty = fs::is_empty(target, error);
  if (error) throw OutputError(target.string() + ": " + error.message());
  if (!is_empty) {
    throw OutputError(target.string() + ": exists and is not empty: name another folder");
  }
}

}  // namespace

StagedFolder::StagedFolder(fs::path target)
    : target_(without_trailing_slash(fs::absolute(target).lexically_normal())),
      stage_(target_.string() + ".partial") {
  require_unused(target_);
  create_folder(target_.parent_path());
  std::error_code error;
  if (fs::create_directory(stage_, error)) return;
  if (error) throw OutputError(stage_.string() + ": cannot create the folder: " + error.message());
  throw OutputError(stage_.string() +
                    ": is there already: another run is writing it, or one was killed; then remove "
                    "it");
}

StagedFolder::~StagedFolder() {
  std::error_code unremovable;
  if (!is_finished_) fs::remove_all(stage_, unremovable);
}

void StagedFolder::finish() {
  require_unused(target_);
  std::error_code error;
  fs::rename(stage_, target_, error);  // takes the place of an empty folder
  if (error) {
    throw OutputError(stage_.string() + ": cannot be renamed to " + target_.string() + ": " +
                      error.message());
  }
  is_finished_ = true;
}

}  // namespace flexunet
