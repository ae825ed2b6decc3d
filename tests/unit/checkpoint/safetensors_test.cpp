#include "flexunet/checkpoint/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

constexpr float kValues[] = {1.5F, -2.0F, 0.25F, 8.0F, 0.0F, 3.0F};

StoredTensors two_tensors() {
  const std::string_view bytes(reinterpret_cast<const char*>(kValues), sizeof kValues);
  return {{"b", {"F32", {2, 3}, bytes}}, {"a.weight", {"U8", {4}, bytes.substr(0, 4)}}};
}

// A file with any header text and data, as somebody else might have written it.
std::string file_text(const std::string& header, const std::string& data) {
  std::string text(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(text.data(), &size, 8);
  return text + header + data;
}

TEST(Safetensors, ReturnsWhatWasWritten) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  write_safetensors(path, two_tensors(), {{"epoch", "3"}});
  const auto file = SafetensorsFile::read(path);
  EXPECT_EQ(file.metadata().at("epoch"), "3");
  ASSERT_EQ(file.tensors().size(), 2U);
  const StoredTensor& tensor = file.tensors().at("b");
  EXPECT_EQ(tensor.dtype, "F32");
  EXPECT_EQ(tensor.shape, (std::vector<std::int64_t>{2, 3}));
  ASSERT_EQ(tensor.data.size(), sizeof kValues);
  EXPECT_EQ(std::memcmp(tensor.data.data(), kValues, sizeof kValues), 0);
}

TEST(Safetensors, WritesEqualBytesForEqualTensors) {
  const TemporaryFolder folder;
  write_safetensors(folder.path() / "a", two_tensors(), {{"x", "1"}, {"y", "2"}});
  write_safetensors(folder.path() / "b", two_tensors(), {{"y", "2"}, {"x", "1"}});
  EXPECT_EQ(read_file(folder.path() / "a"), read_file(folder.path() / "b"));
}

// Length, header, padding and data.
TEST(Safetensors, RefusesEveryFlippedBit) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  write_safetensors(path, two_tensors(), {{"epoch", "3"}, {"network", "{\"num_classes\": 2}"}});
  const std::string good = read_file(path);
  EXPECT_NO_THROW(SafetensorsFile::parse(good));
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    EXPECT_THROW(SafetensorsFile::parse(bad), CheckpointError)
        << "bit " << bit % 8 << " of byte " << bit / 8 << ": " << bad.substr(0, bit / 8 + 20);
  }
}

TEST(Safetensors, RefusesEveryTruncation) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  write_safetensors(path, two_tensors(), {});
  const std::string good = read_file(path);
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_file(path, std::string_view(good).substr(0, size));
    EXPECT_THROW(SafetensorsFile::read(path), CheckpointError) << size;
  }
}

TEST(Safetensors, RefusesHeadersThatDoNotFit) {
  const TemporaryFolder folder;
  const std::string data(8, 'x');
  const char* const kHeaders[] = {
      "",
      "[]",
      "{",
      "{\"a\": 1}",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 9]}})",
      R"({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}})",
      R"({"a": {"dtype": "X99", "shape": [2], "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})",
      R"({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8.5]}})",
      R"({"a": {"dtype": "F32", "shape": [2.5], "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [99999999999999999999999, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [2, true], "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": 2, "data_offsets": [0, 8]}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"crc32": "{\"a\": \"0\"}"}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"header_crc32": ""}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"crc32": "{\"a\": \"a69254c9\"}"}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"crc32": "{\"a\": \"a69254c9\"}", "header_crc32":"12345678"}})",
      R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"crc32": "nonsense"}})",
  };
  for (const char* header : kHeaders) {
    const auto path = folder.write("model.safetensors", file_text(header, data));
    EXPECT_THROW(SafetensorsFile::read(path), CheckpointError) << header;
  }
}

TEST(Safetensors, RefusesAHeaderThatClaimsMoreThanTheFile) {
  const TemporaryFolder folder;
  for (const std::uint64_t claim : {std::uint64_t{3}, std::uint64_t{1} << 60U, UINT64_MAX}) {
    std::string text = file_text("{}", "");
    std::memcpy(text.data(), &claim, 8);
    try {
      SafetensorsFile::read(folder.write("model.safetensors", text));
      ADD_FAILURE() << "no error for " << claim;
    } catch (const CheckpointError& error) {
      EXPECT_NE(std::string(error.what()).find("shorter than its header says"), std::string::npos)
          << error.what();
    }
  }
}

TEST(Safetensors, ReadsFilesOfOthersWithoutChecksums) {
  const TemporaryFolder folder;
  const auto path = folder.write(
      "model.safetensors",
      file_text(R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})", "abcdefgh"));
  EXPECT_EQ(SafetensorsFile::read(path).tensors().at("a").data, "abcdefgh");
}

TEST(Safetensors, NamesAFileThatIsNotThere) {
  try {
    SafetensorsFile::read("nowhere/model.safetensors");
    FAIL() << "no error";
  } catch (const CheckpointError& error) {
    EXPECT_NE(std::string(error.what()).find("nowhere/model.safetensors"), std::string::npos);
  }
}

}  // namespace
}  // namespace flexunet
