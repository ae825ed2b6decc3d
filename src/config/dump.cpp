#include <nlohmann/json.hpp>

#include "config/document.h"
#include "flexunet/config/config.h"
#include "flexunet/literal/literal.h"
#include "flexunet/literal/literal_json.h"

namespace flexunet {
namespace {

using Json = nlohmann::ordered_json;

Json describe(const Entry& entry) {
  const Literal literal = parse_literal(entry.raw);
  if (literal.problem) return {{"raw", entry.raw}, {"error", literal.problem->python_error}};
  if (literal.value.kind == ValueKind::kName) {
    return {{"raw", entry.raw}, {"error", "NameError"}};
  }
  return literal_json(literal.value);
}

}  // namespace

std::string dump_config(const ConfigRequest& request) {
  const Document document = read_document(request.file, request.overrides);
  Json sections = Json::object();
  for (const Section& section : document.sections) {
    Json& keys = sections[section.name] = Json::object();
    for (const Entry& entry : section.entries) keys[entry.key] = describe(entry);
  }
  constexpr int kIndent = 1;
  return sections.dump(kIndent);
}

}  // namespace flexunet
