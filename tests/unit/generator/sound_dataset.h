#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "generator/common/dataset_source.h"
#include "generator/verify/checks.h"
#include "support/phantom_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {

namespace fs = std::filesystem;

using Lines = std::vector<std::string>;

/// A sound data set of 12, 3 and 3 phantoms, which each test harms in its way.
class SoundDataset : public testing::Test {
 protected:
  SoundDataset() {
    write_phantom_pairs(set() / "train", 12, 64, 1);
    write_phantom_pairs(set() / "valid", 3, 64, 13);
    write_phantom_pairs(set() / "test", 3, 64, 16);
  }

  fs::path set() const { return folder_.path() / "set"; }
  fs::path image(const std::string& name) const {
    return set() / name.substr(0, name.find('/')) / "images" / name.substr(name.find('/') + 1);
  }
  fs::path mask(const std::string& name) const {
    return set() / name.substr(0, name.find('/')) / "masks" / name.substr(name.find('/') + 1);
  }

  Survey survey(const std::string& rgb_map = kMap) const {
    SurveyRequest request = open_dataset(set(), rgb_map).survey;
    request.group_pattern = group_pattern_;
    request.threads = 2;
    return survey_dataset(request);
  }

  // What is found, one line each: "error orphan NAME,NAME".
  std::vector<std::string> found(const std::string& rgb_map = kMap) const {
    std::vector<std::string> lines;
    for (const DatasetFinding& finding : check_dataset(survey(rgb_map))) {
      std::string line = finding.severity == Severity::kError ? "error " : "warning ";
      line += finding.kind;
      for (const fs::path& file : finding.files) {
        line += " " + file.lexically_relative(set()).generic_string();
      }
      lines.push_back(line);
    }
    return lines;
  }

  std::string text_of_only_finding(const std::string& rgb_map = kMap) const {
    const DatasetFindings findings = check_dataset(survey(rgb_map));
    EXPECT_EQ(findings.size(), 1U);
    return findings.empty() ? "" : findings.front().text;
  }

  void copy_pair(const std::string& from, const std::string& to) const {
    fs::copy_file(image(from), image(to));
    fs::copy_file(mask(from), mask(to));
  }

  // Writes what `change` makes of an image as another one, with that image's mask.
  template <typename Change>
  void change_image(const std::string& from, const std::string& to, const Change& change) const {
    cv::Mat changed;
    change(read_picture(image(from)), changed);
    write_png(image(to), changed);
    if (!fs::exists(mask(to))) fs::copy_file(mask(from), mask(to));
  }

  static constexpr const char* kMap = "{(0,0,0):0, (128,40,40):1}";
  TemporaryFolder folder_;
  std::string group_pattern_;
};

}  // namespace flexunet
