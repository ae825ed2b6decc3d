#include "flexunet/base/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLockFile = ".lock";
constexpr mode_t kAsUmaskSays = 0666;

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {}", ::getpid(), host.data());
}

std::string content_of(int descriptor) {
  std::array<char, 512> content{};
  const ssize_t size = ::pread(descriptor, content.data(), content.size(), 0);
  return {content.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
}

// False when the file was removed, or replaced, between being opened and being locked.
bool is_still_there(int descriptor, const fs::path& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

FolderLock::FolderLock(fs::path folder) : folder_(std::move(folder)) {
  created_folder_ = !fs::exists(folder_);
  create_folder(folder_);
  acquire();
}

FolderLock::~FolderLock() { release(); }

void FolderLock::acquire() {
  const fs::path path = folder_ / kLockFile;
  const auto fail = [&](const std::string& reason) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    throw OutputError(fmt::format("{}: {}", folder_.string(), reason));
  };
  while (true) {
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kAsUmaskSays);
    if (descriptor_ < 0) fail(fmt::format("cannot create a lock there: {}", std::strerror(errno)));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) fail(fmt::format("cannot be locked: {}", std::strerror(errno)));
      fail(fmt::format("in use by {}: wait for its end, or use another folder",
                       content_of(descriptor_)));
    }
    if (is_still_there(descriptor_, path)) break;
    ::close(descriptor_);
  }
  left_behind_by_ = content_of(descriptor_);
  const std::string content = this_process();
  const auto size = static_cast<ssize_t>(content.size());
  if (::ftruncate(descriptor_, 0) != 0 ||
      ::pwrite(descriptor_, content.data(), content.size(), 0) != size) {
    fail(fmt::format("cannot write a lock there: {}", std::strerror(errno)));
  }
}

void FolderLock::release() {
  if (descriptor_ < 0) return;
  const fs::path path = folder_ / kLockFile;
  // Removed before it is unlocked, so that nobody locks a file that is about to go.
  if (is_still_there(descriptor_, path)) ::unlink(path.c_str());
  ::close(descriptor_);
  descriptor_ = -1;
  if (created_folder_) ::rmdir(folder_.c_str());  // fails, rightly, when something lies there
}

void FolderLock::move_folder_to(const fs::path& target) {
  // It may lie inside a folder that was moved already.
  if (fs::exists(folder_)) move_path(folder_, target);
  const int moved = descriptor_;
  descriptor_ = -1;
  std::error_code unknown;
  const fs::path lock = fs::read_symlink(fmt::format("/proc/self/fd/{}", moved), unknown);
  if (!unknown && lock.filename() == kLockFile) ::unlink(lock.c_str());
  ::close(moved);
  create_folder(folder_);
  acquire();
}

}  // namespace flexunet
