#include "dataset/file_stamp.h"

#include <sys/stat.h>

#include <ctime>

namespace flexunet {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

// The clock that file times are taken from: it moves on a few hundred times a second.
std::int64_t file_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

}  // namespace

bool operator==(const FileStamp& a, const FileStamp& b) {
  return a.size == b.size && a.mtime == b.mtime && a.ctime == b.ctime && a.inode == b.inode;
}

std::optional<FileStamp> settled_stamp(const std::filesystem::path& file) {
  constexpr int kMostTicks = 100;
  constexpr timespec kTick{0, 1'000'000};
  for (int tick = 0; tick < kMostTicks; ++tick) {
    // The clock first: a change after stat is not earlier than it.
    const std::int64_t now = file_clock();
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return std::nullopt;
    const FileStamp stamp{static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
                          nanoseconds(status.st_ctim), static_cast<std::uint64_t>(status.st_ino)};
    if (now > stamp.ctime) return stamp;
    if (stamp.ctime > now + kSecond) return std::nullopt;
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kTick, nullptr);
  }
  return std::nullopt;
}

}  // namespace flexunet
