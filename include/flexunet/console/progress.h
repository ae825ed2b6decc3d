#pragma once

#include "flexunet/training/callback.h"

namespace flexunet {

/// Tells the user how training goes: a bar that is redrawn when the output is a terminal, and one
/// line an epoch in any case, and warns of divergence.
class ConsoleProgress : public Callback {
 public:
  ConsoleProgress(int epochs, std::string metric_name, bool draw_bar);
  void on_batch_end(const BatchResult& result) override;
  void on_rollback(const std::string& divergence) override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  int epochs_;
  std::string metric_name_;
  bool draw_bar_;
};

}  // namespace flexunet
