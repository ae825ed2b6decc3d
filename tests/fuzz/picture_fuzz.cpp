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
  // As a mask it may be refused for its values.
  gives_rgb(file, [](const auto& path) { return load_mask(path, {}, 0).rgb; });
  return gives_rgb(file, [](const auto& path) { return load_image(path, {}, 0).rgb; });
}

}  // namespace flexunet
