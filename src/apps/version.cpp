#include <ATen/Context.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <opencv2/core/utility.hpp>

#include "apps/version.h"

namespace flexunet {
namespace {

// Which BLAS answers at run time: Debian swaps it under LibTorch, so that its build settings say
// nothing.
std::string blas_in_use() {
  if (at::hasMKL()) return "Intel MKL";
  using GetConfig = const char* (*)();
  if (void* symbol = ::dlsym(RTLD_DEFAULT, "openblas_get_config")) {
    return reinterpret_cast<GetConfig>(symbol)();
  }
  return "not OpenBLAS (training may be half as fast: install libopenblas0-openmp)";
}

// LibTorch tells the instruction set that it chose only in its text of settings.
std::string cpu_capability() {
  const std::string settings = at::show_config();
  const std::string key = "CPU capability usage: ";
  const std::size_t begin = settings.find(key);
  if (begin == std::string::npos) return "unknown";
  return settings.substr(begin + key.size(), settings.find('\n', begin) - begin - key.size());
}

}  // namespace

std::string version_text(const std::string& program) {
  const auto devices = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
  const std::string cuda = devices > 0 ? fmt::format("yes, {} device(s)", devices) : "no";
  return fmt::format(
      "{} {}\nRevision        {}\nLibTorch        {}\nBLAS            {}\n"
      "OpenCV          {}\nCPU capability  {}\n"
      "CUDA            {}",
      program, FLEXUNET_VERSION, git_revision(), TORCH_VERSION, blas_in_use(),
      cv::getVersionString(), cpu_capability(), cuda);
}

std::map<std::string, std::string> own_versions() {
  return {{"flexunet_version", FLEXUNET_VERSION}, {"git_revision", git_revision()}};
}

std::map<std::string, std::string> library_versions() {
  return {{"libtorch_version", TORCH_VERSION}, {"opencv_version", cv::getVersionString()}};
}

}  // namespace flexunet
