// Preloaded into a program (LD_PRELOAD), makes one of its file operations go wrong: creating,
// writing, flushing, renaming and linking of files in the folder that FLEXUNET_FAULT_FOLDER names,
// counted from 1. FLEXUNET_FAULT says which and how:
//   fail=28@17   operation 17 fails with errno 28 (no space left)
//   kill=0@17    the process is killed there, by SIGKILL; of a write, the first half happens
//   raise=15@17  the process gets that signal, and the operation happens
//   raise2=15@17 it gets it twice
// FLEXUNET_FAULT_LOG names a file that takes a line for each operation.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct Plan {
  std::string kind;
  int value = 0;
  int at = 0;
};

Plan read_plan() {
  Plan plan;
  const char* text = std::getenv("FLEXUNET_FAULT");
  std::array<char, 16> kind{};
  if (text != nullptr &&
      std::sscanf(text, "%15[^=]=%d@%d", kind.data(), &plan.value, &plan.at) == 3) {
    plan.kind = kind.data();
  }
  return plan;
}

bool is_watched(const std::string& path) {
  const char* folder = std::getenv("FLEXUNET_FAULT_FOLDER");
  return folder != nullptr && path.rfind(folder, 0) == 0;
}

std::string path_of(int descriptor) {
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  return {path.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
}

void log_operation(int number, const char* operation, const std::string& path) {
  const char* log = std::getenv("FLEXUNET_FAULT_LOG");
  if (log == nullptr) return;
  std::FILE* file = std::fopen(log, "a");
  if (file == nullptr) return;
  std::fprintf(file, "%d %s %s\n", number, operation, path.c_str());
  std::fclose(file);
}

enum class Verdict { kGoOn, kFail, kKill };

// Counts an operation and says what becomes of it.
Verdict judge(const char* operation, const std::string& path) {
  static int count = 0;
  static const Plan plan = read_plan();
  if (!is_watched(path)) return Verdict::kGoOn;
  ++count;
  log_operation(count, operation, path);
  if (count != plan.at) return Verdict::kGoOn;
  if (plan.kind == "kill") return Verdict::kKill;
  if (plan.kind == "fail") {
    errno = plan.value;
    return Verdict::kFail;
  }
  ::raise(plan.value);
  if (plan.kind == "raise2") ::raise(plan.value);
  return Verdict::kGoOn;
}

// For operations that happen as a whole or not at all.
bool may_go_on(const char* operation, const std::string& path) {
  const Verdict verdict = judge(operation, path);
  if (verdict == Verdict::kKill) ::kill(::getpid(), SIGKILL);
  return verdict == Verdict::kGoOn;
}

int open_file(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0 && !may_go_on("create", path)) return -1;
  return real<int (*)(const char*, int, mode_t)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_file("open64", path, flags, mode);
}

ssize_t write(int descriptor, const void* data, std::size_t size) {
  const auto real_write = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  const Verdict verdict = judge("write", path_of(descriptor));
  if (verdict == Verdict::kFail) return -1;
  if (verdict == Verdict::kKill) {
    real_write(descriptor, data, size / 2);
    ::kill(::getpid(), SIGKILL);
  }
  return real_write(descriptor, data, size);
}

int fsync(int descriptor) {
  if (!may_go_on("fsync", path_of(descriptor))) return -1;
  return real<int (*)(int)>("fsync")(descriptor);
}

int rename(const char* from, const char* to) {
  if (!may_go_on("rename", to)) return -1;
  return real<int (*)(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) {
  if (!may_go_on("link", to)) return -1;
  return real<int (*)(const char*, const char*)>("link")(from, to);
}

}  // extern "C"
