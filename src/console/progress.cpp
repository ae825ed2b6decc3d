#include "flexunet/console/progress.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "flexunet/console/console.h"

namespace flexunet {
namespace {

constexpr const char* kClearLine = "\r\x1b[K";
// A line that wrapped could not be redrawn: what does not fit is cut.
constexpr const char* kNoWrap = "\x1b[?7l";
constexpr const char* kWrap = "\x1b[?7h";

std::string clock_time(double seconds) {
  const auto whole = static_cast<int>(seconds + 0.5);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string bar(std::size_t done, std::size_t total) {
  constexpr std::size_t kWidth = 20;
  const std::size_t filled = total == 0 ? kWidth : done * kWidth / total;
  return std::string(filled, '=') + std::string(kWidth - filled, '.');
}

}  // namespace

ConsoleProgress::ConsoleProgress(int epochs, std::string metric_name, bool draw_bar)
    : epochs_(epochs), metric_name_(std::move(metric_name)), draw_bar_(draw_bar) {}

void ConsoleProgress::on_batch_end(const BatchResult& result) {
  if (!draw_bar_) return;
  const std::size_t done = result.batch + 1;
  const double left =
      result.seconds / static_cast<double>(done) * static_cast<double>(result.batches - done);
  fmt::print("{}{}epoch {}/{} [{}] {}/{} loss {:.4f} {} {:.4f} lr {:.3g} {:.1f} images/s {} left{}",
             kClearLine, kNoWrap, result.epoch + 1, epochs_, bar(done, result.batches), done,
             result.batches, result.loss, metric_name_, result.metric, result.learning_rate,
             static_cast<double>(result.images) / result.seconds, clock_time(left), kWrap);
  std::fflush(stdout);
}

void ConsoleProgress::on_rollback(const std::string& divergence) { warn(divergence); }

void ConsoleProgress::on_epoch_end(const EpochResult& result, TrainControl&) {
  if (draw_bar_) {
    fmt::print("{}", kClearLine);
    std::fflush(stdout);
  }
  const std::string foreground =
      result.val_foreground_dice ? fmt::format("{:.4f}", *result.val_foreground_dice) : "-";
  say(fmt::format(
      "epoch {}/{}  loss {:.4f}  {} {:.4f}  val_loss {:.4f}  val_{} {:.4f}  "
      "val_foreground_dice {}  lr {:.3g}  {:.1f} images/s  {}",
      result.epoch + 1, epochs_, result.loss, metric_name_, result.metric, result.val_loss,
      metric_name_, result.val_metric, foreground, result.learning_rate,
      static_cast<double>(result.images) / result.train_seconds, clock_time(result.seconds)));
  say_more(fmt::format("waited {:.2f} s for data, {:.1f} % of the epoch", result.waiting_seconds,
                       100 * result.waiting_seconds / result.seconds));
}

}  // namespace flexunet
