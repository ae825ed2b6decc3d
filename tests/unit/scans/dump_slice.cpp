// dump_slice FILE INDEX: the pixels that read_slice gives with each slice's own minimum and
// maximum, as "WIDTH HEIGHT COUNT\n" and then red, green and blue of each pixel; for
// check_pydicom.py. Exit code 3, and the reason, when the file is refused.
#include <cstdio>
#include <cstdlib>

#include "flexunet/base/error.h"
#include "flexunet/scans/scans.h"

int main(int argc, char** argv) {
  using namespace flexunet;
  if (argc != 3) {
    std::fputs("dump_slice FILE INDEX\n", stderr);
    return static_cast<int>(ExitCode::kConfig);
  }
  try {
    const auto slices = list_slices(argv[1]).slices;
    const cv::Mat pixels = read_slice(slices.at(std::strtoul(argv[2], nullptr, 10)), {});
    std::printf("%d %d %zu\n", pixels.cols, pixels.rows, slices.size());
    std::fwrite(pixels.data, pixels.elemSize(), pixels.total(), stdout);
  } catch (const DataError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.exit_code());
  }
  return 0;
}
