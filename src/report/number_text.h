#pragma once

#include <string>

namespace flexunet {

/// A number as Python's str() of round(number, 4): "0.0704", "1.0", "nan".
std::string python_round4(double number);

/// A number as Python's "{:.4f}": "0.0704", "1.0000", "nan".
std::string fixed4(double number);

}  // namespace flexunet
