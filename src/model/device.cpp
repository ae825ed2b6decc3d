#include "flexunet/model/device.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "flexunet/base/error.h"
#include "flexunet/base/threads.h"
#include "flexunet/model/libtorch_versions.h"

namespace flexunet {
torch::Device select_device(const std::string& name) {
  const std::string choices = "choose auto, cpu, cuda or cuda:N";
  if (name == "cpu") return torch::kCPU;
  const int count = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (name == "auto")
    return count > 0 ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
  const bool cuda = name == "cuda";
  const bool numbered =
      name.rfind("cuda:", 0) == 0 && name.size() > 5 && name.size() < 9 &&
      std::all_of(name.begin() + 5, name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!cuda && !numbered) {
    throw ConfigError(fmt::format("{}: no such device, {}", name, choices));
  }
  const int index = cuda ? 0 : std::stoi(name.substr(5));
  if (count == 0) {
    throw ConfigError(
        fmt::format("{}: no CUDA device is available to this LibTorch, use cpu", name));
  }
  if (index >= count) {
    throw ConfigError(
        fmt::format("{}: there are {} CUDA devices, cuda:0 to cuda:{}", name, count, count - 1));
  }
  return torch::Device(torch::kCUDA, static_cast<torch::DeviceIndex>(index));
}

void set_up_device(torch::Device device, Determinism determinism) {
  if (!device.is_cuda()) return;
  const bool deterministic = determinism == Determinism::kDeterministic;
  // cuBLAS reads it when it is used first; PyTorch's documentation names the value.
  constexpr int kKeepWhatTheUserSet = 0;
  if (deterministic) ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", kKeepWhatTheUserSet);
  at::globalContext().setDeterministicCuDNN(deterministic);
  // What is made without naming a device, and every library that asks for the current one.
  c10::impl::VirtualGuardImpl(device.type()).setDevice(device);
  allow_tf32(true);
}

AlgorithmSearch::AlgorithmSearch(bool wanted) : before_(at::globalContext().benchmarkCuDNN()) {
  at::globalContext().setBenchmarkCuDNN(wanted && !at::globalContext().deterministicCuDNN());
}

AlgorithmSearch::~AlgorithmSearch() { at::globalContext().setBenchmarkCuDNN(before_); }

void allow_tf32(bool allowed) { set_tf32(allowed); }

bool computes_bfloat16(torch::Device device) {
  if (device.is_cpu()) return true;
  const c10::DeviceGuard guard(device);
  // Asked through the hooks, which need none of CUDA's headers.
  return at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8();
}

int select_threads(int requested) {
  const int threads = requested > 0 ? requested : physical_cores();
  torch::set_num_threads(threads);
  return threads;
}

}  // namespace flexunet
