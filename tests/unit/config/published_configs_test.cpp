#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/config/config.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> published_configs() {
  std::vector<fs::path> configs;
  for (const fs::path& file : list_files(FLEXUNET_SOURCE_DIR "/../shared/configs")) {
    if (file.extension() == ".config") configs.push_back(file);
  }
  return configs;
}

ConfigRequest request_for(const fs::path& file, Task task) {
  ConfigRequest request;
  request.file = file;
  request.task = task;
  return request;
}

std::string load_error(const ConfigRequest& request) {
  try {
    load_config(request);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

// Those whose [mask] no run can use, and a part of what is said about it.
const std::map<std::string, std::string> kUnusable = {
    {"MVTEC-SCREW", "[mask] color_map: unknown key, it is not read; did you mean [mask] rgb_map?"},
    {"Oil-Spill", ".config:92:13: [mask] mask_file_format"},
    {"Synthetic-NEU-Seg", ".config:90:61: [mask] rgb_map"},
};

class PublishedConfigs : public testing::Test {
 protected:
  void SetUp() override {
    configs_ = published_configs();
    if (configs_.empty()) GTEST_SKIP() << "../shared/configs is not there";
  }
  std::vector<fs::path> configs_;
};

TEST_F(PublishedConfigs, AgreeWithPython) {
  EXPECT_EQ(configs_.size(), 99U);
  for (const fs::path& file : configs_) {
    const fs::path expected = fs::path(file).replace_extension(".expected.json");
    const std::string dump = dump_config(request_for(file, Task::kInspect));
    const auto ours = nlohmann::ordered_json::parse(dump);
    EXPECT_EQ(ours, nlohmann::ordered_json::parse(read_file(expected))) << file;
    // Equality of JSON numbers is blind to 8 and 8.0.
    EXPECT_EQ(dump, nlohmann::ordered_json::parse(read_file(expected)).dump(1)) << file;
  }
}

TEST_F(PublishedConfigs, LoadForInspection) {
  for (const fs::path& file : configs_) {
    EXPECT_EQ(load_error(request_for(file, Task::kInspect)), "") << file;
  }
}

TEST_F(PublishedConfigs, OfArraysShowTheChannelTheyAskFor) {
  int arrays = 0;
  for (const fs::path& file : configs_) {
    if (kUnusable.count(file.stem().string()) > 0) continue;
    const Options options = load_config(request_for(file, Task::kInfer)).options;
    if (options.data.image_format != ImageFileFormat::kNpy) continue;
    ++arrays;
    EXPECT_EQ(options.network.image_channels, 4) << file;
    EXPECT_EQ(options.infer.shown_channel, 3) << file;
    EXPECT_TRUE(options.infer.npy_slices_dir) << file;
  }
  EXPECT_EQ(arrays, 2);
}

TEST_F(PublishedConfigs, LoadForEveryTaskUnlessTheMaskIsUnusable) {
  for (const fs::path& file : configs_) {
    const auto known = kUnusable.find(file.stem().string());
    for (const Task task : {Task::kTrain, Task::kEvaluate, Task::kInfer}) {
      const std::string error = load_error(request_for(file, task));
      if (known == kUnusable.end()) {
        EXPECT_EQ(error, "");
      } else {
        EXPECT_NE(error.find(known->second), std::string::npos) << error;
      }
    }
  }
}

}  // namespace
}  // namespace flexunet
