#include "flexunet/base/isolated.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

// The signal that ended a child doing `work`; -1 when it had an answer.
template <typename Work>
int ending_signal(Work work, const ChildLimits& limits = {}) {
  try {
    run_isolated(work, limits);
  } catch (const ChildFailure& failure) {
    EXPECT_STRNE(failure.what(), "");
    return failure.signal();
  }
  return -1;
}

template <typename ErrorType>
void expect_thrown_again() {
  try {
    run_isolated([](const Append& append) {
      append("half an answer");
      throw ErrorType("file: what is wrong");
    });
    FAIL() << "nothing thrown";
  } catch (const ErrorType& error) {
    EXPECT_STREQ(error.what(), "file: what is wrong");
  }
}

TEST(RunIsolated, ReturnsTheBytesOfTheChild) {
  const ChildBytes bytes = run_isolated([](const Append& append) {
    append("one");
    append(std::string("\0two", 4));
  });
  EXPECT_EQ(bytes.view(), std::string("one\0two", 7));
  EXPECT_EQ(run_isolated([](const Append&) {}).view(), "");
}

TEST(RunIsolated, ReturnsManyBytes) {
  constexpr std::size_t kCount = 100, kSize = 1 << 20;
  const ChildBytes bytes = run_isolated([](const Append& append) {
    for (std::size_t i = 0; i < kCount; ++i) append(std::string(kSize, static_cast<char>(i)));
  });
  ASSERT_EQ(bytes.view().size(), kCount * kSize);
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(bytes.view()[(i + 1) * kSize - 1], static_cast<char>(i));
  }
}

TEST(RunIsolated, LeavesTheMemoryOfTheProgramAlone) {
  int number = 1;
  run_isolated([&](const Append&) { number = 2; });
  EXPECT_EQ(number, 1);
}

TEST(RunIsolated, ThrowsTheErrorsOfTheChildAgain) {
  expect_thrown_again<ConfigError>();
  expect_thrown_again<DataError>();
  expect_thrown_again<CheckpointError>();
  expect_thrown_again<TrainingError>();
  expect_thrown_again<OutputError>();
  expect_thrown_again<std::runtime_error>();
}

TEST(RunIsolated, OutlivesACrashOfTheChild) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGKILL}) {
    EXPECT_EQ(ending_signal([signal](const Append& append) {
                append("half an answer");
                std::raise(signal);
              }),
              signal);
  }
  EXPECT_EQ(ending_signal([](const Append&) { std::abort(); }), SIGABRT);
}

TEST(RunIsolated, OutlivesAChildThatEndsByItself) {
  EXPECT_EQ(ending_signal([](const Append&) { ::_exit(3); }), 0);
}

TEST(RunIsolated, DoesNotRunTheHandlersOfTheProgram) {
  const auto previous = std::signal(SIGTERM, [](int) { ::_exit(0); });
  EXPECT_EQ(ending_signal([](const Append&) { std::raise(SIGTERM); }), SIGTERM);
  std::signal(SIGTERM, previous);
}

TEST(RunIsolated, StopsAChildThatComputesWithoutEnd) {
  ChildLimits limits;
  limits.cpu_seconds = 1;
  EXPECT_EQ(ending_signal(
                [](const Append& append) {
                  for (volatile bool endless = true; endless;) append("");
                },
                limits),
            SIGXCPU);
}

TEST(RunIsolated, GivesAChildNoMoreMemoryThanItsLimit) {
  ChildLimits limits;
  limits.memory_bytes = 64U << 20U;
  const auto ask_for = [&](std::size_t size) {
    return run_isolated([size](const Append& append) { append(std::string(size, 'x').substr(1)); },
                        limits);
  };
  EXPECT_EQ(ask_for(16U << 20U).view().size(), (16U << 20U) - 1);
  // std::bad_alloc in the child; a sanitizer ends it instead.
  EXPECT_THROW(ask_for(256U << 20U), std::runtime_error);
}

}  // namespace
}  // namespace flexunet
