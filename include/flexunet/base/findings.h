#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace flexunet {

/// Problems of one stage, collected so that a user sees all of them at once.
class Findings {
 public:
  void add(std::string problem) { problems_.push_back(std::move(problem)); }
  bool empty() const { return problems_.empty(); }
  const std::vector<std::string>& problems() const { return problems_; }

  /// One problem a line; beyond `limit` lines only their number.
  std::string text(std::size_t limit = 20) const;

  /// Throws ErrorType with text() when there is at least one problem.
  template <typename ErrorType>
  void throw_if_any(std::size_t limit = 20) const {
    if (!problems_.empty()) throw ErrorType(text(limit));
  }

 private:
  std::vector<std::string> problems_;
};

}  // namespace flexunet
