// dump_slice FILE INDEX [--window]: the pixels that read_slice gives with each slice's own minimum
// and maximum, or with the file's window, as "WIDTH HEIGHT COUNT\n" and then red, green and blue of
// each pixel; of a segmentation the labels of one frame; for check_pydicom.py. Exit code 3, and the
// reason, when the file is refused.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "flexunet/base/error.h"
#include "flexunet/scans/scans.h"

namespace flexunet {
namespace {

void dump(const char* file, std::size_t index, const ScanIntensity& intensity) {
  std::vector<ScanSlice> slices = list_slices(file).slices;
  std::size_t count = slices.size();
  cv::Mat pixels;
  if (slices[0].dicom && slices[0].dicom->is_segmentation) {
    count = slices[0].dicom->segments.size();
    slices[0].segment_frames = {static_cast<int>(index)};
    pixels = read_label_slice(slices[0]);
  } else {
    pixels = read_slice(slices.at(index), intensity);
  }
  std::printf("%d %d %zu\n", pixels.cols, pixels.rows, count);
  std::fwrite(pixels.data, pixels.elemSize(), pixels.total(), stdout);
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  const bool use_window = argc == 4 && std::string_view(argv[3]) == "--window";
  if (argc != 3 && !use_window) {
    std::fputs("dump_slice FILE INDEX [--window]\n", stderr);
    return static_cast<int>(ExitCode::kConfig);
  }
  try {
    ScanIntensity intensity;
    intensity.use_window = use_window;
    dump(argv[1], std::strtoul(argv[2], nullptr, 10), intensity);
  } catch (const DataError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
