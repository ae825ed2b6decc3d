#include "flexunet/keras/keras_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "keras/keras_h5.h"
#include "keras/keras_order.h"
#include "support/golden.h"
#include "support/keras_layers.h"
#include "support/temporary_folder.h"
#include "support/tiny_network.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/golden";

class GoldenKerasModel : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!fs::exists(kGolden)) GTEST_SKIP() << kGolden << " is not here";
    golden_ = read_golden(kGolden / GetParam());
  }
  fs::path file(const char* name) const { return kGolden / GetParam() / name; }

  Golden golden_;
};

std::string refusal(const fs::path& path, const NetworkOptions& network) {
  FlexUNet model(network);
  try {
    load_keras_weights(path, model);
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "not refused";
}

TEST_P(GoldenKerasModel, WeightsArriveWhereTheyBelong) {
  FlexUNet model(golden_.network);
  EXPECT_TRUE(load_keras_weights(file("weights_only.h5"), model));
  const std::vector<torch::Tensor> tensors = tensors_in_keras_order(model);
  ASSERT_EQ(tensors.size(), golden_.record.at("weights").size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const torch::Tensor& expected = golden_.tensors.at(golden_tensor_name("weight", i));
    EXPECT_TRUE(torch::equal(tensors[i], from_keras_layout(expected)))
        << golden_.record["weights"][i];
  }
}

TEST_P(GoldenKerasModel, KeepsItsNamesAndOrder) {
  const nlohmann::json& weights = golden_.record.at("weights");
  std::vector<std::string> names;
  for (const KerasSlot& slot : keras_slots(golden_.network)) {
    for (const KerasTensorName& tensor : keras_tensor_names(slot.kind)) {
      names.push_back(slot.layer + "/" + tensor.keras);
    }
  }
  ASSERT_EQ(names.size(), weights.size());
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], weights[i].at("name"));
}

// The whole model was saved at the epoch of the lowest validation loss.
TEST_P(GoldenKerasModel, WholeModelGivesTheLossThatKerasRecorded) {
  FlexUNet model(golden_.network);
  load_keras_weights(file("best_model.h5"), model);
  model->eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor logits = model(golden_.images(0, 3));
  const double loss =
      torch::nll_loss2d(torch::log_softmax(logits, 1), golden_.class_masks(0, 3)).item<double>();
  const std::vector<double> recorded = golden_.record.at("fit").at("val_loss");
  const double best = *std::min_element(recorded.begin(), recorded.end());
  EXPECT_NEAR(loss, best, 1e-5 * best);
}

TEST_P(GoldenKerasModel, ComesBackFromANativeCheckpointAsItWas) {
  const TemporaryFolder folder;
  const fs::path native = folder.path() / "model.safetensors";
  const fs::path keras = folder.path() / "model.h5";
  for (const char* name : {"weights_only.h5", "best_model.h5"}) {
    FlexUNet first(golden_.network, 1);
    load_any_weights(file(name), first);
    save_weights(native, first, {});
    FlexUNet second(golden_.network, 2);
    load_any_weights(native, second);
    save_keras_weights(keras, second);
    expect_equal(read_keras_h5(keras).layers, read_keras_h5(file(name)).layers);
  }
}

TEST_P(GoldenKerasModel, OfAnotherArchitectureIsRefused) {
  for (const std::string other : {"plain", "dilated", "batchnorm", "elu"}) {
    if (other == GetParam()) continue;
    EXPECT_NE(refusal(kGolden / other / "best_model.h5", golden_.network), "not refused") << other;
  }
}

INSTANTIATE_TEST_SUITE_P(, GoldenKerasModel,
                         testing::Values("plain", "dilated", "batchnorm", "elu"),
                         [](const auto& test) { return std::string(test.param); });

struct Difference {
  const char* name;
  std::function<void(NetworkOptions&)> change;  ///< of the network that the file was written for
  const char* message;
};

// ctest shows this beside the test's name.
void PrintTo(const Difference& difference, std::ostream* stream) { *stream << difference.name; }

class OtherKerasModel : public testing::TestWithParam<Difference> {};

TEST_P(OtherKerasModel, IsRefusedWithTheFirstLayerThatDiffers) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "best_model.h5";
  NetworkOptions other = tiny_network();
  GetParam().change(other);
  FlexUNet model(other);
  save_keras_weights(path, model);
  const std::string message = refusal(path, tiny_network());
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_EQ(message.rfind(path.string() + ": made for another network: ", 0), 0U) << message;
}

INSTANTIATE_TEST_SUITE_P(
    , OtherKerasModel,
    testing::Values(
        Difference{"Filters", [](NetworkOptions& n) { n.base_filters = 8; },
                   "layer conv2d is kernel (5,5,3,8), bias (8) in the file, and encoder.0.conv1 is "
                   "kernel (5,5,3,4), bias (4) in the config"},
        Difference{"Kernels", [](NetworkOptions& n) { n.base_kernel = 3; },
                   "layer conv2d is kernel (3,3,3,4), bias (4) in the file"},
        Difference{"Classes", [](NetworkOptions& n) { n.num_classes = 2; },
                   "layer conv2d_6 is kernel (1,1,4,2), bias (2) in the file, and head is kernel "
                   "(1,1,4,3), bias (3) in the config"},
        Difference{"Normalization",
                   [](NetworkOptions& n) { n.normalization = NormalizationKind::kBatch; },
                   "layer batch_normalization is gamma (4), beta (4), moving_mean (4), "
                   "moving_variance (4) in the file, and encoder.0.conv2 is kernel (5,5,4,4), bias "
                   "(4) in the config"},
        Difference{
            "Levels", [](NetworkOptions& n) { n.num_layers = 3; },
            "layer conv2d_4 is kernel (3,3,8,16), bias (16) in the file, and decoder.0.up is "
            "kernel (2,2,4,8), bias (4) in the config"},
        Difference{"Input", [](NetworkOptions& n) { n.input_normalize = false; },
                   "input_normalize is false in the file (it has no layer lambda) and true in the "
                   "config"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(KerasWeights, HoldNoNormalizationThatTheOriginalLacks) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "model.h5";
  FlexUNet plain(tiny_network());
  save_keras_weights(path, plain);
  NetworkOptions network = tiny_network();
  network.normalization = NormalizationKind::kGroup;
  EXPECT_NE(refusal(path, network).find("[model] normalization = \"group\""), std::string::npos);
  FlexUNet model(network);
  EXPECT_THROW(save_keras_weights(folder.path() / "new.h5", model), CheckpointError);
  EXPECT_FALSE(fs::exists(folder.path() / "new.h5"));
}

TEST(KerasWeights, ThatEndTooEarlyOrTooLateAreRefused) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "model.h5";
  FlexUNet model(tiny_network());
  save_keras_weights(path, model);
  std::vector<KerasLayer> layers = read_keras_h5(path).layers;
  const KerasLayer head = layers.back();
  layers.push_back(head);
  layers.back().name = "conv2d_7";
  write_keras_h5(path, layers);
  EXPECT_NE(refusal(path, tiny_network()).find("it goes on with layer conv2d_7, kernel (1,1,4,3)"),
            std::string::npos);
  layers.resize(layers.size() - 2);
  write_keras_h5(path, layers);
  EXPECT_NE(refusal(path, tiny_network()).find("where the config goes on with head, kernel"),
            std::string::npos);
}

TEST(KerasWeights, OfAWholeModelTellActivationAndDilation) {
  if (!fs::exists(kGolden)) GTEST_SKIP() << kGolden << " is not here";
  NetworkOptions elu = read_golden(kGolden / "elu").network;
  elu.activation = Activation::kRelu;
  EXPECT_NE(refusal(kGolden / "elu/best_model.h5", elu)
                .find("layer conv2d has the activation elu in the file, and encoder.0.conv1 has "
                      "relu in the config"),
            std::string::npos);
  NetworkOptions dilated = read_golden(kGolden / "dilated").network;
  dilated.dilation = 1;
  EXPECT_NE(refusal(kGolden / "dilated/best_model.h5", dilated)
                .find("layer conv2d has the dilation [3,3] in the file, and encoder.0.conv1 has "
                      "[1,1] in the config"),
            std::string::npos);
}

TEST(KerasWeights, OfLayersWithoutWeightsUnlistedAreTaken) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "model.h5";
  FlexUNet model(tiny_network());
  save_keras_weights(path, model);
  std::vector<KerasLayer> layers;
  for (KerasLayer& layer : read_keras_h5(path).layers) {
    if (!layer.weights.empty()) layers.push_back(std::move(layer));
  }
  write_keras_h5(path, layers);
  EXPECT_EQ(refusal(path, tiny_network()), "not refused");
}

TEST(AnyWeights, MayHaveAHeadForOtherClassesWhenAsked) {
  const TemporaryFolder folder;
  NetworkOptions other = tiny_network();
  other.num_classes = 2;
  FlexUNet saved(other, 1);
  save_weights(folder.path() / "model.safetensors", saved, {});
  save_keras_weights(folder.path() / "model.h5", saved);
  for (const char* name : {"model.safetensors", "model.h5"}) {
    FlexUNet model(tiny_network(), 2);
    EXPECT_THROW(load_any_weights(folder.path() / name, model), CheckpointError);
    const FlexUNet fresh(tiny_network(), 2);
    EXPECT_FALSE(load_any_weights(folder.path() / name, model, HeadPolicy::kMayDiffer).head_loaded)
        << name;
    const auto parameters = model->named_parameters();
    for (const auto& item : parameters) {
      const bool head = item.key().rfind("head.", 0) == 0;
      const FlexUNet& origin = head ? fresh : saved;
      EXPECT_TRUE(torch::equal(item.value(), origin->named_parameters()[item.key()])) << item.key();
    }
  }
}

TEST(AnyWeights, WithAHeadForTheSameClassesKeepIt) {
  const TemporaryFolder folder;
  FlexUNet saved(tiny_network(), 1);
  save_weights(folder.path() / "model.safetensors", saved, {});
  save_keras_weights(folder.path() / "model.h5", saved);
  for (const char* name : {"model.safetensors", "model.h5"}) {
    FlexUNet model(tiny_network(), 2);
    EXPECT_TRUE(load_any_weights(folder.path() / name, model, HeadPolicy::kMayDiffer).head_loaded)
        << name;
    EXPECT_TRUE(torch::equal(model->named_parameters()["head.weight"],
                             saved->named_parameters()["head.weight"]));
  }
}

TEST(AnyWeights, OfUnknownEndingAreRefused) {
  const TemporaryFolder folder;
  FlexUNet model(tiny_network());
  EXPECT_THROW(load_any_weights(folder.write("model.pt", ""), model), CheckpointError);
}

}  // namespace
}  // namespace flexunet
