#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

/// Whether a file lies in a folder of data without being data, by its name: hidden files
/// (.DS_Store, ._000.png), what systems leave behind (Thumbs.db, desktop.ini), and texts, tables
/// and pages about the data (.json .txt .csv .xml .md .pdf ..., README, LICENSE).
bool is_side_file(const std::filesystem::path& file);

/// "WHERE: 3 files are passed over: .DS_Store, Thumbs.db and 1 more"; empty where there are none.
std::string side_files_text(const std::filesystem::path& where,
                            const std::vector<std::filesystem::path>& files);

}  // namespace flexunet
