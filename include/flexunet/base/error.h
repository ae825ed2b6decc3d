#pragma once

#include <stdexcept>
#include <string>

namespace flexunet {

/// What a program returns to the shell.
enum class ExitCode : int {
  kDone = 0,
  kBug = 1,
  kConfig = 2,      ///< config file or command line, also a device that is not there
  kData = 3,        ///< images and masks
  kCheckpoint = 4,  ///< a model file
  kTraining = 5,    ///< divergence, out of memory
  kOutput = 6,      ///< a file or folder that cannot be written
  kInterrupted = 130,
  kTerminated = 143,
};

/// Base of all errors that are somebody's to mend. The message says where, what, and what would be
/// right; it may hold several lines. Only the apps catch it.
class Error : public std::runtime_error {
 public:
  Error(ExitCode exit_code, const std::string& message)
      : std::runtime_error(message), exit_code_(exit_code) {}
  /// The exit code of a program that ends with this error.
  ExitCode exit_code() const { return exit_code_; }

 private:
  ExitCode exit_code_;
};

/// One subclass a cause, so that a test and a caller can tell them apart.
template <ExitCode kCode>
class ErrorOf : public Error {
 public:
  explicit ErrorOf(const std::string& message) : Error(kCode, message) {}
};

using ConfigError = ErrorOf<ExitCode::kConfig>;
using DataError = ErrorOf<ExitCode::kData>;
using CheckpointError = ErrorOf<ExitCode::kCheckpoint>;
using TrainingError = ErrorOf<ExitCode::kTraining>;
using OutputError = ErrorOf<ExitCode::kOutput>;

}  // namespace flexunet
