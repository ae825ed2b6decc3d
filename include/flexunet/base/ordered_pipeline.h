#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace flexunet {

/// How an OrderedPipeline works ahead of its consumer.
struct LookAhead {
  int threads = 0;         ///< 0: next() makes each item itself
  std::size_t window = 1;  ///< at most so many items are made or in the making beyond those taken
};

/// Items 0 .. count - 1, made by several threads and taken by one in their order, whatever the
/// number of threads. Its end at any moment stops the threads after the items that they are making.
template <typename Item>
class OrderedPipeline {
 public:
  using Produce = std::function<Item(std::size_t)>;

  /// `produce` makes item i; it is called from several threads at once, for each i once.
  OrderedPipeline(std::size_t count, const LookAhead& ahead, Produce produce)
      : count_(count),
        produce_(std::move(produce)),
        slots_(std::max<std::size_t>(1, std::min(ahead.window, count))) {
    start_threads(std::min(static_cast<std::size_t>(std::max(ahead.threads, 0)), count));
  }
  ~OrderedPipeline() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    may_produce_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  OrderedPipeline(const OrderedPipeline&) = delete;
  OrderedPipeline& operator=(const OrderedPipeline&) = delete;

  /// Whether every item was taken.
  bool done() const { return taken_ == count_; }

  /// The next item, as soon as it is there. Throws what its making threw; the item after it can be
  /// taken all the same. Throws std::out_of_range after the last.
  Item next() {
    if (done()) throw std::out_of_range("no item is left");
    if (threads_.empty()) return produce_(taken_++);
    Slot slot;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      Slot& next = slots_[taken_ % slots_.size()];
      may_take_.wait(lock, [&] { return next.is_filled(); });
      std::swap(slot, next);
      ++taken_;
    }
    may_produce_.notify_one();
    if (slot.failure) std::rethrow_exception(slot.failure);
    return std::move(*slot.item);
  }

 private:
  struct Slot {
    std::optional<Item> item;
    std::exception_ptr failure;
    bool is_filled() const { return item || failure; }
  };

  // Fewer where the system gives no more: the order does not depend on it.
  void start_threads(std::size_t wanted) {
    try {
      threads_.reserve(wanted);
      while (threads_.size() < wanted) threads_.emplace_back([this] { take_turns(); });
    } catch (const std::system_error&) {
    }
  }

  void take_turns() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      may_produce_.wait(lock, [&] {
        return stopping_ || started_ == count_ || started_ < taken_ + slots_.size();
      });
      if (stopping_ || started_ == count_) return;
      const std::size_t index = started_++;
      lock.unlock();
      Slot slot = make(index);
      lock.lock();
      std::swap(slots_[index % slots_.size()], slot);
      if (index == taken_) may_take_.notify_one();
    }
  }

  Slot make(std::size_t index) const noexcept {
    Slot slot;
    try {
      slot.item.emplace(produce_(index));
    } catch (...) {
      slot.failure = std::current_exception();
    }
    return slot;
  }

  std::size_t count_;
  Produce produce_;
  std::mutex mutex_;
  std::condition_variable may_produce_;
  std::condition_variable may_take_;
  std::vector<Slot> slots_;  // item i in slot i modulo their number
  std::size_t started_ = 0;  // items handed to a thread
  std::size_t taken_ = 0;    // written by the consumer alone
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace flexunet
