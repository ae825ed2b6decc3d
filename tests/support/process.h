#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace flexunet {

/// How a program ended and what it said.
struct ProcessResult {
  int exit_code = -1;  ///< 128 + the signal when one ended it
  std::string out;     ///< standard output
  std::string err;     ///< standard error
  /// The most bytes of memory it held at once (resident set), of which the system only knows that
  /// it is no less than what this process held when it started the program.
  std::int64_t peak_memory = 0;
};

/// What happens to a program beside running.
struct ProcessOptions {
  std::vector<std::string> environment;  ///< further NAME=VALUE
  /// Ends it with SIGKILL after this time unless it ended before.
  std::optional<std::chrono::milliseconds> kill_after;
};

/// Runs a program to its end in a working folder, without a shell, its input empty. Throws
/// std::runtime_error when it cannot be started.
ProcessResult run_process(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder, const ProcessOptions& options = {});

/// The most bytes of memory that this process has held at once.
std::int64_t own_peak_memory();

}  // namespace flexunet
