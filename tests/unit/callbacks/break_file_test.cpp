#include "flexunet/callbacks/break_file.h"

#include <gtest/gtest.h>

#include "support/epochs.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

TEST(BreakFile, StopsOnceTheFileIsThereAndLeavesIt) {
  const TemporaryFolder folder;
  BreakFile callback(folder.path() / "break_training");
  TrainControl control(0.001);
  callback.on_epoch_end(epoch_with_val_loss(0, 1.0), control);
  EXPECT_FALSE(control.stop_reason());
  const auto file = folder.write("break_training", "");
  callback.on_epoch_end(epoch_with_val_loss(1, 1.0), control);
  ASSERT_TRUE(control.stop_reason());
  EXPECT_NE(control.stop_reason()->find("break_training"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace flexunet
