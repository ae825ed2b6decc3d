#include "integration/faulty_run.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "flexunet/base/files.h"

namespace flexunet {
namespace {

std::filesystem::path log_of(const ToyProject& project) {
  return project.root() / "file_operations";
}

ProcessOptions preloaded(const ToyProject& project, const std::string& fault) {
  const char* sanitizer_options = std::getenv("ASAN_OPTIONS");
  const std::string before = sanitizer_options == nullptr ? "" : sanitizer_options;
  ProcessOptions options;
  options.environment = {std::string("LD_PRELOAD=") + FLEXUNET_FILE_FAULTS,
                         "FLEXUNET_FAULT_FOLDER=" + project.folder().string(),
                         "FLEXUNET_FAULT=" + fault,
                         "FLEXUNET_FAULT_LOG=" + log_of(project).string(),
                         // A sanitizer would have to be loaded before anything else.
                         "ASAN_OPTIONS=verify_asan_link_order=0:" + before};
  return options;
}

}  // namespace

ProcessResult train_with_fault(const ToyProject& project, std::vector<std::string> arguments,
                               const std::string& fault) {
  arguments.insert(arguments.end(), {"--device", "cpu"});
  std::filesystem::remove(log_of(project));
  return project.run("train", arguments, preloaded(project, fault));
}

std::vector<FileOperation> list_file_operations(const ToyProject& project,
                                                std::vector<std::string> arguments) {
  const ProcessResult result = train_with_fault(project, std::move(arguments), "");
  if (result.exit_code != 0) throw std::runtime_error(result.err);
  return operations_of_last_run(project);
}

std::vector<FileOperation> operations_of_last_run(const ToyProject& project) {
  std::istringstream lines(read_file(log_of(project)));
  std::vector<FileOperation> operations;
  int number = 0;
  FileOperation operation;
  while (lines >> number >> operation.kind && std::getline(lines >> std::ws, operation.path)) {
    operations.push_back(operation);
  }
  return operations;
}

bool is_long_form() { return std::getenv("FLEXUNET_LONG_TESTS") != nullptr; }

}  // namespace flexunet
