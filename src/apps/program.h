#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "apps/arguments.h"

namespace flexunet {

/// What a program is called and how it introduces itself in --help.
struct ProgramInfo {
  std::string name;
  std::string description;
  std::string example;
  std::string (*version)(const std::string& program);  ///< what --version prints
  std::string config_option = "config";  ///< "--config" where it is no positional argument
};

/// Parses the command line and runs `body`; turns every error into a message and an exit code.
/// `add_options` adds what this program alone understands; --version, --dump-config are done here.
int run_program(const ProgramInfo& info, int argc, char** argv,
                const std::function<void(CLI::App&, Arguments&)>& add_options,
                const std::function<void(const Arguments&)>& body);

}  // namespace flexunet
