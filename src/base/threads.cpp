#include "flexunet/base/threads.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace flexunet {

int physical_cores() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::set<std::pair<std::string, std::string>> cores;
  std::string line;
  std::string package;
  while (std::getline(cpuinfo, line)) {
    if (line.rfind("physical id", 0) == 0) package = line;
    if (line.rfind("core id", 0) == 0) cores.emplace(package, line);
  }
  const auto logical = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  // Containers may be confined to fewer processors than /proc/cpuinfo lists.
  return cores.empty() ? logical : std::min(logical, static_cast<int>(cores.size()));
}

int loader_workers(int threads, bool on_gpu) {
  constexpr int kShareBesideTheNetwork = 4, kMostBesideAGpu = 16;
  return on_gpu ? std::clamp(threads - 1, 1, kMostBesideAGpu)
                : std::max(1, threads / kShareBesideTheNetwork);
}

}  // namespace flexunet
