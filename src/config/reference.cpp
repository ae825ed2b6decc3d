#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "config/keys.h"
#include "flexunet/config/config.h"

namespace flexunet {
namespace {

constexpr const char* kHead =
    R"(# Configuration: every key of train_eval_infer.config

Written by `flexunet-train --keys > docs/configuration.md`; a test compares it with the program. Values
are written as Python literals, so text needs its quotes. Paths are relative to the folder of the config.
`--set section.key=value` overrides a key, `--dump-config all` shows the value of each. How the file is
read, and what the names of losses, metrics and methods mean: [behaviour.md](behaviour.md).

Programs pass over keys that they do not use. "-" in the column "used by": nobody here reads the key; other
network classes or programs of the TensorFlow original do.
)";

// Largest numbers that mean "any".
bool is_bound(double value) { return std::abs(value) < std::numeric_limits<int>::max(); }

std::string describe_range(const Key& key) {
  Range range = key.field.range;
  if (!is_bound(range.high)) range.high = std::numeric_limits<double>::infinity();
  if (!is_bound(range.low)) range.low = -std::numeric_limits<double>::infinity();
  if (std::isinf(range.low) && std::isinf(range.high)) return "";
  return ", " + range.text();
}

std::string describe_uses(unsigned uses) {
  constexpr unsigned kPreviewing = kPreviews | kTiledPreviews | kShowsArrays;
  std::string text;
  const auto add = [&](unsigned wanted, const char* program) {
    if ((uses & wanted) != 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", program);
  };
  add(kTrain | kDraws | kAugments | kPreviewing, "train");
  add(kEvaluate, "evaluate");
  add(kInfer | kTiledInfer | kShowsArrays,
      (uses & (kInfer | kShowsArrays)) != 0 ? "infer" : "infer --tiled");
  add(kInspect, "inspect, convert");
  add(kAugments, "generate");
  return text.empty() ? "-" : text;
}

// The default of training, and that of flexunet-generate where it is another.
std::string describe_default(const Key& key) {
  if ((key.uses & kRequired) != 0) return "required";
  const std::string text = key.default_text(default_options(Task::kTrain));
  const std::string offline = key.default_text(default_options(Task::kGenerate));
  if (text == offline) return text.empty() ? "" : fmt::format("`{}`", text);
  return fmt::format("`{}`; generate: `{}`", text, offline);
}

}  // namespace

std::string key_reference() {
  std::string reference = kHead;
  std::string_view section;
  for (const Key& key : known_keys()) {
    if (key.section != section) {
      section = key.section;
      reference += fmt::format(
          "\n## [{}]\n\n| key | value | default | used by | meaning |\n|---|---|---|---|---|\n",
          section);
    }
    reference += fmt::format("| `{}` | {}{} | {} | {} | {} |\n", key.name, key.field.wanted,
                             describe_range(key), describe_default(key), describe_uses(key.uses),
                             key.meaning);
  }
  return reference;
}

}  // namespace flexunet
