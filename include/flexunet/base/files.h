#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

/// The whole content of a regular file. Throws DataError (path and reason) when it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// A regular file, opened to be read piece by piece. Throws DataError like read_file.
std::ifstream open_file(const std::filesystem::path& path);

/// Replaces `path` by `content`: a temporary file in the same folder, flushed to the disk, renamed.
/// A kill at any instant leaves the old file or the new one. Creates missing parent folders.
/// Throws OutputError (path and reason); the old file is then whole.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Where a large piece of content begins at a multiple of this, in memory and in the file, its
/// writing takes hardly any time of a processor: no copy of it is made, and none is left in the
/// page cache.
inline constexpr std::size_t kDiskBlockBytes = 4096;

/// The same for content in several parts, written one after the other.
void write_file(const std::filesystem::path& path, const std::vector<std::string_view>& parts);

/// Takes the next bytes of a file that is being written.
using Append = std::function<void(std::string_view)>;

/// The same for content that `produce` hands over piece by piece, so that it is never in memory as
/// a whole. What `produce` throws is passed on; the old file is then whole.
void write_file(const std::filesystem::path& path,
                const std::function<void(const Append&)>& produce);

/// Gives a file a second name, replacing what had it, so that its content stays when `path` is
/// written anew; where the file system has no second names, the file moves there. Nothing happens
/// when there is no such file. Throws OutputError.
void keep_as(const std::filesystem::path& path, const std::filesystem::path& kept);

/// Creates a folder and its parents. Throws OutputError (path and reason).
void create_folder(const std::filesystem::path& path);

/// Moves a file or folder, creating the target's parents; by copying where the target lies on
/// another file system. Throws OutputError.
void move_path(const std::filesystem::path& from, const std::filesystem::path& to);

/// The regular files below a folder (not recursive), sorted by name as bytes. The folder may hold
/// wildcards `*`, `?` in any component; files of all matching folders come out, sorted by path.
/// Hidden files are left out, links are followed. A pattern that matches no folder gives an empty
/// list.
std::vector<std::filesystem::path> list_files(const std::filesystem::path& folder_pattern);

/// The same with hidden files.
std::vector<std::filesystem::path> list_all_files(const std::filesystem::path& folder_pattern);

/// The existing folders that match a pattern with wildcards in any component, sorted.
std::vector<std::filesystem::path> match_folders(const std::filesystem::path& pattern);

}  // namespace flexunet
