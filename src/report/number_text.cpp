#include "report/number_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace flexunet {

std::string python_round4(double number) {
  if (!std::isfinite(number)) return fixed4(number);
  // Python rounds the exact decimal expansion, too, and then shows the nearest double.
  const std::string digits = fixed4(number);
  double rounded = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  std::string text = fmt::format("{}", rounded);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string fixed4(double number) {
  // A NaN may carry a sign, which Python does not show.
  return std::isnan(number) ? "nan" : fmt::format("{:.4f}", number);
}

}  // namespace flexunet
