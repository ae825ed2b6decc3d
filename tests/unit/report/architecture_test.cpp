#include "flexunet/report/architecture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "flexunet/base/error.h"
#include "support/networks.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

TEST(DescribeLayer, NamesKindKernelAndActivation) {
  NetworkOptions network = tiny_network();
  network.dropout_rate = 0.1;
  network.normalization = NormalizationKind::kGroup;
  std::map<std::string, std::string> described;
  for (const NetworkLayer& layer : network_layers(network)) {
    described[layer.name] = describe_layer(layer, network);
  }
  EXPECT_EQ(described["encoder.0.conv1"], "Conv 5x5, dilation 2, relu");
  EXPECT_EQ(described["encoder.0.norm1"], "GroupNorm, 8 groups");
  EXPECT_EQ(described["encoder.0.pool"], "Max-pool 2x2");
  EXPECT_EQ(described["encoder.1.conv2"], "Conv 3x3, dilation 1, relu");
  EXPECT_EQ(described["encoder.1.dropout"], "Dropout 0.1");
  EXPECT_EQ(described["decoder.0.up"], "Transposed conv 2x2, stride 2");
  EXPECT_EQ(described["head"], "Conv 1x1");
}

TEST(SummaryText, ShowsEveryLayerAndTheTotal) {
  const std::string text = summary_text(knee_bones_network());
  for (const NetworkLayer& layer : network_layers(knee_bones_network())) {
    const bool shown = layer.kind != LayerKind::kConcatenation &&
                       (layer.kind != LayerKind::kDropout || layer.level > 0);
    EXPECT_EQ(text.find("\n" + layer.name + " ") != std::string::npos, shown) << layer.name;
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

}  // namespace
}  // namespace flexunet
