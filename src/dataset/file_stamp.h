#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace flexunet {

/// Tells whether a file is still what it was: any write changes ctime, which no program can set.
struct FileStamp {
  std::uint64_t size = 0;   ///< bytes
  std::int64_t mtime = 0;   ///< nanoseconds since 1970, last change of the content
  std::int64_t ctime = 0;   ///< nanoseconds since 1970, last change of content or attributes
  std::uint64_t inode = 0;  ///< the file's number in its file system
};

bool operator==(const FileStamp& a, const FileStamp& b);

/// The stamp of a file, links followed, such that any change after this call gives another one. A
/// file that was changed just now has to wait for that until the clock of file times has moved on,
/// some milliseconds. None where it never does (a file from the future) and where there is no file.
std::optional<FileStamp> settled_stamp(const std::filesystem::path& file);

}  // namespace flexunet
