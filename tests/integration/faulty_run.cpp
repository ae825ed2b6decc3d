#include "integration/faulty_run.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "flexunet/base/files.h"

namespace flexunet {
namespace {

ProcessOptions preloaded(const ToyProject& project, const std::string& fault) {
  const char* sanitizer_options = std::getenv("ASAN_OPTIONS");
  const std::string before = sanitizer_options == nullptr ? "" : sanitizer_options;
  ProcessOptions options;
  options.environment = {std::string("LD_PRELOAD=") + FLEXUNET_FILE_FAULTS,
                         "FLEXUNET_FAULT_FOLDER=" + project.folder().string(),
                         "FLEXUNET_FAULT=" + fault,
                         // A sanitizer would have to be loaded before anything else.
                         "ASAN_OPTIONS=verify_asan_link_order=0:" + before};
  return options;
}

}  // namespace

ProcessResult train_with_fault(const ToyProject& project, std::vector<std::string> arguments,
                               const std::string& fault) {
  arguments.insert(arguments.end(), {"--device", "cpu"});
  return project.run("train", arguments, preloaded(project, fault));
}

std::vector<FileOperation> list_file_operations(const ToyProject& project,
                                                std::vector<std::string> arguments) {
  const auto log = project.root() / "file_operations";
  ProcessOptions options = preloaded(project, "");
  options.environment.push_back("FLEXUNET_FAULT_LOG=" + log.string());
  arguments.insert(arguments.end(), {"--device", "cpu"});
  const ProcessResult result = project.run("train", arguments, options);
  if (result.exit_code != 0) throw std::runtime_error(result.err);
  std::istringstream lines(read_file(log));
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
