#include "flexunet/base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace flexunet {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// The number behind a word in a file of lines such as "MemAvailable: 123 kB".
std::optional<std::uint64_t> number_after(const fs::path& file, const std::string& key) {
  std::ifstream stream(file);
  std::string line;
  while (std::getline(stream, line)) {
    if (line.rfind(key + " ", 0) != 0) continue;
    try {
      return std::stoull(line.substr(key.size() + 1));
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// A file that holds one number; none where it says "max" or is not there.
std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::uint64_t number = 0;
  std::ifstream stream(file);
  return stream >> number ? std::optional<std::uint64_t>(number) : std::nullopt;
}

// The files of one version of control groups.
struct GroupFiles {
  const char* mount;
  const char* limit;
  const char* usage;
  const char* file_pages[2];  // entries of memory.stat: can be dropped when memory is needed
};
constexpr GroupFiles kVersion1 = {"sys/fs/cgroup/memory",
                                  "memory.limit_in_bytes",
                                  "memory.usage_in_bytes",
                                  {"total_inactive_file", "total_active_file"}};
constexpr GroupFiles kVersion2 = {
    "sys/fs/cgroup", "memory.max", "memory.current", {"inactive_file", "active_file"}};

std::uint64_t left_in(const fs::path& group, const GroupFiles& files) {
  const auto limit = number_in(group / files.limit);
  const auto usage = number_in(group / files.usage);
  if (!limit || !usage) return kNoLimit;
  std::uint64_t used = *usage;
  for (const char* pages : files.file_pages) {
    used -= std::min(used, number_after(group / "memory.stat", pages).value_or(0));
  }
  return *limit - std::min(*limit, used);
}

// Of the group and of all that it lies in. In a container the path may be the host's, of which only
// the root is there.
std::uint64_t left_in_groups(const fs::path& root, const GroupFiles& files, fs::path group) {
  std::uint64_t left = left_in(root / files.mount, files);
  for (; group.has_relative_path(); group = group.parent_path()) {
    left = std::min(left, left_in(root / files.mount / group.relative_path(), files));
  }
  return left;
}

}  // namespace

std::uint64_t available_memory(const fs::path& root) {
  constexpr std::uint64_t kKilobyte = 1024;
  std::uint64_t available =
      kKilobyte * number_after(root / "proc/meminfo", "MemAvailable:").value_or(0);
  std::ifstream groups(root / "proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    const std::size_t name = line.find(':') + 1;
    const std::size_t path = line.find(':', name) + 1;
    if (name == 0 || path == 0) continue;
    const std::string controllers = "," + line.substr(name, path - name - 1) + ",";
    if (controllers == ",,") {
      available = std::min(available, left_in_groups(root, kVersion2, line.substr(path)));
    } else if (controllers.find(",memory,") != std::string::npos) {
      available = std::min(available, left_in_groups(root, kVersion1, line.substr(path)));
    }
  }
  return available;
}

}  // namespace flexunet
