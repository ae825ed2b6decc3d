#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/dataset/dataset.h"

namespace flexunet {

/// A data set of which one sample cannot be read: DataError "bad/NAME.png: unreadable".
inline Dataset broken_dataset(const std::vector<Sample>& samples, std::size_t bad) {
  class Broken : public SampleStore {
   public:
    Broken(std::vector<Sample> whole, std::size_t unreadable)
        : samples_(std::move(whole)), bad_(unreadable) {}
    Sample sample(std::size_t i) const override {
      if (i == bad_) throw DataError("bad/" + samples_[i].stem + ".png: unreadable");
      return samples_.at(i);
    }

   private:
    std::vector<Sample> samples_;
    std::size_t bad_;
  };
  std::vector<SampleInfo> infos;
  for (const Sample& sample : samples) infos.push_back({sample.stem, sample.image_file, 0});
  return {infos, {}, std::make_shared<Broken>(samples, bad)};
}

}  // namespace flexunet
