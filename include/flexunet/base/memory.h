#pragma once

#include <cstdint>
#include <filesystem>

namespace flexunet {

/// Bytes of memory that this process could still take without swapping: what the system calls
/// available, or what the limits of its control groups (version 1 or 2) leave where that is less; 0
/// where the system does not tell. Its files are looked for below `root`.
std::uint64_t available_memory(const std::filesystem::path& root = "/");

}  // namespace flexunet
