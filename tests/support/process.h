#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

/// How a program ended and what it said.
struct ProcessResult {
  int exit_code = -1;  ///< 128 + the signal when one ended it
  std::string out;     ///< standard output
  std::string err;     ///< standard error
};

/// Runs a program to its end in a working folder, without a shell, its input empty. Throws
/// std::runtime_error when it cannot be started.
ProcessResult run_process(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder);

}  // namespace flexunet
