#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

/// A line of a table of pairs.
struct TableLine {
  std::string place;  ///< "pairs.csv:3"
  std::string image;
  std::string mask;
  bool may_be_heading = false;  ///< the first line, if both are words without digits, dot or slash
};

/// The pairs that a CSV file lists: an image and a mask a line, in UTF-8, between commas, or where
/// the first line holds none, semicolons or tabs; blanks around names do not count. Lines of other
/// numbers of fields go to `problems`. Throws DataError: not readable, not UTF-8, quotes that do
/// not close.
std::vector<TableLine> read_pair_table(const std::filesystem::path& file,
                                       std::vector<std::string>& problems);

}  // namespace flexunet
