#include "keras/keras_model_bytes.h"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace flexunet {
namespace {

void append_size(const Append& append, std::uint64_t size) {
  append({reinterpret_cast<const char*>(&size), sizeof size});
}

template <typename Number>
void append_numbers(const Append& append, const std::vector<Number>& numbers) {
  append_size(append, numbers.size());
  append({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)});
}

void append_text(const Append& append, const std::string& text) {
  append_size(append, text.size());
  append(text);
}

class Parser {
 public:
  explicit Parser(std::string_view bytes) : bytes_(bytes) {}

  // The number of elements that follow, each of at least `element_size` bytes.
  std::uint64_t size(std::size_t element_size) {
    std::uint64_t count = 0;
    std::memcpy(&count, take(sizeof count).data(), sizeof count);
    if (count > bytes_.size() / element_size) throw std::out_of_range("more than there is");
    return count;
  }

  std::string text() { return std::string(take(size(1))); }

  template <typename Number>
  std::vector<Number> numbers() {
    std::vector<Number> values(size(sizeof(Number)));
    const std::string_view bytes = take(values.size() * sizeof(Number));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  void expect_end() const {
    if (!bytes_.empty()) throw std::out_of_range("more than a model");
  }

 private:
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) throw std::out_of_range("less than a model");
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string_view bytes_;
};

}  // namespace

void append_keras_model(const KerasModel& model, const Append& append) {
  append_text(append, model.architecture);
  append_size(append, model.layers.size());
  for (const KerasLayer& layer : model.layers) {
    append_text(append, layer.name);
    append_size(append, layer.weights.size());
    for (const KerasWeight& weight : layer.weights) {
      append_text(append, weight.name);
      append_numbers(append, weight.shape);
      append_numbers(append, weight.data);
    }
  }
}

KerasModel keras_model_from_bytes(std::string_view bytes) {
  constexpr std::size_t kSmallest = sizeof(std::uint64_t);
  Parser parser(bytes);
  KerasModel model;
  model.architecture = parser.text();
  model.layers.resize(parser.size(kSmallest));
  for (KerasLayer& layer : model.layers) {
    layer.name = parser.text();
    layer.weights.resize(parser.size(kSmallest));
    for (KerasWeight& weight : layer.weights) {
      weight.name = parser.text();
      weight.shape = parser.numbers<std::int64_t>();
      weight.data = parser.numbers<float>();
    }
  }
  parser.expect_end();
  return model;
}

}  // namespace flexunet
