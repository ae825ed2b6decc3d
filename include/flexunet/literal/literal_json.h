#pragma once

#include <nlohmann/json.hpp>

#include "flexunet/literal/literal.h"

namespace flexunet {

/// A literal as JSON: tuples and dicts become {"tuple": [...]} and {"dict": [[key, value], ...]}.
nlohmann::ordered_json literal_json(const Value& value);

}  // namespace flexunet
