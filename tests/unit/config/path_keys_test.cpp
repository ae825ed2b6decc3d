#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/temporary_folder.h"
#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// The images folder that a value of [train] images_dir names, seen from a project's folder.
std::string images_dir(const TemporaryFolder& project, const std::string& value) {
  ConfigRequest request = with({"train.images_dir=" + value});
  request.file = project.write("train_eval_infer.config", sample_config());
  const fs::path found = load_config(request).options.train_split.images_dir;
  return found.lexically_relative(project.path()).string();
}

TEST(Paths, TakeBackslashesAsSeparators) {
  const TemporaryFolder project;
  EXPECT_EQ(images_dir(project, R"(".\\data\\train\\images")"), "data/train/images");
  EXPECT_EQ(images_dir(project, R"(".\data\images")"), "data/images");
  EXPECT_EQ(images_dir(project, R"("..\\other/images\\")"), "../other/images");
}

TEST(Paths, KeepABackslashThatIsPartOfAName) {
  const TemporaryFolder project;
  project.write(R"(odd\name/1.png)", "");
  EXPECT_EQ(images_dir(project, R"("odd\\name")"), R"(odd\name)");
  project.write("scan[1]/images/1.png", "");
  EXPECT_EQ(images_dir(project, R"("scan\\[1]/image?")"), R"(scan\[1]/image?)")
      << "which is a pattern that matches";
}

TEST(Paths, WithAnUnknownEscapeAreTold) {
  std::string text = sample_config();
  const std::string error = error_of(text, with({R"(train.images_dir="C:\Users\me\images")"}));
  EXPECT_TRUE(mentions(error, "a path is written with /")) << error;
}

}  // namespace
}  // namespace flexunet
