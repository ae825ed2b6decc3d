#include "generator/generate/slice_names.h"

#include <system_error>

#include "flexunet/base/text.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace fs = std::filesystem;

std::string slice_stem(const fs::path& file) {
  const fs::path stem = file.stem();
  const bool is_double = to_lower(stem.extension().string()) == ".nii";
  return composed(is_double ? stem.stem().string() : stem.string());
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string relative_name(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path root = fs::is_directory(folder, error) ? folder : folder.parent_path();
  const fs::path relative = file.lexically_normal().lexically_relative(root.lexically_normal());
  return (relative.empty() ? file : relative).generic_string();
}

std::string SliceNames::key(const fs::path& file) const {
  std::string key = slice_stem(file);
  if (!suffix.empty() && ends_with(key, suffix)) key.resize(key.size() - suffix.size());
  if (!with_folders) return key;
  return (fs::path(relative_name(file, root)).parent_path() / key).generic_string();
}

}  // namespace flexunet
