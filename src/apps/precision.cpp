#include "apps/precision.h"

#include <fmt/format.h>

#include <optional>

#include "flexunet/console/console.h"

namespace flexunet {
namespace {

std::optional<torch::ScalarType> precision_in(const Metadata& metadata) {
  const auto entry = metadata.find(kPrecisionEntry);
  if (entry == metadata.end()) return {};
  return find_precision(entry->second);
}

std::string reason(const PrecisionChoice& choice, Pass pass) {
  if (choice.share == 0) return "this device computes no bfloat16";
  // No seconds: from a small part of a step they come out too long, for both alike.
  return fmt::format(
      "in bfloat16 the convolutions of a {} step take {:.2f} times as long as in float32, by "
      "{:.3g} "
      "% of them",
      pass == Pass::kTraining ? "training" : "prediction",
      choice.seconds.bfloat16 / choice.seconds.float32, 100 * choice.share);
}

}  // namespace

int number_bytes(const Session& session) {
  return static_cast<int>(
      torch::elementSize(find_precision(session.precision).value_or(torch::kFloat32)));
}

torch::ScalarType choose_compute_type(const Session& session, const Metadata& metadata, Pass pass,
                                      int batch_size) {
  if (const auto named = find_precision(session.precision)) {
    say_more(fmt::format("precision {}", session.precision));
    return *named;
  }
  if (const auto earlier = precision_in(metadata)) {
    say(fmt::format("precision {}: as it was trained (auto)", precision_name(*earlier)));
    return *earlier;
  }
  const PrecisionChoice choice =
      measure_precision(session.options.network, batch_size, pass, session.device);
  say(fmt::format("precision {}: {} (auto)", precision_name(choice.type), reason(choice, pass)));
  return choice.type;
}

}  // namespace flexunet
