#include "flexunet/base/findings.h"

#include <fmt/format.h>

namespace flexunet {

std::string Findings::text(std::size_t limit) const {
  std::string text;
  for (std::size_t i = 0; i < problems_.size() && i < limit; ++i) {
    if (i > 0) text += '\n';
    text += problems_[i];
  }
  if (problems_.size() > limit) text += fmt::format("\n... and {} more", problems_.size() - limit);
  return text;
}

}  // namespace flexunet
