// Runs a fuzz target over its committed inputs: seeds, which must be read, and those whose names
// begin with "bad_", which must be refused, such as what once was a finding.
#include <gtest/gtest.h>

#include "flexunet/base/files.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {
namespace {

TEST(FuzzCorpus, IsReadOrRefusedAsNamed) {
  const std::filesystem::path folder =
      std::filesystem::path(FLEXUNET_SOURCE_DIR) / "tests/fuzz/corpus" / FLEXUNET_FUZZ_TARGET;
  const auto inputs = list_files(folder);
  ASSERT_FALSE(inputs.empty()) << "no inputs in " << folder;
  for (const auto& input : inputs) {
    const std::string bytes = read_file(input);
    // A copy without room at its end, so that reading beyond it shows under a sanitizer.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const bool is_bad = input.filename().string().rfind("bad_", 0) == 0;
    EXPECT_NO_THROW(EXPECT_EQ(reads_input({exact.data(), exact.size()}), !is_bad) << input)
        << input;
  }
}

}  // namespace
}  // namespace flexunet
