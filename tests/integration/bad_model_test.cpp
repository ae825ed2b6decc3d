#include <gtest/gtest.h>

#include <memory>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// One project with a model; each test brings the model file back.
class BadModel : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = std::make_unique<ToyProject>(10, 1);
    const ProcessResult trained = project_->run("train");
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    bytes_ = read_file(model());
  }
  static void TearDownTestSuite() { project_.reset(); }
  void TearDown() override { write_file(model(), bytes_); }

  static fs::path model() { return project_->folder() / "models/best_model.safetensors"; }

  static void expect_refusal(const std::vector<std::string>& parts,
                             const std::vector<std::string>& arguments = {},
                             const std::string& program = "evaluate") {
    const ProcessResult result = project_->run(program, arguments);
    EXPECT_EQ(result.exit_code, 4) << result.out << result.err;
    EXPECT_TRUE(contains(result.err, model().string())) << result.err;
    for (const std::string& part : parts) {
      EXPECT_TRUE(contains(result.err, part)) << part << "\nnot in\n" << result.err;
    }
  }

  static std::unique_ptr<ToyProject> project_;
  static std::string bytes_;
};

std::unique_ptr<ToyProject> BadModel::project_;
std::string BadModel::bytes_;

TEST_F(BadModel, OfAnotherNetworkNamesTheLayerAndBothShapes) {
  expect_refusal({"encoder.0.conv1.weight is (8,3,3,3) in the file and (4,3,3,3) in the config",
                  "Use the config that it was trained with"},
                 {"--set", "model.base_filters=4"});
}

TEST_F(BadModel, OfANetworkThatDiffersInNoShape) {
  expect_refusal({"activation is "}, {"--set", "model.activation=\"elu\""});
}

TEST_F(BadModel, ThatIsNotThere) {
  fs::remove(model());
  for (const char* program : {"evaluate", "infer"}) {
    expect_refusal({"no trained model; train first"}, {}, program);
  }
}

TEST_F(BadModel, Truncated) {
  // In the tensors, in the header, in the length, and nothing at all.
  for (const std::size_t size :
       {bytes_.size() - 1, std::size_t{100}, std::size_t{5}, std::size_t{0}}) {
    write_file(model(), bytes_.substr(0, size));
    expect_refusal({});
  }
}

TEST_F(BadModel, WithADamagedTensor) {
  std::string damaged = bytes_;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  write_file(model(), damaged);
  expect_refusal({});
}

TEST_F(BadModel, OfAnotherRgbMapIsRefusedAndOfAnotherSizeNamed) {
  expect_refusal({"trained with rgb_map = {(0,0,0):0, (128,40,40):1}"},
                 {"--set", "mask.rgb_map={(128,40,40):0, (0,0,0):1}"});
  const ProcessResult resized = project_->run(
      "evaluate", {"--set", "model.image_width=32", "--set", "model.image_height=32"});
  EXPECT_EQ(resized.exit_code, 0) << resized.err;
  EXPECT_TRUE(contains(resized.err, "trained at 64x64 pixels, the config has 32x32"))
      << resized.err;
}

}  // namespace
}  // namespace flexunet
