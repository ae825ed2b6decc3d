#pragma once

#include <map>
#include <string>

namespace flexunet {

/// Versions of everything that computes: our own, LibTorch, BLAS, OpenCV, CPU capability, CUDA.
std::string version_text(const std::string& program);

/// What a checkpoint tells of the program that made it, by name: our version and git revision.
std::map<std::string, std::string> own_versions();

/// The same of the libraries that compute: LibTorch's and OpenCV's version.
std::map<std::string, std::string> library_versions();

/// The commit that was built, with "-dirty" where files differ from it; "unknown" outside git.
std::string git_revision();

}  // namespace flexunet
