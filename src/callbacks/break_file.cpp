#include "flexunet/callbacks/break_file.h"

namespace flexunet {

void BreakFile::on_epoch_end(const EpochResult&, TrainControl& control) {
  std::error_code unreadable;
  if (std::filesystem::exists(path_, unreadable)) {
    control.stop(path_.filename().string() + " was found beside the config");
  }
}

}  // namespace flexunet
