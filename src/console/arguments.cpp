#include "flexunet/console/arguments.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "flexunet/base/text.h"

namespace flexunet {

void add_console_options(CLI::App& app, Arguments& arguments) {
  auto* quiet = app.add_flag("--quiet", arguments.quiet, "Print warnings and errors alone");
  app.add_flag("--verbose", arguments.verbose, "Print more")->excludes(quiet);
}

void add_config_options(CLI::App& app, Arguments& arguments, const std::string& config_option) {
  app.add_option(config_option, arguments.config, "Config file of the project")
      ->capture_default_str();
  app.add_option("--set", arguments.overrides,
                 "Override a key: section.key=value, the value written as in the file (repeatable)")
      ->type_name("SECTION.KEY=VALUE")
      ->allow_extra_args(false);
  auto* strict = app.add_flag("--strict", arguments.strict, "Unknown keys are errors");
  app.add_flag("--lenient", arguments.lenient,
               "Values that do not parse give the default, masks of another shape are resized, and "
               "masks of strange colours are read; each with a warning")
      ->excludes(strict);
  app.add_option_function<std::string>(
         "--dump-config",
         [&arguments](const std::string& what) {
           arguments.dump_config = true;
           arguments.dump_all = what == "all";
           // What follows may be the config.
           if (!what.empty() && !arguments.dump_all) arguments.config = what;
         },
         "Print the config with the overrides as JSON and exit; all: the value of every key, given "
         "or not")
      ->type_name("[all]")
      ->expected(0, 1);
  app.add_flag("--keys", arguments.print_keys, "Print every key that a config may hold, and exit");
  app.add_flag("--dry-run", arguments.dry_run,
               "Load, check and describe everything; write nothing");
}

void add_threads_option(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "Threads; 0 is one a physical core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

CLI::Option* add_seed_option(CLI::App& app, std::uint64_t& seed, const std::string& description) {
  return app.add_option("--seed", seed, description)
      ->type_name("N")
      ->check([](const std::string& text) {
        return is_unsigned_number(text) ? "" : "must be a whole number from 0 to 2^64-1";
      })
      ->capture_default_str();
}

void add_run_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--device", arguments.device, "auto, cpu, cuda or cuda:N")->capture_default_str();
  add_threads_option(app, arguments.threads);
  app.add_option("--precision", arguments.precision,
                 "Number format of the activations; auto: that of the checkpoint, else bfloat16 "
                 "where it is measured to be a tenth faster")
      ->check(CLI::IsMember({"auto", "float32", "bfloat16"}))
      ->capture_default_str();
  app.add_flag("--deterministic", arguments.deterministic,
               "Equal runs give equal bytes on a GPU as well, which may be slower; on a CPU they "
               "always do");
}

ConfigRequest config_request(const Arguments& arguments, Task task) {
  ConfigRequest request;
  request.file = arguments.config;
  request.overrides = arguments.overrides;
  request.task = task;
  request.strict = arguments.strict;
  request.lenient = arguments.lenient;
  return request;
}

}  // namespace flexunet
