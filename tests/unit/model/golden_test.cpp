#include <gtest/gtest.h>

#include "flexunet/model/losses.h"
#include "flexunet/training/adam.h"
#include "support/golden.h"

namespace flexunet {
namespace {

// Relative to each tensor's largest element, as they hold on this kind of CPU. The inputs of
// `dilated` are 0..255, not normalised: its logits are large and its probabilities steep.
struct Tolerances {
  const char* name;
  double probs;
  double gradients;
  double losses;
  double statistics;
};

class GoldenNetworks : public testing::TestWithParam<Tolerances> {
 protected:
  void SetUp() override {
    const std::filesystem::path folder =
        std::filesystem::path(FLEXUNET_SOURCE_DIR) / "../shared/golden" / GetParam().name;
    if (!std::filesystem::exists(folder / "golden.pt")) {
      GTEST_SKIP() << "no golden numbers in " << folder;
    }
    golden_ = read_golden(folder);
    model_ = FlexUNet(golden_.network);
    load_golden_weights(model_, golden_, "weight");
  }

  double relative_difference(const torch::Tensor& actual, const torch::Tensor& expected) {
    const torch::Tensor difference = (actual - expected).abs().max();
    return (difference / expected.abs().max().clamp_min(1e-12)).item<double>();
  }

  Golden golden_;
  FlexUNet model_{nullptr};
};

TEST_P(GoldenNetworks, GiveTheProbabilitiesOfTheOriginal) {
  model_->eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor probs = torch::softmax(model_(golden_.images(0, 100)), 1);
  const torch::Tensor expected = golden_.tensors.at("probs").permute({0, 3, 1, 2});
  EXPECT_LE(relative_difference(probs, expected), GetParam().probs);
}

TEST_P(GoldenNetworks, GiveEveryGradientOfTheOriginal) {
  model_->train();
  const torch::Tensor logits = model_(golden_.images(0, 2));
  compute_loss(LossKind::kCategoricalCrossentropy, logits, golden_.class_masks(0, 2)).backward();
  const std::vector<torch::Tensor> gradients = tensors_in_keras_order(model_, true);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const auto expected = golden_.tensors.find(golden_tensor_name("grad", i));
    EXPECT_EQ(gradients[i].defined(), expected != golden_.tensors.end()) << i;
    if (!gradients[i].defined() || expected == golden_.tensors.end()) continue;
    EXPECT_LE(relative_difference(gradients[i], from_keras_layout(expected->second)),
              GetParam().gradients)
        << golden_.record.at("weights").at(i).at("name");
    ++compared;
  }
  EXPECT_EQ(compared, model_->parameters().size());
}

TEST_P(GoldenNetworks, LoseAsTheOriginalOverTenOptimiserSteps) {
  model_->train();
  Adam optimizer(model_->parameters(), golden_.optimizer);
  const auto& record = golden_.record.at("train_on_batch");
  for (std::size_t step = 0; step < record.at("batches").size(); ++step) {
    const std::int64_t first = record.at("batches").at(step).at(0);
    const std::int64_t last = record.at("batches").at(step).at(1);
    optimizer.zero_grad();
    const torch::Tensor loss =
        compute_loss(LossKind::kCategoricalCrossentropy, model_(golden_.images(first, last)),
                     golden_.class_masks(first, last));
    const double expected = record.at("loss_dice").at(step).at(0);
    EXPECT_NEAR(loss.item<double>() / expected, 1.0, GetParam().losses) << "step " << step;
    loss.backward();
    optimizer.step();
  }
  const std::vector<torch::Tensor> tensors = tensors_in_keras_order(model_);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string name = golden_.record.at("weights").at(i).at("name");
    if (name.find("moving") == std::string::npos) continue;
    EXPECT_LE(relative_difference(tensors[i], golden_.tensors.at(golden_tensor_name("after10", i))),
              GetParam().statistics)
        << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Original, GoldenNetworks,
                         testing::Values(Tolerances{"plain", 1e-5, 1e-4, 1e-5, 1e-5},
                                         Tolerances{"dilated", 5e-4, 1e-4, 1e-4, 1e-5},
                                         Tolerances{"batchnorm", 1e-5, 1e-4, 1e-5, 1e-5},
                                         Tolerances{"elu", 1e-5, 1e-4, 1e-5, 1e-5}),
                         [](const auto& network) { return std::string(network.param.name); });

}  // namespace
}  // namespace flexunet
