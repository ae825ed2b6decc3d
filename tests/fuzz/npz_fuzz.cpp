// A class mask in an archive of NumPy arrays.
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "flexunet/imaging/npy.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {

bool reads_input(std::string_view input) {
  constexpr int kClasses = 3;
  const InputFile file(input);
  return reads_or_refuses<DataError>(file.path().string(), [&] {
    const cv::Mat mask = read_npz_class_mask(file.path(), kClasses);
    require(mask.type() == CV_8UC1 && !mask.empty(), "a class mask");
    double highest = 0;
    cv::minMaxLoc(mask, nullptr, &highest);
    require(highest < kClasses, "classes below their number");
  });
}

}  // namespace flexunet
