#pragma once

#include <filesystem>
#include <string>

namespace flexunet {

/// Sets up what programs say: messages to standard output, warnings and errors to standard error.
void open_console(bool quiet, bool verbose);

/// Also writes everything said so far and from now on to a log file, behind what a file with
/// `append` holds already. Throws OutputError.
void open_log_file(const std::filesystem::path& path, bool append = false);

void say(const std::string& message);
/// Only with --verbose (and in the log file).
void say_more(const std::string& message);
void warn(const std::string& message);
void report_error(const std::string& message);

/// Whether messages go to a terminal, where a progress bar can be drawn.
bool is_interactive();

}  // namespace flexunet
