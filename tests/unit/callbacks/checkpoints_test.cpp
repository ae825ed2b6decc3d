#include "flexunet/callbacks/checkpoints.h"

#include <gtest/gtest.h>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "support/epochs.h"
#include "support/temporary_folder.h"
#include "support/tiny_network.h"

namespace flexunet {
namespace {

TEST(Checkpoints, KeepTheBestEpochAndTheLast) {
  const TemporaryFolder folder;
  FlexUNet model(tiny_network());
  Checkpoints callback(model, folder.path(), {});
  TrainControl control(0.001);
  const std::vector<double> val_losses{0.9, 0.5, 0.5, 0.7};
  for (int epoch = 0; epoch < 4; ++epoch) {
    callback.on_epoch_end(epoch_with_val_loss(epoch, val_losses[static_cast<std::size_t>(epoch)]),
                          control);
  }
  const auto best = SafetensorsFile::read(folder.path() / kBestModelFile);
  const auto last = SafetensorsFile::read(folder.path() / kLastCheckpointFile);
  EXPECT_EQ(best.metadata().at("epoch"), "1");  // an equal val_loss is no improvement
  EXPECT_EQ(best.metadata().at("val_loss"), "0.5");
  EXPECT_EQ(last.metadata().at("epoch"), "3");
}

TEST(Checkpoints, KeepTheBestEpochByTheMonitor) {
  const TemporaryFolder folder;
  Checkpoints callback(FlexUNet(tiny_network()), folder.path(), {},
                       {MonitorKind::kValForegroundDice, MetricKind::kDiceCoefMulticlass});
  TrainControl control(0.001);
  const double dice[] = {0.25, 0.5, 0.375};
  for (int epoch = 0; epoch < 3; ++epoch) {
    EpochResult result = epoch_with_val_loss(epoch, 0.5 - 0.1 * epoch);
    result.val_foreground_dice = dice[epoch];
    callback.on_epoch_end(result, control);
  }
  const auto best = SafetensorsFile::read(folder.path() / kBestModelFile);
  EXPECT_EQ(best.metadata().at("epoch"), "1");
  EXPECT_EQ(best.metadata().at("val_foreground_dice"), "0.5");
}

}  // namespace
}  // namespace flexunet
