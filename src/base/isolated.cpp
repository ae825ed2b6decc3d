#include "flexunet/base/isolated.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include "flexunet/base/error.h"
#include "flexunet/base/file_descriptor.h"

namespace flexunet {
namespace {

// How a child ends that has an answer: with the bytes, or with an error's exit code and message.
constexpr int kHasBytes = 0, kHasError = 91;

class AnswerFile {
 public:
  AnswerFile() : file_(::memfd_create("flexunet-answer", MFD_CLOEXEC)) {
    if (!file_) {
      throw ChildFailure(fmt::format("no memory for its answer: {}", std::strerror(errno)), 0);
    }
  }

  int descriptor() const { return file_.get(); }

  void append(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw std::runtime_error(std::strerror(errno));
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void replace(std::string_view bytes) const {
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0) {
      throw std::runtime_error(std::strerror(errno));
    }
    append(bytes);
  }

 private:
  FileDescriptor file_;
};

// Bytes of address space that the process has, whatever it does with them.
std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void lower_limit(decltype(RLIMIT_CPU) resource, std::uint64_t value) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  if (limit.rlim_max < value) return;
  limit.rlim_cur = value;
  ::setrlimit(resource, &limit);
}

void prepare_child(const ChildLimits& limits) {
  // The program's handlers save its state or print what it was doing; neither is the child's.
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGXCPU}) {
    std::signal(signal, SIG_DFL);
  }
  // It must not go on when the program has been killed.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  lower_limit(RLIMIT_CORE, 0);
  lower_limit(RLIMIT_CPU, limits.cpu_seconds);
  if (const std::uint64_t used = address_space(); used > 0) {
    lower_limit(RLIMIT_AS, used + limits.memory_bytes);
  }
}

int answer_with_error(const AnswerFile& answer, ExitCode code, const char* message) noexcept {
  try {
    answer.replace(std::string(1, static_cast<char>(code)) + message);
    return kHasError;
  } catch (...) {
    return EXIT_FAILURE;
  }
}

int work_as_child(const std::function<void(const Append&)>& work, const ChildLimits& limits,
                  const AnswerFile& answer) noexcept {
  try {
    prepare_child(limits);
    work([&](std::string_view bytes) { answer.append(bytes); });
    return kHasBytes;
  } catch (const Error& error) {
    return answer_with_error(answer, error.exit_code(), error.what());
  } catch (const std::exception& error) {
    return answer_with_error(answer, ExitCode::kBug, error.what());
  } catch (...) {
    return EXIT_FAILURE;
  }
}

[[noreturn]] void throw_again(std::string_view answer) {
  const auto code = answer.empty() ? ExitCode::kBug : static_cast<ExitCode>(answer.front());
  const std::string message(answer.substr(answer.empty() ? 0 : 1));
  switch (code) {
    case ExitCode::kConfig:
      throw ConfigError(message);
    case ExitCode::kData:
      throw DataError(message);
    case ExitCode::kCheckpoint:
      throw CheckpointError(message);
    case ExitCode::kTraining:
      throw TrainingError(message);
    case ExitCode::kOutput:
      throw OutputError(message);
    default:
      throw std::runtime_error(message);
  }
}

}  // namespace

bool ChildFailure::blames_input() const {
  const bool was_stopped =
      signal_ == SIGINT || signal_ == SIGTERM || signal_ == SIGHUP || signal_ == SIGKILL;
  return signal_ != 0 && !was_stopped;
}

std::string ChildFailure::explain(const std::string& format, const std::string& library) const {
  if (blames_input()) {
    return fmt::format("{} that is damaged: {} {} ({})", format, library,
                       signal_ == SIGXCPU ? "does not come to an end with it" : "crashed on it",
                       what());
  }
  if (signal_ == 0) return fmt::format("cannot be read: {}", what());
  return fmt::format("reading it was stopped ({})", what());
}

ChildBytes::ChildBytes(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw ChildFailure(std::strerror(errno), 0);
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  memory_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (memory_ == MAP_FAILED) throw ChildFailure(std::strerror(errno), 0);
}

ChildBytes::~ChildBytes() {
  if (size_ > 0) ::munmap(memory_, size_);
}

ChildBytes run_isolated(const std::function<void(const Append&)>& work, const ChildLimits& limits) {
  const AnswerFile answer;
  const pid_t child = ::fork();
  if (child < 0) {
    throw ChildFailure(fmt::format("no child process can be started: {}", std::strerror(errno)), 0);
  }
  // _exit: what the program has yet to flush or to close is not the child's to do.
  if (child == 0) ::_exit(work_as_child(work, limits, answer));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw ChildFailure(std::strerror(errno), 0);
  }
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    throw ChildFailure(fmt::format("signal {}, {}", signal, ::strsignal(signal)), signal);
  }
  if (WEXITSTATUS(status) == kHasError) throw_again(ChildBytes(answer.descriptor()).view());
  if (WEXITSTATUS(status) != kHasBytes) {
    throw ChildFailure(fmt::format("exit status {}", WEXITSTATUS(status)), 0);
  }
  return ChildBytes(answer.descriptor());
}

}  // namespace flexunet
