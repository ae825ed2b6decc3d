#pragma once

#include <string>
#include <vector>

#include "integration/toy_project.h"

namespace flexunet {

/// A file operation of a program, as tests/support/file_faults.cpp counts them.
struct FileOperation {
  std::string kind;  ///< "create", "write", "fsync", "rename" or "link"
  std::string path;  ///< of the file, or what it is renamed to
};

/// Runs flexunet-train with arguments and a fault: what FLEXUNET_FAULT holds, "" for none.
ProcessResult train_with_fault(const ToyProject& project, std::vector<std::string> arguments,
                               const std::string& fault);

/// The file operations of flexunet-train with arguments, which it runs to find out.
std::vector<FileOperation> list_file_operations(const ToyProject& project,
                                                std::vector<std::string> arguments);

/// Those of the last run of either function, up to where it ended. How fast epochs follow each
/// other decides which of them draw curves: the number of an operation means the same in any two
/// runs only until the second epoch ends.
std::vector<FileOperation> operations_of_last_run(const ToyProject& project);

/// Whether the long forms of tests were asked for (FLEXUNET_LONG_TESTS in the environment).
bool is_long_form();

}  // namespace flexunet
