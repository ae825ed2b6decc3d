#include "flexunet/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"
#include "flexunet/base/file_descriptor.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail_output(const fs::path& path, const char* action, int error) {
  throw OutputError(fmt::format("{}: cannot {}: {}", path.string(), action, std::strerror(error)));
}

// Collects small pieces and writes large ones from where they lie.
class FileWriter {
 public:
  FileWriter(int descriptor, const fs::path& path) : descriptor_(descriptor), path_(path) {}

  void append(std::string_view content) {
    constexpr std::size_t kBufferBytes = 1 << 20;
    if (buffer_.size() + content.size() > kBufferBytes) write_buffer();
    if (content.size() < kBufferBytes) {
      buffer_ += content;
    } else {
      write(content);
    }
  }
  void flush() {
    write_buffer();
    if (::fsync(descriptor_) != 0) fail_output(path_, "flush", errno);
  }

 private:
  void write_buffer() {
    write(buffer_);
    buffer_.clear();
  }

  void write(std::string_view content) {
    while (!content.empty()) {
      const std::size_t whole_blocks = bytes_past_the_cache(content);
      use_cache(whole_blocks == 0);
      const ssize_t written =
          ::write(descriptor_, content.data(), whole_blocks > 0 ? whole_blocks : content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EINVAL && whole_blocks > 0) {
        cache_only_ = true;
        continue;
      }
      if (written < 0) fail_output(path_, "write", errno);
      content.remove_prefix(static_cast<std::size_t>(written));
      position_ += static_cast<std::size_t>(written);
    }
  }

  // Writing to the page cache keeps a processor busy for half a second a gigabyte, which a training
  // beside it lacks; past it the disk fetches whole blocks by itself. Not every file system can.
  std::size_t bytes_past_the_cache(std::string_view content) const {
    constexpr std::size_t kMostAtOnce = 64 << 20;
    const auto address = reinterpret_cast<std::uintptr_t>(content.data());
    if (cache_only_ || address % kDiskBlockBytes != 0 || position_ % kDiskBlockBytes != 0) return 0;
    return std::min(content.size() / kDiskBlockBytes * kDiskBlockBytes, kMostAtOnce);
  }

  void use_cache(bool wanted) {
    if (wanted == uses_cache_) return;
    if (::fcntl(descriptor_, F_SETFL, wanted ? 0 : O_DIRECT) == 0) {
      uses_cache_ = wanted;
    } else {
      cache_only_ = true;
    }
  }

  int descriptor_;
  const fs::path& path_;
  std::string buffer_;
  std::size_t position_ = 0;
  bool uses_cache_ = true;
  bool cache_only_ = false;
};

// ".NAME.tmp"; of a name that has no room for more, its beginning and a checksum of it all.
std::string temporary_name(const std::string& name) {
  constexpr std::size_t kLongestName = 255, kAdded = 5, kChecksum = 8;
  if (name.size() + kAdded <= kLongestName) return "." + name + ".tmp";
  return fmt::format(".{}{:08x}.tmp", name.substr(0, kLongestName - kAdded - kChecksum),
                     crc32_of(name));
}

void write_and_flush(const fs::path& temporary, const std::function<void(const Append&)>& produce,
                     const fs::path& path) {
  constexpr mode_t kAsUmaskSays = 0666;
  const FileDescriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kAsUmaskSays));
  if (file.get() < 0) fail_output(path, "create", errno);
  FileWriter writer(file.get(), path);
  produce([&](std::string_view content) { writer.append(content); });
  writer.flush();
}

// Until its folder is flushed, a crash of the machine may bring the old file back.
void flush_folder_of(const fs::path& path, const fs::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be written but not read has taken the file all the same.
  if (descriptor.get() < 0 && errno == EACCES) return;
  if (descriptor.get() < 0) fail_output(path, "open the folder of", errno);
  // EINVAL: a file system that has no folders to flush.
  if (::fsync(descriptor.get()) != 0 && errno != EINVAL)
    fail_output(path, "flush the folder of", errno);
}

bool has_wildcard(const std::string& text) {
  return text.find_first_of("*?[") != std::string::npos;
}

bool is_hidden(const fs::path& path) { return path.filename().string().front() == '.'; }

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
  }
  // A file in a folder's place and a missing folder match nothing; an unreadable one is no empty
  // one.
  if (error && error != std::errc::not_a_directory &&
      error != std::errc::no_such_file_or_directory) {
    throw DataError(folder.string() + ": the folder cannot be read: " + error.message());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

std::ifstream open_file(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    const bool is_link = fs::is_symlink(path, error);
    throw DataError(is_link ? fmt::format("{}: a link to {}, which is not there", path.string(),
                                          fs::read_symlink(path, error).string())
                            : path.string() + ": no such file");
  }
  if (!fs::is_regular_file(path, error)) throw DataError(path.string() + ": not a file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw DataError(path.string() + ": cannot be read");
  return stream;
}

std::string read_file(const fs::path& path) {
  std::ifstream stream = open_file(path);
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) throw DataError(path.string() + ": cannot be read: " + error.message());
  std::string content(static_cast<std::size_t>(size), '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!stream) throw DataError(path.string() + ": cannot be read");
  return content;
}

void write_file(const fs::path& path, std::string_view content) {
  write_file(path, std::vector<std::string_view>{content});
}

void write_file(const fs::path& path, const std::vector<std::string_view>& parts) {
  write_file(path, [&](const Append& append) {
    for (const std::string_view part : parts) append(part);
  });
}

void write_file(const fs::path& path, const std::function<void(const Append&)>& produce) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  create_folder(folder);
  const fs::path temporary = folder / temporary_name(path.filename().string());
  try {
    write_and_flush(temporary, produce, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail_output(path, "replace", errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  flush_folder_of(path, folder);
}

void keep_as(const fs::path& path, const fs::path& kept) {
  if (!fs::exists(path)) return;
  if (::unlink(kept.c_str()) != 0 && errno != ENOENT) fail_output(kept, "replace", errno);
  if (::link(path.c_str(), kept.c_str()) == 0) return;
  // A file system without second names.
  const bool unsupported = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
  if (!unsupported) fail_output(kept, "create", errno);
  if (::rename(path.c_str(), kept.c_str()) != 0) fail_output(kept, "create", errno);
}

void create_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw OutputError(path.string() + ": cannot create the folder: " + error.message());
  // A file of that name is no error to create_directories.
  if (!fs::is_directory(path, error)) throw OutputError(path.string() + ": is not a folder");
}

void move_path(const fs::path& from, const fs::path& to) {
  if (to.has_parent_path()) create_folder(to.parent_path());
  if (::rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) fail_output(from, "move", errno);
  // Another file system: a whole copy first, so that nothing is lost on the way.
  const fs::path partial = to.string() + ".partial";
  std::error_code error;
  fs::remove_all(partial, error);
  fs::copy(from, partial, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  if (!error) fs::rename(partial, to, error);
  if (!error) fs::remove_all(from, error);
  if (error) throw OutputError(fmt::format("{}: cannot move: {}", from.string(), error.message()));
}

std::vector<fs::path> match_folders(const fs::path& pattern) {
  std::vector<fs::path> matches{pattern.is_absolute() ? pattern.root_path() : fs::path(".")};
  std::error_code error;
  for (const fs::path& component : pattern.relative_path()) {
    if (component.empty()) continue;  // a trailing slash
    std::vector<fs::path> next;
    for (const fs::path& folder : matches) {
      // A folder may really be called "scan[1]".
      if (!has_wildcard(component.string()) || fs::exists(folder / component, error)) {
        next.push_back(folder / component);
        continue;
      }
      for (const fs::path& entry : sorted_entries(folder)) {
        if (is_hidden(entry)) continue;
        if (::fnmatch(component.c_str(), entry.filename().c_str(), 0) == 0) next.push_back(entry);
      }
    }
    matches = std::move(next);
  }
  matches.erase(
      std::remove_if(matches.begin(), matches.end(),
                     [&](const fs::path& path) { return !fs::is_directory(path, error); }),
      matches.end());
  return matches;
}

std::vector<fs::path> list_files(const fs::path& folder_pattern) {
  std::vector<fs::path> files = list_all_files(folder_pattern);
  files.erase(std::remove_if(files.begin(), files.end(), is_hidden), files.end());
  return files;
}

std::vector<fs::path> list_all_files(const fs::path& folder_pattern) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::path& folder : match_folders(folder_pattern)) {
    for (const fs::path& entry : sorted_entries(folder)) {
      // A link that leads nowhere is told where it is read.
      const bool is_dangling = fs::is_symlink(entry, error) && !fs::exists(entry, error);
      if (is_dangling || fs::is_regular_file(entry, error)) files.push_back(entry);
    }
  }
  return files;
}

}  // namespace flexunet
