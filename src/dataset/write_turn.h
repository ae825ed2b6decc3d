#pragma once

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>

#include "flexunet/base/file_descriptor.h"

namespace flexunet {

/// While one of these lives, no other process has one for the same folder: waits for its turn. A
/// kill gives it up. Where the file system has no such locks, everyone goes on at once.
class WriteTurn {
 public:
  /// `say`, which may be empty, is told when there is somebody to wait for.
  WriteTurn(const std::filesystem::path& folder, const std::function<void(const std::string&)>& say)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (!folder_ || ::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK) return;
    if (say) say(folder.string() + ": another run writes its cache: waiting for it");
    while (::flock(folder_.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
  }

 private:
  FileDescriptor folder_;
};

}  // namespace flexunet
