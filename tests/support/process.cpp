#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "flexunet/base/files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// Files rather than pipes: no program can wait for a reader that waits for the program.
class SpawnActions {
 public:
  SpawnActions(const fs::path& folder, const fs::path& out, const fs::path& err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    open(STDIN_FILENO, "/dev/null", O_RDONLY);
    open(STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC);
    open(STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC);
  }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void open(int descriptor, const fs::path& path, int flags) {
    constexpr mode_t kOwnerOnly = 0600;
    ::posix_spawn_file_actions_addopen(&actions_, descriptor, path.c_str(), flags, kOwnerOnly);
  }

  posix_spawn_file_actions_t actions_;
};

std::int64_t peak_memory_of(const rusage& usage) {
  constexpr std::int64_t kKibibyte = 1024;
  return usage.ru_maxrss * kKibibyte;
}

void wait_for(pid_t process, ProcessResult& result) {
  int status = 0;
  rusage usage{};
  while (::wait4(process, &status, 0, &usage) < 0) {
    if (errno != EINTR) throw std::runtime_error(std::strerror(errno));
  }
  constexpr int kSignalled = 128;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  result.peak_memory = peak_memory_of(usage);
}

// Pointers to words that must outlive them, as C wants them.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::vector<std::string>& further) {
  std::vector<std::string> environment = further;
  for (char** entry = ::environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  return environment;
}

// Waits at most so long for the end of a process, and kills it then.
void kill_after(pid_t process, std::chrono::milliseconds time) {
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (handle < 0) throw std::runtime_error(std::strerror(errno));
  pollfd end{handle, POLLIN, 0};
  const int ended = ::poll(&end, 1, static_cast<int>(time.count()));
  if (ended == 0) ::kill(process, SIGKILL);
  ::close(handle);
}

}  // namespace

ProcessResult run_process(const fs::path& program, const std::vector<std::string>& arguments,
                          const fs::path& folder, const ProcessOptions& options) {
  const TemporaryFolder output;
  const fs::path out = output.path() / "out";
  const fs::path err = output.path() / "err";
  const SpawnActions actions(folder, out, err);
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environment_with(options.environment);
  pid_t process = 0;
  const int error = ::posix_spawn(&process, program.c_str(), actions.get(), nullptr,
                                  pointers_to(words).data(), pointers_to(environment).data());
  if (error != 0) throw std::runtime_error(program.string() + ": " + std::strerror(error));
  if (options.kill_after) kill_after(process, *options.kill_after);
  ProcessResult result;
  wait_for(process, result);
  result.out = read_file(out);
  result.err = read_file(err);
  return result;
}

std::int64_t own_peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return peak_memory_of(usage);
}

}  // namespace flexunet
