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
    file_.reset();
    throw OutputError(fmt::format("{}: {}", folder_.string(), reason));
  };
  while (true) {
    file_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kAsUmaskSays));
    if (!file_) fail(fmt::format("cannot create a lock there: {}", std::strerror(errno)));
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) fail(fmt::format("cannot be locked: {}", std::strerror(errno)));
      fail(fmt::format("in use by {}: wait for its end, or use another folder",
                       content_of(file_.get())));
    }
    if (is_still_there(file_.get(), path)) break;
  }
  left_behind_by_ = content_of(file_.get());
  const std::string content = this_process();
  const auto size = static_cast<ssize_t>(content.size());
  if (::ftruncate(file_.get(), 0) != 0 ||
      ::pwrite(file_.get(), content.data(), content.size(), 0) != size) {
    fail(fmt::format("cannot write a lock there: {}", std::strerror(errno)));
  }
}

void FolderLock::release() {
  if (!file_) return;
  const fs::path path = folder_ / kLockFile;
  // Removed before it is unlocked, so that nobody locks a file that is about to go.
  if (is_still_there(file_.get(), path)) ::unlink(path.c_str());
  file_.reset();
  if (created_folder_) ::rmdir(folder_.c_str());  // fails, rightly, when something lies there
}

void FolderLock::move_folder_to(const fs::path& target) {
  // It may lie inside a folder that was moved already.
  if (fs::exists(folder_)) move_path(folder_, target);
  std::error_code unknown;
  const fs::path lock = fs::read_symlink(fmt::format("/proc/self/fd/{}", file_.get()), unknown);
  if (!unknown && lock.filename() == kLockFile) ::unlink(lock.c_str());
  file_.reset();
  create_folder(folder_);
  acquire();
}

}  // namespace flexunet
