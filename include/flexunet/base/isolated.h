#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "flexunet/base/files.h"

namespace flexunet {

/// What a child process may use before the system stops it.
struct ChildLimits {
  std::uint64_t cpu_seconds = 60;                        ///< of computing, not of waiting
  std::uint64_t memory_bytes = std::uint64_t{1} << 30U;  ///< beyond what the process has already
};

/// A child process that ended without an answer.
class ChildFailure : public std::runtime_error {
 public:
  ChildFailure(const std::string& message, int signal)
      : std::runtime_error(message), signal_(signal) {}
  /// The signal that ended it; 0 when it was none.
  int signal() const { return signal_; }
  /// Whether what it read is to blame: it crashed or came to no end.
  bool blames_input() const;
  /// "DICOM that is damaged: DCMTK crashed on it (...)", "reading it was stopped (...)", ...
  std::string explain(const std::string& format, const std::string& library) const;

 private:
  int signal_;
};

/// The bytes that a child process handed over.
class ChildBytes {
 public:
  /// Maps the whole content of an open file. Throws ChildFailure.
  explicit ChildBytes(int descriptor);
  ~ChildBytes();
  ChildBytes(const ChildBytes&) = delete;
  ChildBytes& operator=(const ChildBytes&) = delete;

  /// Valid for as long as this object lives.
  std::string_view view() const { return {static_cast<const char*>(memory_), size_}; }

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

/// Runs `work` in a child process, so that a library that crashes on bad input takes nothing along,
/// and returns the bytes that it appended. What it changes in memory stays in the child; of all
/// threads only the calling one is there. An Error that it throws is thrown again here with its
/// class and message, any other exception as std::runtime_error. Throws ChildFailure when the child
/// ended by itself: by a signal, by a limit, or because there can be no child.
ChildBytes run_isolated(const std::function<void(const Append&)>& work,
                        const ChildLimits& limits = {});

}  // namespace flexunet
