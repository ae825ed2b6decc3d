#include "flexunet/callbacks/history_files.h"

#include <fmt/format.h>

#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/options/project_files.h"
#include "flexunet/report/curves.h"

namespace flexunet {

HistoryFiles::HistoryFiles(HistoryPaths paths, std::string metric_name, Warn warn, Clock clock)
    : paths_(std::move(paths)), warn_(std::move(warn)), clock_(std::move(clock)) {
  history_.metric_name = std::move(metric_name);
}

void HistoryFiles::on_train_begin(const std::vector<EpochResult>& history, TrainControl&) {
  for (const EpochResult& result : history) add(result);
  write_tables();
  if (!history.empty()) draw_curves();
}

void HistoryFiles::on_epoch_end(const EpochResult& result, TrainControl&) {
  add(result);
  write_tables();
  if (drawn_epochs_ == 0 || clock_() - drawn_at_ >= kTimeBetweenCurves) draw_curves();
}

void HistoryFiles::on_train_end() {
  if (drawn_epochs_ < history_.loss.size()) draw_curves();
}

void HistoryFiles::add(const EpochResult& result) {
  history_.loss.push_back(result.loss);
  history_.metric.push_back(result.metric);
  history_.val_loss.push_back(result.val_loss);
  history_.val_metric.push_back(result.val_metric);
  history_.lr.push_back(result.learning_rate);
}

void HistoryFiles::write_tables() const {
  write_file(paths_.eval_dir / kLossesTable, losses_csv(history_.loss, history_.val_loss));
  write_file(paths_.eval_dir / kMetricsTable,
             metrics_csv(history_.metric_name, history_.metric, history_.val_metric));
  write_file(paths_.history_file, history_json(history_));
}

void HistoryFiles::draw_curves() {
  drawn_epochs_ = history_.loss.size();
  drawn_at_ = clock_();
  try {
    write_curves(paths_.eval_dir / kLossesCurve, "loss",
                 {{"loss", history_.loss}, {"val_loss", history_.val_loss}});
    write_curves(paths_.eval_dir / kMetricsCurve, history_.metric_name,
                 {{history_.metric_name, history_.metric},
                  {"val_" + history_.metric_name, history_.val_metric}});
  } catch (const OutputError& error) {
    warn_(fmt::format("curve left out: {}", error.what()));
  }
}

}  // namespace flexunet
