#include "generator/tool_options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "flexunet/base/text.h"

namespace flexunet {

void add_seed_option(CLI::App& app, std::uint64_t& seed) {
  app.add_option("--seed", seed, "The same seed gives the same files")
      ->type_name("N")
      ->check([](const std::string& text) {
        return is_unsigned_number(text) ? "" : "must be a whole number from 0 to 2^64-1";
      })
      ->capture_default_str();
}

void add_threads_option(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "Threads; 0 is one a physical core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

}  // namespace flexunet
