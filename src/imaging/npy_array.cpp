#include "imaging/npy_array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

using namespace std::string_view_literals;

// Far above any picture or one-hot mask, far below what would overflow.
constexpr std::size_t kMaxDataSize = std::size_t{1} << 31;

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

// The header is a Python literal: {'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      if (!seen_.insert(key).second) fail("key '" + key + "' twice");
      expect(':');
      parse_value(key);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!text_.empty()) fail("text after the closing brace");
    for (const char* key : {"descr", "fortran_order", "shape"}) {
      if (seen_.count(key) == 0) fail(fmt::format("no key '{}'", key));
    }
    return header_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}: not an .npy header that is understood: {}", where_, what));
  }

  void parse_value(const std::string& key) {
    if (key == "descr") {
      parse_type(quoted());
    } else if (key == "fortran_order") {
      header_.fortran_order = boolean();
    } else if (key == "shape") {
      parse_shape();
    } else {
      fail("unknown key '" + key + "'");
    }
  }

  void parse_type(const std::string& type) {
    static const std::set<std::string_view> kTypes{"|b1", "|u1", "|i1", "<u1", "<i1", "<u2", "<i2",
                                                   "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"};
    if (kTypes.count(type) == 0) {
      fail("type '" + type +
           "'; bring its values to 0..255 or 0..65535 and save it as numpy.uint8 or numpy.uint16 "
           "(little-endian), with astype");
    }
    header_.kind = type[1];
    header_.item_size = static_cast<std::size_t>(type[2] - '0');
  }

  void parse_shape() {
    expect('(');
    while (!accept(')')) {
      header_.shape.push_back(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
  }

  void skip_blanks() {
    while (!text_.empty() && " \n"sv.find(text_.front()) != std::string_view::npos) {
      text_.remove_prefix(1);
    }
  }

  bool accept(char wanted) {
    skip_blanks();
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail(fmt::format("'{}' expected", wanted));
  }

  std::string quoted() {
    expect('\'');
    const std::size_t end = text_.find('\'');
    if (end == std::string_view::npos) fail("a quote is not closed");
    std::string result(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return result;
  }

  bool boolean() {
    skip_blanks();
    for (const auto& [name, value] : {std::pair{"True"sv, true}, std::pair{"False"sv, false}}) {
      if (text_.substr(0, name.size()) != name) continue;
      text_.remove_prefix(name.size());
      return value;
    }
    fail("True or False expected");
  }

  std::size_t number() {
    skip_blanks();
    std::size_t value = 0, digits = 0;
    while (!text_.empty() && std::isdigit(static_cast<unsigned char>(text_.front())) != 0) {
      value = value * 10 + static_cast<std::size_t>(text_.front() - '0');
      text_.remove_prefix(1);
      ++digits;
      if (value > kMaxDataSize) fail("a dimension above 2^31");
    }
    if (digits == 0) fail("a number expected");
    return value;
  }

  std::string_view text_;
  const std::string& where_;
  NpyHeader header_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<std::size_t> NpyHeader::strides() const {
  std::vector<std::size_t> result(shape.size());
  std::size_t step = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t dimension = fortran_order ? i : shape.size() - 1 - i;
    result[dimension] = step;
    step *= shape[dimension];
  }
  return result;
}

std::string NpyHeader::shape_text() const {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

NpyHeader parse_npy_header(std::string_view bytes, const std::string& where) {
  constexpr std::size_t kMagicSize = 8;  // with the version
  if (bytes.substr(0, 6) != "\x93NUMPY"sv) throw DataError(where + ": not an .npy array");
  const bool version1 = bytes.size() >= kMagicSize && bytes[6] == 1 && bytes[7] == 0;
  const bool version2 = bytes.size() >= kMagicSize && bytes[6] == 2 && bytes[7] == 0;
  if (!version1 && !version2) throw DataError(where + ": .npy of another version than 1 or 2");
  const std::size_t length_size = version1 ? 2 : 4;
  const std::size_t text_offset = kMagicSize + length_size;
  if (bytes.size() < text_offset) throw DataError(where + ": the .npy header is truncated");
  const std::size_t text_size = little_endian(bytes.substr(kMagicSize, length_size));
  if (bytes.size() - text_offset < text_size || text_size > kMaxNpyHeaderSize) {
    throw DataError(where + ": the .npy header is truncated");
  }
  NpyHeader header = HeaderParser(bytes.substr(text_offset, text_size), where).parse();
  header.data_offset = text_offset + text_size;
  header.data_size = header.item_size;
  for (const std::size_t dimension : header.shape) {
    if (dimension == 0 || dimension > kMaxDataSize / header.data_size) {
      throw DataError(
          fmt::format("{}: shape {}: must hold 1 to 2^31 bytes", where, header.shape_text()));
    }
    header.data_size *= dimension;
  }
  return header;
}

std::int64_t NpyArray::integer_at(std::size_t index) const {
  const std::size_t size = header.item_size;
  std::uint64_t value = little_endian(std::string_view(data).substr(index * size, size));
  const unsigned unused_bits = static_cast<unsigned>(8 * (sizeof value - size));
  if (header.kind == 'i') {
    return static_cast<std::int64_t>(value << unused_bits) >> unused_bits;
  }
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX));
}

bool NpyArray::is_set(std::size_t index) const {
  const std::size_t size = header.item_size;
  std::uint64_t value = little_endian(std::string_view(data).substr(index * size, size));
  // Minus zero is zero.
  if (header.kind == 'f') value &= ~(std::uint64_t{1} << (8 * size - 1));
  return value != 0;
}

}  // namespace flexunet
