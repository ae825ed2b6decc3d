#include "flexunet/literal/literal_json.h"

namespace flexunet {
namespace {

using Json = nlohmann::ordered_json;

Json list_items(const std::vector<Value>& items) {
  Json list = Json::array();
  for (const Value& item : items) {
    list.push_back(item.kind == ValueKind::kTuple ? list_items(item.items) : literal_json(item));
  }
  return list;
}

// As in Python, a repeated key keeps its first place and has the last value.
Json list_pairs(const std::vector<Value>& items) {
  Json pairs = Json::array();
  for (std::size_t i = 0; i < items.size(); i += 2) {
    const Json pair = list_items({items[i], items[i + 1]});
    bool is_repeated = false;
    for (Json& earlier : pairs) {
      if (earlier[0] != pair[0]) continue;
      earlier[1] = pair[1];
      is_repeated = true;
    }
    if (!is_repeated) pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace

nlohmann::ordered_json literal_json(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNone:
      return nullptr;
    case ValueKind::kBool:
      return value.boolean;
    case ValueKind::kInt:
      return value.integer;
    case ValueKind::kFloat:
      return value.real;
    case ValueKind::kText:
    case ValueKind::kName:
      return value.text;
    case ValueKind::kTuple:
      return {{"tuple", list_items(value.items)}};
    case ValueKind::kList:
      return list_items(value.items);
    case ValueKind::kDict:
      return {{"dict", list_pairs(value.items)}};
  }
  return nullptr;
}

}  // namespace flexunet
