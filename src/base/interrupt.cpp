#include "flexunet/base/interrupt.h"

#include <unistd.h>

#include <atomic>

namespace flexunet {
namespace {

constexpr int kSignalled = 128;

// A signal is the process's: there is no place for it but a global.
std::atomic<int> pending_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait");

void remember(int signal) {
  if (pending_signal.exchange(signal) != 0) ::_exit(kSignalled + signal);
}

}  // namespace

InterruptHandler::InterruptHandler() {
  pending_signal = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  // Reading and writing go on: the work in progress is finished first.
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &before_int_);
  ::sigaction(SIGTERM, &action, &before_term_);
}

InterruptHandler::~InterruptHandler() {
  ::sigaction(SIGINT, &before_int_, nullptr);
  ::sigaction(SIGTERM, &before_term_, nullptr);
  pending_signal = 0;
}

void throw_if_interrupted() {
  const int signal = pending_signal;
  if (signal == 0) return;
  throw Interrupted(signal == SIGTERM ? ExitCode::kTerminated : ExitCode::kInterrupted,
                    signal == SIGTERM ? "terminated" : "interrupted");
}

}  // namespace flexunet
