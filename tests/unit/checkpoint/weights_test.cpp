#include "flexunet/checkpoint/weights.h"

#include <gtest/gtest.h>

#include "flexunet/base/error.h"
#include "support/temporary_folder.h"
#include "support/tiny_network.h"

namespace flexunet {
namespace {

NetworkOptions normalised_network() {
  NetworkOptions network = tiny_network();
  network.normalization = NormalizationKind::kBatch;
  return network;
}

std::string refusal(const std::filesystem::path& path, const NetworkOptions& network) {
  FlexUNet model(network);
  try {
    load_weights(path, model);
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(Weights, GiveTheSameFunctionAfterLoading) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "best_model.safetensors";
  FlexUNet saved(normalised_network(), 1);
  const torch::Tensor images = torch::randint(256, {2, 3, 8, 8}, torch::kUInt8);
  saved->train();
  saved(images);  // moves BatchNorm's statistics
  saved->eval();
  save_weights(path, saved, {{"epoch", "7"}});
  FlexUNet loaded(normalised_network(), std::nullopt);
  loaded->eval();
  ASSERT_FALSE(torch::equal(loaded(images), saved(images)));
  EXPECT_EQ(load_weights(path, loaded).metadata.at("epoch"), "7");
  EXPECT_TRUE(torch::equal(loaded(images), saved(images)));
}

TEST(Weights, AreStoredInPyTorchsLayout) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "best_model.safetensors";
  FlexUNet model(normalised_network());
  save_weights(path, model, {});
  const auto file = SafetensorsFile::read(path);
  const StoredTensor& stored = file.tensors().at("encoder.1.conv1.weight");
  EXPECT_EQ(stored.shape, (std::vector<std::int64_t>{8, 4, 3, 3}));
  const torch::Tensor weight =
      model->named_parameters()["encoder.1.conv1.weight"].detach().contiguous();
  EXPECT_EQ(std::memcmp(stored.data.data(), weight.data_ptr(), weight.nbytes()), 0);
  EXPECT_EQ(file.tensors().count("encoder.0.norm1.running_var"), 1U);
  EXPECT_EQ(file.tensors().count("encoder.0.norm1.num_batches_tracked"), 0U);
}

TEST(Weights, OfAnotherNetworkAreRefusedWithTheFirstDifference) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "best_model.safetensors";
  FlexUNet model(normalised_network());
  save_weights(path, model, {});

  NetworkOptions kernel = normalised_network();
  kernel.base_kernel = 7;
  const std::string shapes = refusal(path, kernel);
  EXPECT_NE(
      shapes.find("encoder.0.conv1.weight is (4,3,5,5) in the file and (4,3,7,7) in the config"),
      std::string::npos)
      << shapes;

  NetworkOptions deeper = normalised_network();
  deeper.num_layers = 3;
  EXPECT_NE(refusal(path, deeper).find("it has no encoder.2.conv1.weight"), std::string::npos);

  NetworkOptions without_norm = normalised_network();
  without_norm.normalization = NormalizationKind::kNone;
  EXPECT_NE(refusal(path, without_norm).find("tensors"), std::string::npos);
}

// Options that change the function and no shape.
TEST(Weights, OfAnotherFunctionAreRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "best_model.safetensors";
  FlexUNet model(normalised_network());
  save_weights(path, model, {});
  NetworkOptions activation = normalised_network();
  activation.activation = Activation::kElu;
  EXPECT_NE(refusal(path, activation).find("activation is \"relu\""), std::string::npos);
  NetworkOptions dilation = normalised_network();
  dilation.dilation = 2;
  EXPECT_NE(refusal(path, dilation).find("dilation is 1"), std::string::npos);
  NetworkOptions raw = normalised_network();
  raw.input_normalize = false;
  EXPECT_NE(refusal(path, raw).find("input_normalize is true"), std::string::npos);
}

}  // namespace
}  // namespace flexunet
