#include "flexunet/base/background_task.h"

#include <chrono>
#include <system_error>

namespace flexunet {

void BackgroundTask::start(const std::function<void()>& task) {
  wait();
  try {
    running_ = std::async(std::launch::async, task);
    return;
  } catch (const std::system_error&) {
  }
  task();
}

void BackgroundTask::wait() {
  if (running_.valid()) running_.get();
}

void BackgroundTask::check() {
  if (running_.valid() && running_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    running_.get();
  }
}

}  // namespace flexunet
