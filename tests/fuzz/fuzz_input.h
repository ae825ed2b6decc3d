#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flexunet {

/// What a fuzz target does with one input; each defines it. True when the input was read, false
/// when it was refused as it should be. What it throws, or what ends the program, is a finding.
bool reads_input(std::string_view input);

/// A file for readers that take paths; in memory, where the system has a folder for that.
class InputFile {
 public:
  /// `ending` is that of its name, as ".nii". Throws std::runtime_error when it cannot be written.
  explicit InputFile(std::string_view content, const std::string& ending = "")
      : path_(folder() / ("flexunet-input-XXXXXX" + ending)) {
    std::string name = path_.string();
    const int descriptor = ::mkstemps(name.data(), static_cast<int>(ending.size()));
    path_ = name;
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    ::close(descriptor);
    if (written != static_cast<ssize_t>(content.size())) {
      throw std::runtime_error("no place for the input at " + name);
    }
  }
  ~InputFile() { ::unlink(path_.c_str()); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  // Not a file without a name: HDF5 follows links to a file's real name.
  static std::filesystem::path folder() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  }

  std::filesystem::path path_;
};

/// Throws std::logic_error, which is a finding, unless `holds`.
inline void require(bool holds, const std::string& expectation) {
  if (!holds) throw std::logic_error("expected: " + expectation);
}

/// Runs `read`. Returns false when it refused its input in the one right way: by an error of the
/// given class that says where. Passes on whatever else it throws.
template <typename RightError, typename Read>
bool reads_or_refuses(const std::string& where, Read read) {
  try {
    read();
  } catch (const RightError& error) {
    require(std::string_view(error.what()).find(where) != std::string_view::npos,
            "an error that names " + where + ", not: " + error.what());
    return false;
  }
  return true;
}

}  // namespace flexunet
