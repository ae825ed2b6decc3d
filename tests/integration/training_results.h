#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace flexunet {

/// The contents of files by their paths in the project folder.
using FileContents = std::map<std::string, std::string>;

/// The tables of a training: what its epochs came to, whatever the config says beside.
FileContents numbers_in(const std::filesystem::path& project);

/// Everything that equal runs have in equal bytes: tables, checkpoints, previews.
FileContents results_in(const std::filesystem::path& project);

/// Removes what a training wrote, so that the next one starts afresh.
void remove_results(const std::filesystem::path& project);

/// The temporary files that a training left behind, at any depth, as paths in the project folder.
std::vector<std::string> temporary_files(const std::filesystem::path& project);

/// Why one of the files that training writes is not whole, "" when all are: every file that is
/// there, while a run goes on or after it was killed. Temporary files are passed over.
std::string find_torn_file(const std::filesystem::path& project);

}  // namespace flexunet
