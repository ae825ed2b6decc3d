#include "flexunet/report/csv.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "report/number_text.h"

namespace flexunet {
namespace {

std::string epoch_rows(const std::vector<double>& training, const std::vector<double>& validation) {
  if (training.size() != validation.size()) {
    throw std::invalid_argument(fmt::format("{} training values, but {} validation values",
                                            training.size(), validation.size()));
  }
  std::string rows;
  for (std::size_t epoch = 0; epoch < training.size(); ++epoch) {
    fmt::format_to(std::back_inserter(rows), "{}, {}, {}\n", epoch, fixed4(training[epoch]),
                   fixed4(validation[epoch]));
  }
  return rows;
}

}  // namespace

std::string losses_csv(const std::vector<double>& loss, const std::vector<double>& val_loss) {
  return "epoch, loss, val_loss\n" + epoch_rows(loss, val_loss);
}

std::string metrics_csv(const std::string& metric_name, const std::vector<double>& metric,
                        const std::vector<double>& val_metric) {
  return fmt::format("epoch,{0},val_{0},\n", metric_name) + epoch_rows(metric, val_metric);
}

std::string evaluation_csv(const std::string& loss_name, double loss,
                           const std::string& metric_name, double metric) {
  return fmt::format("{},{}\n{},{}\n", loss_name, python_round4(loss), metric_name,
                     python_round4(metric));
}

std::string history_json(const HistoryTable& history) {
  const std::pair<std::string, const std::vector<double>*> lists[] = {
      {"loss", &history.loss},
      {history.metric_name, &history.metric},
      {"val_loss", &history.val_loss},
      {"val_" + history.metric_name, &history.val_metric},
      {"lr", &history.lr}};
  std::string text;
  for (const auto& [name, values] : lists) {
    text += fmt::format("{}\n  {}: {}", text.empty() ? "{" : ",", nlohmann::json(name).dump(),
                        nlohmann::json(*values).dump());
  }
  return text + "\n}\n";
}

}  // namespace flexunet
