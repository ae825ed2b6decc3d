// Every number that the original, or its network in Keras (tests/golden/reference), recorded in
// tests/golden/data or the folder that the environment variable FLEXUNET_GOLDEN_DIR names: a folder
// a network, found when the test runs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "flexunet/base/denormals.h"
#include "golden/quantities.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Largest difference relative to the largest element. Two to three times what is seen with one to
// four threads, with LibTorch 1.13 and 2.11, and with a network of every activation drawn for the
// purpose (tests/golden/reference). Inputs that are not normalised (0..255) give large logits and
// steep probabilities; BatchNorm in training mode divides by the spread of small batches, which
// magnifies rounding. Where a value lies within rounding of a ReLU's kink, gradients and what
// follows from them jump: there twice the measured sensitivity counts.
struct Tolerance {
  double plain;
  double batch_norm;
  double raw_input;
};
const std::map<std::string, Tolerance> kTolerances{
    {"probs", {1e-5, 1e-5, 5e-4}},
    {"loss", {1e-6, 5e-6, 2e-6}},
    {"dice", {1e-6, 3e-6, 1e-6}},
    {"gradient", {2e-5, 3e-4, 5e-5}},
    {"weight after ten steps", {5e-5, 2e-4, 5e-5}},
    {"moving statistics", {5e-6, 5e-6, 5e-6}},
    {"fit loss", {1e-6, 2e-4, 2e-6}},
    {"fit dice", {1e-6, 2e-4, 1e-6}},
};

std::vector<fs::path> golden_folders() {
  const char* elsewhere = std::getenv("FLEXUNET_GOLDEN_DIR");
  const fs::path root = elsewhere != nullptr ? fs::path(elsewhere)
                                             : fs::path(FLEXUNET_SOURCE_DIR) / "tests/golden/data";
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    if (fs::exists(entry.path() / "golden.json")) {
      folders.push_back(entry.path());
    } else {
      fmt::print("golden: {} left out, it has no golden.json\n", entry.path().filename().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

double tolerance_of(const Comparison& comparison, const Golden& golden) {
  constexpr double kMargin = 2;
  const auto& [plain, batch_norm, raw_input] = kTolerances.at(comparison.quantity);
  const bool normalized = golden.network.normalization != NormalizationKind::kNone;
  const double stated =
      !golden.network.input_normalize ? raw_input : (normalized ? batch_norm : plain);
  return std::max(stated, kMargin * comparison.sensitivity);
}

// Moves one element by ten tolerances: the comparison must notice.
torch::Tensor perturbed(const Comparison& comparison, double tolerance) {
  torch::Tensor moved = comparison.actual.contiguous().clone();
  moved.view(-1)[0] += 10 * tolerance * comparison.expected.abs().max();
  return moved;
}

// Whether all numbers of one network come out; prints the largest difference of each quantity.
bool agrees(const Golden& golden) {
  bool agrees = true;
  std::map<std::string, double> largest;
  std::map<std::string, double> accepted;
  for (const Comparison& comparison : compare_with_recording(golden)) {
    const double tolerance = tolerance_of(comparison, golden);
    const double difference = relative_difference(comparison.actual, comparison.expected);
    largest[comparison.quantity] = std::max(largest[comparison.quantity], difference);
    accepted[comparison.quantity] = std::max(accepted[comparison.quantity], tolerance);
    agrees = agrees && difference <= tolerance;
    EXPECT_LE(difference, tolerance) << comparison.quantity << ", " << comparison.what;
    EXPECT_GT(relative_difference(perturbed(comparison, tolerance), comparison.expected), tolerance)
        << comparison.quantity << ", " << comparison.what << ": ten tolerances go unnoticed";
  }
  for (const auto& [quantity, difference] : largest) {
    fmt::print("  {:<24} {:.1e}, accepted {:.1e}\n", quantity, difference, accepted[quantity]);
  }
  return agrees;
}

TEST(Golden, EveryRecordedNumberComesOut) {
  flush_denormals();  // as the programs do
  const std::vector<fs::path> folders = golden_folders();
  ASSERT_FALSE(folders.empty()) << "no folder with a golden.json";
  for (const fs::path& folder : folders) {
    const Golden golden = read_golden(folder);
    SCOPED_TRACE(golden.name);
    if (agrees(golden)) fmt::print("golden: {} ok\n", golden.name);
  }
}

}  // namespace
}  // namespace flexunet
