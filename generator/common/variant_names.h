#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace flexunet {

/// The stem of the picture that a variant was made from: "10001" for "rotated_90_10001", which the
/// original and flexunet-generate write; a stem that begins with none of their words comes back as
/// it is. What follows the last "_" is the source.
std::string source_stem(std::string_view stem);

/// The stems of a data set, of all its splits: a name alone is no proof of where a picture is from.
class SourceNames {
 public:
  void add(const std::string& stem);

  bool has(std::string_view stem) const { return stems_.find(stem) != stems_.end(); }
  /// The longest stem that ends a variant's stem, which may hold "_" itself. Where there is none,
  /// what follows word and parameters if several variants name it, such as rotated_90_10001 and
  /// hflipped_10001 whose 10001 was left out; else the stem itself: cropped_000 without a 000 is a
  /// picture of its own.
  std::string source_of(std::string_view stem) const;

 private:
  std::set<std::string, std::less<>> stems_;
  // Of the names that are written as a variant's, word and parameters of each rest.
  std::map<std::string, std::set<std::string>, std::less<>> words_of_;
};

}  // namespace flexunet
