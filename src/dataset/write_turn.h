#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>

namespace flexunet {

/// While one of these lives, no other process has one for the same folder: waits for its turn. A
/// kill gives it up. Where the file system has no such locks, everyone goes on at once.
class WriteTurn {
 public:
  /// `say`, which may be empty, is told when there is somebody to wait for.
  WriteTurn(const std::filesystem::path& folder, const std::function<void(const std::string&)>& say)
      : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK) return;
    if (say) say(folder.string() + ": another run writes its cache: waiting for it");
    while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~WriteTurn() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  WriteTurn(const WriteTurn&) = delete;
  WriteTurn& operator=(const WriteTurn&) = delete;

 private:
  int descriptor_;
};

}  // namespace flexunet
