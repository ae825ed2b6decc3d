// A picture of any kind, as a mask is read and as an image is.
#include "flexunet/base/error.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/png_codec.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {
namespace {

template <typename Read>
bool gives_rgb(const InputFile& file, Read read) {
  return reads_or_refuses<DataError>(file.path().string(), [&] {
    const cv::Mat picture = read(file.path());
    require(picture.type() == CV_8UC3 && !picture.empty(), "an RGB picture");
    require(picture.total() <= kMaxPicturePixels, "no more pixels than are read");
  });
}

}  // namespace

bool reads_input(std::string_view input) {
  const InputFile file(input);
  const bool as_mask = gives_rgb(file, [](const auto& path) { return read_picture(path); });
  const bool as_image =
      gives_rgb(file, [](const auto& path) { return read_scaled_picture(path, std::nullopt); });
  return as_mask && as_image;
}

}  // namespace flexunet
