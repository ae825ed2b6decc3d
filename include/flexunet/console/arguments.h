#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/config/config.h"

namespace flexunet {

/// What the command line says; the same names in every program.
struct Arguments {
  std::filesystem::path config = "train_eval_infer.config";
  std::vector<std::string> overrides;
  bool strict = false;
  bool lenient = false;
  bool quiet = false;
  bool verbose = false;
  bool dump_config = false;  ///< print the config and exit
  bool dump_all = false;     ///< with the keys that it leaves to their defaults
  bool print_keys = false;   ///< print what a config may hold and exit
  bool dry_run = false;
  std::string device = "auto";
  int threads = 0;  ///< 0: one a physical core
  std::uint64_t seed = 137;
  std::string precision = "float32";  ///< of the network's activations
  bool deterministic = false;         ///< equal bytes on a GPU, too
};

/// How much is printed; every program has these.
void add_console_options(CLI::App& app, Arguments& arguments);

/// The config file of a project and how strictly it is read. `config_option` is how the
/// file is given: "config", the first argument without a name, or "--config".
void add_config_options(CLI::App& app, Arguments& arguments, const std::string& config_option);

/// --threads N; 0 is one a physical core.
void add_threads_option(CLI::App& app, int& threads);

/// --seed N, of 64 bits.
CLI::Option* add_seed_option(CLI::App& app, std::uint64_t& seed, const std::string& description);

/// Where and how the network runs.
void add_run_options(CLI::App& app, Arguments& arguments);

/// The request to read the config for a task.
ConfigRequest config_request(const Arguments& arguments, Task task);

}  // namespace flexunet
