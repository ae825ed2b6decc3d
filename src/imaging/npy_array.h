#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

/// What the header of an .npy file says. Format: NEP 1, versions 1 and 2.
struct NpyHeader {
  char kind = 0;              ///< 'u', 'i', 'f' or 'b' (boolean)
  std::size_t item_size = 0;  ///< bytes of an element: 1, 2, 4 or 8
  bool fortran_order = false;
  std::vector<std::size_t> shape;  ///< every dimension at least 1
  std::size_t data_offset = 0;     ///< of the first element in the file
  std::size_t data_size = 0;       ///< bytes of all elements

  /// Distance in elements between neighbours along each dimension.
  std::vector<std::size_t> strides() const;
  /// The shape as Python prints it, such as "(512, 512, 3)".
  std::string shape_text() const;
};

/// The most bytes that an .npy header takes together with what stands before it.
constexpr std::size_t kMaxNpyHeaderSize = 1 << 16;

/// Parses the header at the start of `bytes` (at least the first kMaxNpyHeaderSize bytes, or all of
/// a shorter file). Throws DataError that starts with `where`.
NpyHeader parse_npy_header(std::string_view bytes, const std::string& where);

/// An array and its bytes.
struct NpyArray {
  NpyHeader header;
  std::string data;  ///< header.data_size bytes

  /// Element number `index` in storage order, of kind 'u', 'i' or 'b'.
  std::int64_t integer_at(std::size_t index) const;
  /// Whether element number `index` in storage order differs from zero; any kind.
  bool is_set(std::size_t index) const;
};

}  // namespace flexunet
