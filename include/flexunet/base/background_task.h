#pragma once

#include <functional>
#include <future>

namespace flexunet {

/// Runs a task on a thread of its own, one at a time. Its end waits for the task; what that throws
/// is then lost, so that whoever needs it calls wait first.
class BackgroundTask {
 public:
  /// Begins a task, after the one before. Throws what that threw. Where the system gives no thread,
  /// the task is done before this returns.
  void start(const std::function<void()>& task);
  /// Returns once no task runs. Throws what the last one threw, once.
  void wait();
  /// The same for a task that has ended; leaves one alone that runs.
  void check();

 private:
  std::future<void> running_;
};

}  // namespace flexunet
