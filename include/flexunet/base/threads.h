#pragma once

#include <filesystem>
#include <vector>

namespace flexunet {

// How the cores are shared, in one place. `--threads N` (one a physical core unless given) is what
// computing may use, by one kind of thread at a time:
// - decoding at the start: N threads, one image each (OrderedPipeline), while nothing computes;
// - the network on the CPU: LibTorch's N OpenMP threads; MKL and OpenBLAS take their number from
//   them. They spin while they wait for each other, so that any other busy thread costs them time;
// - preparing batches while the network runs: loader_workers() threads. On a CPU these take cores
//   from the network, and a quarter is more than enough: reading a sample takes a hundredth of the
//   time that training on it takes. Beside a GPU the cores have nothing else to do;
// - OpenCV: none of its own. Its pool is off (cv::setNumThreads(1)), because every picture has its
//   own thread already; nor do loader threads call what LibTorch would run in parallel, which would
//   start a team of OpenMP threads for each of them.

/// The processor's cores that this process may use, hyper-threads counted once: they share the
/// vector units that convolutions keep busy. At least 1.
int physical_cores();

/// The cores behind some of Linux's processors by their numbers, as `system` (the folder of
/// cpu0/topology and its like) tells; each processor counts where it does not.
int count_cores(const std::vector<int>& processors, const std::filesystem::path& system);

/// How many of `threads` prepare batches while the network runs on a CPU or beside it: 1 or more.
int loader_workers(int threads, bool on_gpu);

}  // namespace flexunet
