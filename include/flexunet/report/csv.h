#pragma once

#include <string>
#include <vector>

namespace flexunet {

/// What each epoch of a run gave, one value an epoch in every list.
struct HistoryTable {
  std::string metric_name;  ///< "dice_coef_multiclass"
  std::vector<double> loss;
  std::vector<double> metric;
  std::vector<double> val_loss;
  std::vector<double> val_metric;
  std::vector<double> lr;  ///< the rate used during the epoch
};

/// Content of train_losses.csv, epochs from 0. Lists of different lengths throw
/// std::invalid_argument.
std::string losses_csv(const std::vector<double>& loss, const std::vector<double>& val_loss);

/// Content of train_metrics.csv, epochs from 0. Lists of different lengths throw
/// std::invalid_argument.
std::string metrics_csv(const std::string& metric_name, const std::vector<double>& metric,
                        const std::vector<double>& val_metric);

/// Content of evaluation.csv: a line each for loss and metric, rounded to four decimals.
std::string evaluation_csv(const std::string& loss_name, double loss,
                           const std::string& metric_name, double metric);

/// Content of history.json: an object of lists, a list a line; values that are not finite are null.
std::string history_json(const HistoryTable& history);

}  // namespace flexunet
