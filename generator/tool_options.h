#pragma once

#include <CLI/App.hpp>
#include <cstdint>

namespace flexunet {

/// --seed N of the data set tools.
void add_seed_option(CLI::App& app, std::uint64_t& seed);

/// --threads N; 0 is one a physical core.
void add_threads_option(CLI::App& app, int& threads);

}  // namespace flexunet
