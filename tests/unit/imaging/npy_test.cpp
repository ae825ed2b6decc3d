#include "flexunet/imaging/npy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "support/npy_files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string counting(std::size_t count) {
  std::string data;
  for (std::size_t i = 0; i < count; ++i) data += static_cast<char>(i);
  return data;
}

fs::path write_npz(const TemporaryFolder& folder, const std::string& array,
                   const std::string& content) {
  const fs::path path = folder.path() / "mask.npz";
  write_npz_file(path, array, content);
  return path;
}

std::string image_problem(const TemporaryFolder& folder, const std::string& content) {
  try {
    read_npy_image(folder.write("image.npy", content));
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

std::string mask_problem(const fs::path& path, int num_classes) {
  try {
    read_npz_class_mask(path, num_classes);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(ReadNpyImage, ReadsRowsColumnsAndChannels) {
  const TemporaryFolder folder;
  const cv::Mat image =
      read_npy_image(folder.write("a.npy", npy_file(npy_header("|u1", "(2, 3, 4)"), counting(24))));
  ASSERT_EQ(image.size(), cv::Size(3, 2));
  ASSERT_EQ(image.type(), CV_8UC4);
  EXPECT_EQ(image.at<cv::Vec4b>(1, 2), cv::Vec4b(20, 21, 22, 23));
  EXPECT_EQ(
      read_npy_image(folder.write("b.npy", npy_file(npy_header("|u1", "(2, 3)"), counting(6))))
          .type(),
      CV_8UC1);
}

TEST(ReadNpyImage, ReadsFortranOrder) {
  const TemporaryFolder folder;
  const cv::Mat image = read_npy_image(
      folder.write("a.npy", npy_file(npy_header("|u1", "(2, 3, 4)", true), counting(24))));
  // Element (y,x,c) stands at y + 2x + 6c.
  EXPECT_EQ(image.at<cv::Vec4b>(1, 2), cv::Vec4b(5, 11, 17, 23));
}

TEST(ReadNpyImage, ScalesValuesOf16BitsByTheRangeOfAllChannels) {
  const TemporaryFolder folder;
  const std::string data = bytes_of<std::uint16_t>({1000, 1100, 1200, 1250, 1400, 1510});
  const auto write = [&](const char* shape, bool fortran) {
    return folder.write("a.npy", npy_file(npy_header("<u2", shape, fortran), data));
  };
  // 255 * (v - 1000) / 510: halves are rounded up.
  const cv::Mat image = read_npy_image(write("(1, 2, 3)", false));
  ASSERT_EQ(image.type(), CV_8UC3);
  EXPECT_EQ(image.at<cv::Vec3b>(0, 0), cv::Vec3b(0, 50, 100));
  EXPECT_EQ(image.at<cv::Vec3b>(0, 1), cv::Vec3b(125, 200, 255));
  EXPECT_EQ(read_npy_image(write("(1, 2, 3)", true)).at<cv::Vec3b>(0, 1), cv::Vec3b(50, 125, 255));
  EXPECT_EQ(
      read_npy_image(write("(1, 2, 3)", false), IntensityRange{1100, 1250}).at<cv::Vec3b>(0, 0),
      cv::Vec3b(0, 0, 170));
  EXPECT_EQ(read_npy_image(write("(2, 3)", false)).type(), CV_8UC1);
}

TEST(ReadNpyImage, TakesBytesAsTheyAreWhateverTheRange) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("a.npy", npy_file(npy_header("|u1", "(2, 3)"), counting(6)));
  EXPECT_EQ(read_npy_image(path, IntensityRange{2, 3}).at<std::uint8_t>(1, 2), 5);
}

TEST(ReadNpyImage, ReadsVersion2) {
  const TemporaryFolder folder;
  std::string bytes = npy_file(npy_header("|u1", "(2, 3)"), counting(6));
  bytes[6] = 2;
  bytes.insert(10, 2, '\0');
  EXPECT_EQ(read_npy_image(folder.write("a.npy", bytes)).at<std::uint8_t>(1, 2), 5);
}

struct Refused {
  const char* name;
  std::string content;
  const char* reason;
};

TEST(ReadNpyImage, RefusesWhatItCannotTrust) {
  const TemporaryFolder folder;
  const std::string data = counting(24);
  const std::vector<Refused> table{
      {"empty", "", "not an .npy"},
      {"another magic", "PK" + npy_file(npy_header("|u1", "(2, 3, 4)"), data), "not an .npy"},
      {"magic alone", "\x93NUMPY", "version"},
      {"version 9", std::string("\x93NUMPY\x09\x00\x10\x00", 10), "version"},
      {"header cut", npy_file(npy_header("|u1", "(2, 3, 4)"), data).substr(0, 40), "truncated"},
      {"data cut", npy_file(npy_header("|u1", "(2, 3, 4)"), data.substr(1)), "23 follow"},
      {"data too long", npy_file(npy_header("|u1", "(2, 3, 4)"), data + "x"), "25 follow"},
      {"2^40 elements", npy_file(npy_header("|u1", "(1048576, 1048576)"), data), "2^31"},
      {"2^64 elements", npy_file(npy_header("|u1", "(4294967296, 4294967296)"), data), "2^31"},
      {"overflowing number", npy_file(npy_header("|u1", "(99999999999999999999999, 1)"), data),
       "2^31"},
      {"no element", npy_file(npy_header("|u1", "(0, 3, 4)"), ""), "2^31"},
      {"negative", npy_file(npy_header("|u1", "(-2, 3, 4)"), data), "number expected"},
      {"float", npy_file(npy_header("<f4", "(2, 3)"), data), "numpy.uint8 or numpy.uint16"},
      {"half", npy_file(npy_header("<f2", "(4, 3)"), data), "numpy.uint8 or numpy.uint16"},
      {"signed", npy_file(npy_header("<i2", "(4, 3)"), data), "numpy.uint8 or numpy.uint16"},
      {"32 bits", npy_file(npy_header("<u4", "(2, 3)"), data), "numpy.uint8 or numpy.uint16"},
      {"big-endian", npy_file(npy_header(">u2", "(4, 3)"), data), "type '>u2'"},
      {"16 bits cut", npy_file(npy_header("<u2", "(4, 3)"), data.substr(2)), "22 follow"},
      {"objects", npy_file(npy_header("|O", "(2, 3)"), data), "type '|O'"},
      {"one dimension", npy_file(npy_header("|u1", "(24,)"), data), "(24,)"},
      {"five channels", npy_file(npy_header("|u1", "(2, 2, 5)"), data.substr(0, 20)), "C <= 4"},
      {"no shape", npy_file("{'descr': '|u1', 'fortran_order': False}", data), "no key 'shape'"},
      {"key twice", npy_file("{'shape': (2,), 'shape': (2,)}", data), "twice"},
      {"unknown key", npy_file("{'code': 'x'}", data), "unknown key"},
      {"trailing text", npy_file(npy_header("|u1", "(2, 3, 4)") + "x", data), "closing brace"},
      {"open quote", npy_file("{'descr", data), "quote"},
  };
  for (const Refused& refused : table) {
    const std::string problem = image_problem(folder, refused.content);
    EXPECT_NE(problem.find(refused.reason), std::string::npos) << refused.name << ": " << problem;
  }
}

TEST(ReadNpzClassMask, ReadsIndicesOfAnyIntegerType) {
  const TemporaryFolder folder;
  const std::vector<std::pair<const char*, std::string>> table{
      {"|u1", bytes_of<std::uint8_t>({0, 1, 2, 2})},
      {"|i1", bytes_of<std::int8_t>({0, 1, 2, 2})},
      {"<u2", bytes_of<std::uint16_t>({0, 1, 2, 2})},
      {"<i4", bytes_of<std::int32_t>({0, 1, 2, 2})},
      {"<i8", bytes_of<std::int64_t>({0, 1, 2, 2})},
      {"<u8", bytes_of<std::uint64_t>({0, 1, 2, 2})}};
  const cv::Mat expected = (cv::Mat_<std::uint8_t>(2, 2) << 0, 1, 2, 2);
  for (const auto& [type, data] : table) {
    const fs::path path = write_npz(folder, "mask", npy_file(npy_header(type, "(2, 2)"), data));
    EXPECT_EQ(cv::norm(read_npz_class_mask(path, 3), expected, cv::NORM_INF), 0.0) << type;
  }
}

TEST(ReadNpzClassMask, ReadsOneHotOfAnyType) {
  const TemporaryFolder folder;
  const std::vector<std::pair<const char*, std::string>> table{
      {"|b1", bytes_of<std::uint8_t>({1, 0, 0, 0, 0, 1})},
      {"<i8", bytes_of<std::int64_t>({1, 0, 0, 0, 0, 1})},
      {"<f4", bytes_of<float>({1, 0, 0, 0, -0.0F, 1})},
      {"<f8", bytes_of<double>({1, 0, 0, -0.0, 0, 1})}};
  for (const auto& [type, data] : table) {
    const fs::path path = write_npz(folder, "mask", npy_file(npy_header(type, "(1, 2, 3)"), data));
    const cv::Mat mask = read_npz_class_mask(path, 3);
    EXPECT_EQ(mask.at<std::uint8_t>(0, 0), 0) << type;
    EXPECT_EQ(mask.at<std::uint8_t>(0, 1), 2) << type;
  }
  // In Fortran order element (0,x,c) stands at x + 2c.
  const fs::path path = write_npz(
      folder, "mask",
      npy_file(npy_header("|u1", "(1, 2, 3)", true), bytes_of<std::uint8_t>({1, 0, 0, 0, 0, 1})));
  EXPECT_EQ(read_npz_class_mask(path, 3).at<std::uint8_t>(0, 1), 2);
}

TEST(ReadNpzClassMask, RefusesOtherArrays) {
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& type, const std::string& shape,
                           const std::string& data) {
    return mask_problem(write_npz(folder, "mask", npy_file(npy_header(type, shape), data)), 3);
  };
  const std::vector<Refused> table{
      {"index too large", problem("|u1", "(1, 2)", bytes_of<std::uint8_t>({0, 3})),
       "column 1: class index 3"},
      {"negative index", problem("|i1", "(1, 2)", bytes_of<std::int8_t>({-1, 0})),
       "class index -1"},
      {"huge index", problem("<u8", "(1, 1)", bytes_of<std::uint64_t>({UINT64_MAX})),
       "must be 0..2"},
      {"float index", problem("<f4", "(1, 1)", bytes_of<float>({1})), "integer type"},
      {"other classes", problem("|u1", "(1, 1, 2)", counting(2)), "one-hot (H, W, 3)"},
      {"two set", problem("|u1", "(1, 1, 3)", bytes_of<std::uint8_t>({1, 0, 1})),
       "exactly one class"},
      {"none set", problem("|u1", "(1, 1, 3)", bytes_of<std::uint8_t>({0, 0, 0})),
       "exactly one class"},
      {"one dimension", problem("|u1", "(2,)", counting(2)), "(2,)"},
      {"another name",
       mask_problem(write_npz(folder, "image", npy_file(npy_header("|u1", "(1, 1)"), "\1")), 3),
       "no array named 'mask'"},
      {"no archive", mask_problem(folder.write("x.npz", "hello"), 3), "not an .npz"},
  };
  for (const Refused& refused : table) {
    EXPECT_NE(refused.content.find(refused.reason), std::string::npos)
        << refused.name << ": " << refused.content;
  }
}

TEST(ReadNpzClassMask, RefusesDamagedAndBoastingArchives) {
  const TemporaryFolder folder;
  // 1 MB of zeros in about 1 KB.
  const fs::path path = write_npz(
      folder, "mask", npy_file(npy_header("|u1", "(1024, 1024)"), std::string(1 << 20, '\0')));
  ASSERT_EQ(mask_problem(path, 2), "");
  const std::string whole = read_file(path);
  ASSERT_LT(whole.size(), 4000U);
  EXPECT_NE(mask_problem(folder.write("cut.npz", whole.substr(0, whole.size() / 2)), 2), "");

  // The array's header agrees with the archive, but neither with the bytes.
  const fs::path short_path =
      write_npz(folder, "mask", npy_file(npy_header("|u1", "(1024, 1024)"), "x"));
  EXPECT_NE(mask_problem(short_path, 2).find("1048576 bytes, but 1 follow"), std::string::npos);
  for (const std::uint32_t claimed : {128 + (1U << 20U), UINT32_MAX - 1}) {
    std::string boasting = read_file(short_path);
    const std::size_t directory = boasting.find("PK\x01\x02");
    ASSERT_NE(directory, std::string::npos);
    std::memcpy(&boasting[directory + 24], &claimed, sizeof claimed);
    const std::string problem = mask_problem(folder.write("boasting.npz", boasting), 2);
    EXPECT_NE(problem.find("claims more than its bytes can hold"), std::string::npos) << problem;
  }
}

}  // namespace
}  // namespace flexunet
