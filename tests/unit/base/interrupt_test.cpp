#include "flexunet/base/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace flexunet {
namespace {

ExitCode exit_code_after(int signal) {
  const InterruptHandler handler;
  EXPECT_NO_THROW(throw_if_interrupted());
  ::raise(signal);
  try {
    throw_if_interrupted();
  } catch (const Interrupted& error) {
    return error.exit_code();
  }
  return ExitCode::kDone;
}

TEST(Interrupt, IsThrownWhereTheWorkAsksForIt) {
  EXPECT_EQ(exit_code_after(SIGINT), ExitCode::kInterrupted);
  EXPECT_EQ(exit_code_after(SIGTERM), ExitCode::kTerminated);
  EXPECT_NO_THROW(throw_if_interrupted()) << "it ends with its handler";
}

TEST(Interrupt, ASecondSignalEndsTheProcessAtOnce) {
  const auto signal_twice = [](int first, int second) {
    const InterruptHandler handler;
    ::raise(first);
    ::raise(second);
  };
  EXPECT_EXIT(signal_twice(SIGINT, SIGINT), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(signal_twice(SIGINT, SIGTERM), testing::ExitedWithCode(143), "");
}

TEST(Interrupt, LeavesSignalsAsTheyWere) {
  { const InterruptHandler handler; }
  EXPECT_EXIT(::raise(SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace flexunet
