#include "keras/keras_h5.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <fstream>
#include <string_view>

#include "flexunet/base/error.h"
#include "flexunet/base/isolated.h"
#include "keras/keras_h5_reader.h"
#include "keras/keras_model_bytes.h"

namespace flexunet {
namespace {

constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kZipSignature = "PK\x03\x04";
std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    shown += std::isprint(static_cast<unsigned char>(c)) != 0 ? c : '.';
  }
  return shown;
}

// Tells other kinds of files apart before HDF5 sees them, because its errors say only that it could
// not open them.
void require_hdf5(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::array<char, 8> begin{};
  if (!std::filesystem::is_regular_file(path) || !stream)
    refuse_keras_h5(path, "cannot be read as a file");
  stream.read(begin.data(), begin.size());
  const std::string_view found(begin.data(), static_cast<std::size_t>(stream.gcount()));
  if (found.empty()) refuse_keras_h5(path, "the file is empty");
  if (found.substr(0, kZipSignature.size()) == kZipSignature) {
    refuse_keras_h5(
        path,
        "a zip archive, the form of Keras 3's .keras files, which is not supported: save the "
        "model in Keras under a name ending in .h5");
  }
  if (found != kHdf5Signature) {
    refuse_keras_h5(path, fmt::format("not an HDF5 file, it begins with \"{}\"", printable(found)));
  }
}

// Far more than any sound file of this size takes.
ChildLimits limits_for(std::uint64_t file_size) {
  constexpr std::uint64_t kMegabyte = 1U << 20U;
  return {2 + file_size / kMegabyte, 256 * kMegabyte + 8 * file_size};
}

}  // namespace

KerasModel read_keras_h5(const std::filesystem::path& path) {
  require_hdf5(path);
  try {
    // A child process, because libhdf5 crashes on some damaged files.
    const ChildBytes bytes = run_isolated(
        [&](const Append& append) { append_keras_model(parse_keras_h5(path), append); },
        limits_for(std::filesystem::file_size(path)));
    return keras_model_from_bytes(bytes.view());
  } catch (const ChildFailure& failure) {
    const std::string reason = failure.explain("an HDF5 file", "libhdf5");
    if (failure.blames_input()) refuse_keras_h5(path, reason);
    throw CheckpointError(fmt::format("{}: {}", path.string(), reason));
  } catch (const std::out_of_range&) {
    refuse_keras_h5(path, "an HDF5 file that is damaged: libhdf5 lost its way in it");
  }
}

}  // namespace flexunet
