#include "flexunet/config/config.h"

#include <nlohmann/json.hpp>

#include "config/checks.h"
#include "config/document.h"
#include "config/settings.h"
#include "flexunet/literal/literal_json.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 1;

Json describe(const Entry& entry) {
  const Literal literal = parse_literal(entry.raw);
  if (literal.problem) return {{"raw", entry.raw}, {"error", literal.problem->python_error}};
  if (literal.value.kind == ValueKind::kName) {
    return {{"raw", entry.raw}, {"error", "NameError"}};
  }
  return literal_json(literal.value);
}

Options options_of(const ConfigRequest& request) {
  Options options = default_options(request.task);
  if (request.file.empty()) return options;
  options.config_file = fs::absolute(request.file).lexically_normal();
  options.project_dir = options.config_file.parent_path();
  return options;
}

}  // namespace

LoadedConfig load_config(const ConfigRequest& request) {
  LoadedConfig loaded;
  Options& options = loaded.options;
  options = options_of(request);
  Settings settings(read_document(request.file, request.overrides), request, options);
  check_network(settings, options.network);
  check_loss(settings, options);
  check_data(settings, options);
  check_training(settings, options.train);
  check_augmentor(settings, options.augmentor);
  complete_options(settings, options);
  loaded.warnings = settings.finish();
  if (request.task == Task::kTrain) {
    loaded.training_settings = settings.training_settings();
    loaded.training_defaults = settings.training_defaults();
  }
  return loaded;
}

LoadedAugmentor load_augmentor(const ConfigRequest& request) {
  Options options = options_of(request);
  Settings settings(request.file.empty() ? apply_overrides({}, request.overrides)
                                         : read_document(request.file, request.overrides),
                    request, options);
  check_augmentor(settings, options.augmentor);
  return {options.augmentor, settings.finish()};
}

std::string dump_config(const ConfigRequest& request) {
  const Document document = read_document(request.file, request.overrides);
  Json sections = Json::object();
  for (const Section& section : document.sections) {
    Json& keys = sections[section.name] = Json::object();
    for (const Entry& entry : section.entries) keys[entry.key] = describe(entry);
  }
  return sections.dump(kIndent);
}

std::string dump_effective_config(const ConfigRequest& request) {
  Options options = options_of(request);
  Settings settings(read_document(request.file, request.overrides), request, options);
  Json sections = Json::object();
  for (const Key& key : known_keys()) {
    if (!key.is_read()) continue;
    sections[std::string(key.section)][std::string(key.name)] =
        literal_json(settings.value(key.section, key.name));
  }
  return sections.dump(kIndent);
}

}  // namespace flexunet
