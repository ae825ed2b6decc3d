#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "flexunet/options/names.h"

namespace flexunet {

/// The choice that a key names. An unknown name becomes a problem that lists the known ones; then,
/// and where there is no sound value, the first of `names` is returned.
template <typename Choice, std::size_t kCount>
Choice read_choice(Settings& settings, std::string_view section, std::string_view key,
                   const std::array<NamedChoice<Choice>, kCount>& names) {
  const std::optional<Choice> choice = find_choice(names, settings.text(section, key));
  if (!choice && settings.is_sound(section, key)) {
    settings.reject(section, key, "unknown name: must be one of " + list_names(names));
  }
  return choice.value_or(names.front().choice);
}

}  // namespace flexunet
