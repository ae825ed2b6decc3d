#pragma once

#include <gtest/gtest.h>
#include <zip.h>

#include <filesystem>
#include <string>

namespace flexunet {

/// The header of an .npy file, as NumPy writes it, without padding.
inline std::string npy_header(const std::string& type, const std::string& shape,
                              bool fortran = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }";
}

/// The bytes of an .npy file of version 1.
inline std::string npy_file(const std::string& header, const std::string& data) {
  // NumPy pads the header with blanks to a multiple of 64.
  const std::size_t padding = 63 - (10 + header.size()) % 64;
  const std::size_t length = header.size() + padding + 1;
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(length % 256);
  bytes += static_cast<char>(length / 256);
  return bytes + header + std::string(padding, ' ') + '\n' + data;
}

/// Writes an .npz archive that holds one array, given as the bytes of its .npy file.
inline void write_npz_file(const std::filesystem::path& path, const std::string& array,
                           const std::string& npy) {
  std::filesystem::remove(path);
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  zip_source_t* source = zip_source_buffer(archive, npy.data(), npy.size(), 0);
  EXPECT_GE(zip_file_add(archive, (array + ".npy").c_str(), source, 0), 0);
  EXPECT_EQ(zip_close(archive), 0);
}

}  // namespace flexunet
