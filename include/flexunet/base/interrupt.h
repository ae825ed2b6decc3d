#pragma once

#include <csignal>

#include "flexunet/base/error.h"

namespace flexunet {

/// Thrown where work ends early because a signal asked for it; its exit code is 128 + the signal.
class Interrupted : public Error {
 public:
  Interrupted(ExitCode exit_code, const std::string& message) : Error(exit_code, message) {}
};

/// While one of these lives, the first SIGINT or SIGTERM is remembered for throw_if_interrupted,
/// and a second one ends the process at once. One at a time.
class InterruptHandler {
 public:
  InterruptHandler();
  ~InterruptHandler();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;

 private:
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

/// Throws Interrupted once a signal came. Long loops call it between two pieces of work.
void throw_if_interrupted();

}  // namespace flexunet
