// An image as a NumPy array, with and without a range of intensities.
#include "flexunet/base/error.h"
#include "flexunet/imaging/npy.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {

bool reads_input(std::string_view input) {
  const InputFile file(input);
  bool was_read = true;
  for (const auto& range : {std::optional<IntensityRange>(), {IntensityRange{100, 5000}}}) {
    was_read &= reads_or_refuses<DataError>(file.path().string(), [&] {
      const cv::Mat image = read_npy_image(file.path(), range);
      require(image.depth() == CV_8U && image.channels() <= 4 && !image.empty(), "an image");
      require(image.total() * image.elemSize() < input.size(),
              "no more values than the file holds");
    });
  }
  return was_read;
}

}  // namespace flexunet
