#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "flexunet/dataset/pairs.h"
#include "generator/common/manifest.h"
#include "generator/common/variant_names.h"

namespace flexunet {

/// Where a picture of a data set comes from, as far as a manifest or its name tells.
struct Origin {
  std::string source;   ///< the picture that it was made from
  std::string patient;  ///< empty where nothing tells
  std::string series;   ///< empty where nothing tells
  std::string method;   ///< kSourceMethod for a picture that is not augmented
  std::string parameters;
  std::string group;  ///< what must stay on one side: "patient P1", "series S1", "source 10001"
  bool is_listed = false;  ///< in a manifest
  /// A variant by its name, whose source is not among the pictures.
  bool is_source_missing = false;

  bool is_variant() const { return method != kSourceMethod; }
};

/// Tells origins of pictures by the manifests around them and by their names.
class Origins {
 public:
  /// `group_pattern` is a regular expression (ECMAScript) whose first group tells the patient from
  /// a picture's stem, or where a manifest lists it, from its source; empty: none. Throws
  /// ConfigError: no regular expression, or one without a group.
  explicit Origins(const std::string& group_pattern = {});

  /// Takes the manifest of a folder, if there is one. Throws DataError.
  void add_manifest_of(const std::filesystem::path& folder);
  /// Takes names that variants may refer to.
  void add_stems(const std::vector<SamplePair>& pairs);

  /// The group is the patient, else the series, else what the pattern finds, else the source; a
  /// slice "brain.nii.gz#17" belongs to the group of its volume. Throws DataError naming the
  /// picture where it is needed and the pattern does not match.
  Origin of(const std::filesystem::path& image) const;
  /// The entries of manifests whose picture is not there, as absolute paths.
  std::vector<std::string> missing_pictures() const;
  bool has_manifest() const { return !listed_.empty(); }

 private:
  Origin named_origin(const std::filesystem::path& image) const;
  std::string match_pattern(const std::filesystem::path& image, const std::string& name) const;

  std::string pattern_text_;
  std::optional<std::regex> pattern_;
  std::map<std::filesystem::path, ManifestEntry> listed_;  // by absolute path
  SourceNames names_;
};

}  // namespace flexunet
