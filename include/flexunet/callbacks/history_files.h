#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "flexunet/report/csv.h"
#include "flexunet/training/callback.h"

namespace flexunet {

struct HistoryPaths {
  std::filesystem::path eval_dir;      ///< of train_losses and train_metrics, .csv and .png
  std::filesystem::path history_file;  ///< history.json
};

/// Rewrites the CSV files and history.json after every epoch (docs/behaviour.md, "Files that are
/// written"), and before the first: a folder that cannot be written costs no epoch, and the files
/// of a run that is resumed may tell of an epoch more. The curves follow every kTimeBetweenCurves
/// at most, and at the end. A curve that cannot be drawn is handed to `warn`; the numbers that
/// cannot be written throw.
class HistoryFiles : public Callback {
 public:
  static constexpr std::chrono::seconds kTimeBetweenCurves{2};
  using Warn = std::function<void(const std::string&)>;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  HistoryFiles(HistoryPaths paths, std::string metric_name, Warn warn,
               Clock clock = std::chrono::steady_clock::now);
  void on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;
  void on_train_end() override;

 private:
  void add(const EpochResult& result);
  void write_tables() const;
  void draw_curves();

  HistoryPaths paths_;
  Warn warn_;
  Clock clock_;
  HistoryTable history_;
  std::size_t drawn_epochs_ = 0;
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace flexunet
