#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "integration/toy_project.h"

namespace flexunet {

/// A project with a small trained network, in which the memory of flexunet-infer --tiled is
/// measured.
class TiledProject {
 public:
  /// Trains for one epoch. `settings` are SECTION.KEY=VALUE for this and every later program.
  explicit TiledProject(const std::vector<std::string>& settings);

  /// What training said and how it ended.
  const ProcessResult& trained() const { return trained_; }

  /// Draws a picture with the program large_picture: its arguments WIDTH HEIGHT, then the name of
  /// the file below the project's root, then perhaps gray16. Throws std::runtime_error.
  std::filesystem::path draw(const std::string& width, const std::string& height,
                             const std::string& name, const std::string& kind = "") const;

  /// Predicts one picture in windows; further arguments are those of flexunet-infer.
  ProcessResult infer(const std::filesystem::path& picture,
                      const std::vector<std::string>& more = {}) const;

  /// Where infer() writes.
  std::filesystem::path output() const { return project_.root() / "masks"; }

 private:
  std::vector<std::string> with_settings(std::vector<std::string> words) const;

  ToyProject project_;
  std::vector<std::string> settings_;
  ProcessResult trained_;
};

}  // namespace flexunet
