#include "flexunet/base/threads.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace flexunet {
namespace {

int number_in(const std::filesystem::path& file) {
  int number = -1;
  std::ifstream(file) >> number;
  return number;
}

}  // namespace

int count_cores(const std::vector<int>& processors, const std::filesystem::path& system) {
  std::set<std::pair<int, int>> cores;
  for (const int processor : processors) {
    const std::filesystem::path topology = system / fmt::format("cpu{}/topology", processor);
    const int core = number_in(topology / "core_id");
    if (core < 0) return static_cast<int>(processors.size());
    cores.emplace(number_in(topology / "physical_package_id"), core);
  }
  return static_cast<int>(cores.size());
}

int physical_cores() {
  // Those that this process may use: a container or a batch system may have left it few.
  std::vector<int> processors;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(static_cast<std::size_t>(processor), &allowed)) processors.push_back(processor);
    }
  }
  if (processors.empty()) {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  return count_cores(processors, "/sys/devices/system/cpu");
}

int loader_workers(int threads, bool on_gpu) {
  constexpr int kShareBesideTheNetwork = 4, kMostBesideAGpu = 16;
  return on_gpu ? std::clamp(threads - 1, 1, kMostBesideAGpu)
                : std::max(1, threads / kShareBesideTheNetwork);
}

}  // namespace flexunet
