#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "flexunet/console/arguments.h"

namespace flexunet {

/// "NAME VERSION", for programs that do not see LibTorch.
std::string plain_version(const std::string& program);

/// What a program is called and how it introduces itself in --help.
struct ProgramInfo {
  std::string name;
  std::string description;
  std::string example;
  std::string (*version)(const std::string& program) = plain_version;  ///< what --version prints
  /// "config", the first argument, or "--config"; empty: the program reads no project's config.
  std::string config_option = "config";
};

/// Parses the command line and runs `body`; turns every error into a message and an exit code.
/// `add_options` adds what this program alone understands; --version, --keys and --dump-config are
/// done here.
int run_program(const ProgramInfo& info, int argc, char** argv,
                const std::function<void(CLI::App&, Arguments&)>& add_options,
                const std::function<void(const Arguments&)>& body);

}  // namespace flexunet
