#include "flexunet/console/program.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/console/console.h"

namespace flexunet {
namespace {

int as_int(ExitCode code) { return static_cast<int>(code); }

// Whether LibTorch or a library below it says that an allocation failed: it has an exception type
// of its own on CUDA alone, which this room does not see.
bool tells_of_memory(const std::string& what) {
  for (const char* words : {"out of memory", "not enough memory", "can't allocate memory",
                            "ALLOC_FAILED", "ALLOCATION_FAILED"}) {
    if (what.find(words) != std::string::npos) return true;
  }
  return false;
}

// The message of an exception that nobody expected, and its exit code.
int explain(const std::exception& exception) {
  if (const auto* interrupted = dynamic_cast<const Interrupted*>(&exception)) {
    warn(interrupted->what());
    return as_int(interrupted->exit_code());
  }
  const auto* error = dynamic_cast<const Error*>(&exception);
  if (error != nullptr) {
    report_error(error->what());
    return as_int(error->exit_code());
  }
  const std::string what = exception.what();
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr || tells_of_memory(what)) {
    report_error("out of memory: try a smaller batch_size, image size or base_filters (" +
                 what.substr(0, what.find('\n')) + ")");
    return as_int(ExitCode::kTraining);
  }
  report_error("this is a bug in FlexUNet, please report it: " + what);
  return as_int(ExitCode::kBug);
}

}  // namespace

std::string plain_version(const std::string& program) { return program + " " + FLEXUNET_VERSION; }

int run_program(const ProgramInfo& info, int argc, char** argv,
                const std::function<void(CLI::App&, Arguments&)>& add_options,
                const std::function<void(const Arguments&)>& body) {
  CLI::App app(info.description, info.name);
  Arguments arguments;
  app.footer("\nExample:\n  " + info.example);
  app.set_version_flag("--version", [&info] { return info.version(info.name); });
  add_console_options(app, arguments);
  if (!info.config_option.empty()) add_config_options(app, arguments, info.config_option);
  add_options(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? as_int(ExitCode::kDone) : as_int(ExitCode::kConfig);
  }
  open_console(arguments.quiet, arguments.verbose);
  try {
    if (arguments.print_keys) {
      std::fputs(key_reference().c_str(), stdout);
    } else if (arguments.dump_config) {
      const ConfigRequest request = config_request(arguments, Task::kTrain);
      std::puts(
          (arguments.dump_all ? dump_effective_config(request) : dump_config(request)).c_str());
    } else {
      body(arguments);
    }
  } catch (const std::exception& exception) {
    return explain(exception);
  }
  return as_int(ExitCode::kDone);
}

}  // namespace flexunet
