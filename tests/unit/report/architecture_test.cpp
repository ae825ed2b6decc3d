#include "flexunet/report/architecture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "support/temporary_folder.h"
#include "unit/report/networks.h"

namespace flexunet {
namespace {

std::vector<std::string> names(const NetworkOptions& network) {
  std::vector<std::string> result;
  for (const LayerRow& row : layer_table(network)) result.push_back(row.name);
  return result;
}

TEST(ParameterCount, IsThatOfThePublishedNetworks) {
  EXPECT_EQ(parameter_count(knee_bones_network()), 126809218);
  EXPECT_EQ(parameter_count(pan_nuke_network()), 124996934);
}

TEST(ParameterCount, BatchNormAddsFourPerChannel) {
  NetworkOptions network = tiny_network();
  const std::int64_t without = parameter_count(network);
  network.normalization = NormalizationKind::kBatch;
  // Two of 8 and two of 16 channels on the way down, two of 8 on the way up.
  EXPECT_EQ(parameter_count(network) - without, 4 * (4 * 8 + 2 * 16));
}

TEST(LayerTable, NamesLayersInTheOrderOfTheForwardPass) {
  EXPECT_EQ(names(tiny_network()),
            (std::vector<std::string>{"encoder.0.conv1", "encoder.0.conv2", "encoder.0.pool",
                                      "encoder.1.conv1", "encoder.1.conv2", "decoder.0.up",
                                      "decoder.0.conv1", "decoder.0.conv2", "head"}));
}

TEST(LayerTable, ShowsNormalisationAndDropoutWhereTheyAct) {
  NetworkOptions network = tiny_network();
  network.normalization = NormalizationKind::kBatch;
  network.dropout_rate = 0.1;
  EXPECT_EQ(names(network),
            (std::vector<std::string>{
                "encoder.0.conv1", "encoder.0.norm1", "encoder.0.conv2", "encoder.0.norm2",
                "encoder.0.pool", "encoder.1.conv1", "encoder.1.norm1", "encoder.1.dropout",
                "encoder.1.conv2", "encoder.1.norm2", "decoder.0.up", "decoder.0.conv1",
                "decoder.0.norm1", "decoder.0.conv2", "decoder.0.norm2", "head"}));
}

TEST(LayerTable, HoldsKindShapeAndParametersOfEachLayer) {
  struct Expected {
    std::string kind;
    int channels, height, width;
    std::int64_t parameters;
  };
  const std::vector<Expected> expected = {
      {"Conv 5x5, dilation 2, relu", 8, 16, 32, 8 * (3 * 25 + 1)},
      {"Conv 5x5, dilation 2, relu", 8, 16, 32, 8 * (8 * 25 + 1)},
      {"Max-pool 2x2", 8, 8, 16, 0},
      {"Conv 3x3, dilation 1, relu", 16, 8, 16, 16 * (8 * 9 + 1)},
      {"Conv 3x3, dilation 1, relu", 16, 8, 16, 16 * (16 * 9 + 1)},
      {"Transposed conv 2x2, stride 2", 8, 16, 32, 8 * (16 * 4 + 1)},
      {"Conv 5x5, dilation 2, relu", 8, 16, 32, 8 * (16 * 25 + 1)},
      {"Conv 5x5, dilation 2, relu", 8, 16, 32, 8 * (8 * 25 + 1)},
      {"Conv 1x1", 4, 16, 32, 4 * (8 + 1)}};
  const std::vector<LayerRow> rows = layer_table(tiny_network());
  ASSERT_EQ(rows.size(), expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].name);
    EXPECT_EQ(rows[i].kind, expected[i].kind);
    EXPECT_EQ(rows[i].channels, expected[i].channels);
    EXPECT_EQ(rows[i].height, expected[i].height);
    EXPECT_EQ(rows[i].width, expected[i].width);
    EXPECT_EQ(rows[i].parameters, expected[i].parameters);
  }
}

TEST(EstimatedTrainingBytes, CountsWeightsOnceAndActivationsForEachSample) {
  const NetworkOptions network = tiny_network();
  const std::int64_t one = estimated_training_bytes(network, 1);
  const std::int64_t two = estimated_training_bytes(network, 2);
  EXPECT_EQ(2 * one - two, 16 * parameter_count(network));
  // In floats: the input, the six convolutions, pool (3 times), up (twice), head (twice), and twice
  // the largest tensor for the gradients.
  const std::int64_t floats =
      512 * 3 + 512 * 8 * 4 + 128 * 16 * 2 + 128 * 8 * 3 + 512 * 8 * 2 + 512 * 4 * 2 + 2 * 512 * 8;
  EXPECT_EQ(two - one, 4 * floats);
}

TEST(RunCopyBytes, AreThoseOfWeightsAndMoments) {
  EXPECT_EQ(run_copy_bytes(tiny_network()), 12 * parameter_count(tiny_network()));
}

TEST(EstimatedTrainingBytes, ActivationsThatNeedTheirInputCostMore) {
  NetworkOptions network = tiny_network();
  const std::int64_t relu = estimated_training_bytes(network, 1);
  network.activation = Activation::kMish;
  EXPECT_GT(estimated_training_bytes(network, 1), relu);
}

TEST(SummaryText, ShowsEveryLayerAndTheTotal) {
  const std::string text = summary_text(knee_bones_network());
  for (const std::string& name : names(knee_bones_network())) {
    EXPECT_NE(text.find("\n" + name + " "), std::string::npos) << name;
  }
  EXPECT_NE(text.find("(16, 512, 512)"), std::string::npos);
  EXPECT_NE(text.find("Total parameters: 126,809,218 (483.74 MiB as float32)"), std::string::npos)
      << text;
}

class ArchitecturePicture : public testing::TestWithParam<int> {};

TEST_P(ArchitecturePicture, GrowsWithTheLevels) {
  const TemporaryFolder folder;
  NetworkOptions network = knee_bones_network();
  network.num_layers = GetParam();
  write_architecture_png(folder.path() / "model.png", network);
  const cv::Mat picture = cv::imread((folder.path() / "model.png").string());
  ASSERT_FALSE(picture.empty());
  network.num_layers = GetParam() + 1;
  write_architecture_png(folder.path() / "larger.png", network);
  const cv::Mat larger = cv::imread((folder.path() / "larger.png").string());
  EXPECT_GT(larger.rows, picture.rows);
  EXPECT_GE(larger.cols, picture.cols);
}

INSTANTIATE_TEST_SUITE_P(Levels, ArchitecturePicture, testing::Values(1, 2, 5, 8, 9));

TEST(WriteArchitecturePng, AnUnwritablePathIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.write("file", "") / "model.png";
  try {
    write_architecture_png(path, tiny_network());
    FAIL() << "wrote below a file";
  } catch (const OutputError& error) {
    EXPECT_NE(std::string(error.what()).find(folder.path().string()), std::string::npos)
        << error.what();
  }
}

TEST(EstimatedInferenceBytes, AreWeightsSkipsAndTheTwoLargestActivations) {
  // tiny_network: 16x32 pixels, 8 and 16 filters, one skip of 8 channels; the largest activation is
  // the concatenation's result or the skip itself, 8 channels at full size.
  const NetworkOptions network = tiny_network();
  const std::int64_t skip = std::int64_t{4} * 8 * 16 * 32;
  EXPECT_EQ(estimated_inference_bytes(network, 3),
            4 * parameter_count(network) + 3 * (skip + 2 * skip));
  EXPECT_LT(estimated_inference_bytes(network, 3), estimated_training_bytes(network, 3));
}

}  // namespace
}  // namespace flexunet
