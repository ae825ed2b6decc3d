#include "flexunet/callbacks/epoch_change_inference.h"

#include <fmt/format.h>

#include <utility>

#include "flexunet/base/error.h"

namespace flexunet {

EpochChangeInference::EpochChangeInference(std::vector<PreviewImage> images, Predict predict,
                                           Target target)
    : images_(std::move(images)), predict_(std::move(predict)), target_(std::move(target)) {}

void EpochChangeInference::on_epoch_end(const EpochResult& result, TrainControl&) {
  for (const PreviewImage& preview : images_) {
    const std::string name = fmt::format("Epoch_{}_{}.png", result.epoch + 1, preview.stem);
    try {
      write_palette_png(target_.output_dir / name, predict_(preview.image), target_.rgb_map);
    } catch (const OutputError& error) {
      target_.warn(fmt::format("preview left out: {}", error.what()));
    }
  }
}

}  // namespace flexunet
