#pragma once

#include <cstdint>
#include <filesystem>
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

/// Runs a program to its end in a working folder, without a shell, its input empty. Throws
/// std::runtime_error when it cannot be started.
ProcessResult run_process(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder);

/// The most bytes of memory that this process has held at once.
std::int64_t own_peak_memory();

}  // namespace flexunet
