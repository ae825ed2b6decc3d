#pragma once

#include <string>
#include <string_view>

namespace flexunet {

/// The stem of the picture that a variant was made from: "10001" for "rotated_90_10001", which the
/// original and flexunet-generate write; a stem that begins with none of their words comes back as
/// it is. A source whose own stem holds "_" needs a manifest.
std::string source_stem(std::string_view stem);

}  // namespace flexunet
