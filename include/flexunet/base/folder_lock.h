#pragma once

#include <filesystem>
#include <string>

#include "flexunet/base/file_descriptor.h"

namespace flexunet {

/// Keeps other processes out of a folder while it lives: a file `.lock` with the process's number
/// and host, locked by the system, so that a kill releases it. Creates the folder where it is
/// missing, and takes both away again as far as they are its own and nothing else lies there.
class FolderLock {
 public:
  /// Throws OutputError: in use (by which process), or not writable.
  explicit FolderLock(std::filesystem::path folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  /// Who held the lock when it was killed, "process 123 on host"; empty after a proper end.
  const std::string& left_behind_by() const { return left_behind_by_; }

  /// Moves the folder to `target` and locks a new, empty one of its name. Throws OutputError; the
  /// folder is then where it was, or in use by a process that was quicker.
  void move_folder_to(const std::filesystem::path& target);

 private:
  void acquire();
  void release();

  std::filesystem::path folder_;
  bool created_folder_ = false;
  FileDescriptor file_;
  std::string left_behind_by_;
};

}  // namespace flexunet
