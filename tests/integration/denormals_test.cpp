#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/imaging/image_io.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// What of a trained model's tensor changes, by the tensor's name; the rest becomes zero.
struct Values {
  std::string name;
  std::vector<float> values;  // repeated until the tensor is full
};

// Writes a model beside `trained` that finds class 1 wherever an image is not black, but only where
// its denormal weights count; where they are flushed, class 0 everywhere.
void write_denormal_model(const fs::path& trained, const fs::path& path) {
  const std::vector<Values> wanted{{"encoder.0.conv1.weight", {1e-40F}},
                                   {"encoder.0.conv2.weight", {1e20F}},
                                   {"decoder.0.conv1.weight", {1e20F}},
                                   {"decoder.0.conv2.weight", {1e-6F}},
                                   {"head.bias", {1.0F, 0.0F}}};
  const SafetensorsFile file = SafetensorsFile::read(trained);
  std::map<std::string, std::string> bytes;
  StoredTensors tensors = file.tensors();
  for (auto& [name, tensor] : tensors) {
    std::vector<float> values(tensor.data.size() / sizeof(float), 0.0F);
    for (const Values& each : wanted) {
      if (each.name != name) continue;
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = each.values[i % each.values.size()];
    }
    // Class 1's row of (classes,filters,1,1).
    if (name == "head.weight") {
      std::fill(values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end(),
                1.0F);
    }
    bytes[name].assign(reinterpret_cast<const char*>(values.data()), tensor.data.size());
    tensor.data = bytes[name];
  }
  write_safetensors(path, tensors, file.metadata());
}

bool is_black(const fs::path& mask) { return cv::countNonZero(read_picture(mask).reshape(1)) == 0; }

// Every program that runs the network flushes denormals from its start.
TEST(Denormals, AreFlushedByTrainEvaluateAndInfer) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "seen on x86-64 only";
#endif
  const ToyProject project(20, 1);
  ASSERT_EQ(project.run("train").exit_code, 0);
  const fs::path best = project.folder() / "models/best_model.safetensors";
  const fs::path denormal = project.folder() / "denormal.safetensors";
  write_denormal_model(best, denormal);
  const ProcessResult trained =
      project.run("train", {"--init", denormal.string(), "--set", "model.learning_rate=1e-60"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const std::vector<fs::path> previews = list_files(project.folder() / "epoch_change_infer");
  ASSERT_FALSE(previews.empty());
  for (const fs::path& preview : previews) EXPECT_TRUE(is_black(preview)) << preview;
  fs::copy_file(denormal, best, fs::copy_options::overwrite_existing);
  const ProcessResult evaluated = project.run("evaluate");
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_TRUE(contains(evaluated.out, "foreground Dice           0.0000")) << evaluated.out;
  EXPECT_EQ(project.run("infer").exit_code, 0);
  const std::vector<fs::path> masks = list_files(project.folder() / "mini_test_output");
  ASSERT_FALSE(masks.empty());
  for (const fs::path& mask : masks) EXPECT_TRUE(is_black(mask)) << mask;
}

}  // namespace
}  // namespace flexunet
