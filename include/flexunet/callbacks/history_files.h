#pragma once

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

/// Rewrites the CSV files, the curves and history.json after every epoch (behaviour section 8), and
/// before the first: a folder that cannot be written costs no epoch, and the files of a run that is
/// resumed may tell of an epoch more.
/// A curve that cannot be drawn is handed to `warn`; the numbers that cannot be written throw.
class HistoryFiles : public Callback {
 public:
  using Warn = std::function<void(const std::string&)>;
  HistoryFiles(HistoryPaths paths, std::string metric_name, Warn warn);
  void on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  void add(const EpochResult& result);
  void write_tables() const;
  void draw_curves() const;

  HistoryPaths paths_;
  Warn warn_;
  HistoryTable history_;
};

}  // namespace flexunet
