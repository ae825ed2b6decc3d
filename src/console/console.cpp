#include "flexunet/console/console.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <memory>
#include <sstream>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"

namespace flexunet {
namespace {

constexpr const char* kFilePattern = "%Y-%m-%d %H:%M:%S %l: %v";

// What was said before the log file could be opened.
std::ostringstream& early_messages() {
  static std::ostringstream messages;
  return messages;
}

std::shared_ptr<spdlog::logger> make_logger(const char* name, spdlog::sink_ptr terminal,
                                            const spdlog::sink_ptr& record) {
  auto logger =
      std::make_shared<spdlog::logger>(name, spdlog::sinks_init_list{std::move(terminal), record});
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::debug);
  spdlog::register_logger(logger);
  return logger;
}

std::shared_ptr<spdlog::logger> messages() { return spdlog::get("messages"); }
std::shared_ptr<spdlog::logger> problems() { return spdlog::get("problems"); }

}  // namespace

void open_console(bool quiet, bool verbose) {
  spdlog::drop_all();
  auto record = std::make_shared<spdlog::sinks::ostream_sink_st>(early_messages());
  record->set_pattern(kFilePattern);
  auto out = std::make_shared<spdlog::sinks::stdout_color_sink_st>();
  out->set_pattern("%v");
  out->set_level(quiet ? spdlog::level::off : verbose ? spdlog::level::debug : spdlog::level::info);
  auto err = std::make_shared<spdlog::sinks::stderr_color_sink_st>();
  err->set_pattern("%^%l%$: %v");
  make_logger("messages", out, record);
  make_logger("problems", err, record);
}

void open_log_file(const std::filesystem::path& path, bool append) {
  create_folder(path.parent_path());
  try {
    auto file = std::make_shared<spdlog::sinks::basic_file_sink_st>(path.string(), !append);
    file->set_pattern("%v");
    std::string early = early_messages().str();
    if (!early.empty()) early.pop_back();  // the sink ends the line itself
    spdlog::logger("early", file).info(early);
    file->set_pattern(kFilePattern);
    messages()->sinks().at(1) = file;
    problems()->sinks().at(1) = file;
  } catch (const spdlog::spdlog_ex& error) {
    throw OutputError(path.string() + ": cannot write the log: " + error.what());
  }
}

void say(const std::string& message) { messages()->info(message); }
void say_more(const std::string& message) { messages()->debug(message); }
void warn(const std::string& message) { problems()->warn(message); }
void report_error(const std::string& message) { problems()->error(message); }

bool is_interactive() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace flexunet
