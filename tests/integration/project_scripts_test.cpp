#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// A repository's layout: the scripts of a project beside a build tree, or without one.
class ProjectScripts : public testing::Test {
 protected:
  ProjectScripts() : project_(10, 1) {
    const fs::path projects = fs::path(FLEXUNET_SOURCE_DIR) / "projects";
    fs::copy(projects / "run.sh", project_.root() / "projects/run.sh");
    for (const char* name : {"1.train.sh", "2.evaluate.sh", "3.infer.sh"}) {
      fs::copy(projects / "FlexUNet/Phantom" / name, project_.folder() / name);
    }
  }

  void link_build_tree() const {
    fs::create_directories(project_.root() / "build/release");
    fs::create_directory_symlink(program_folder(), project_.root() / "build/release/bin");
  }

  // From another folder, with these programs on PATH beside the system's.
  ProcessResult run(const std::string& script, const std::string& path,
                    const std::vector<std::string>& arguments) const {
    std::vector<std::string> words{"PATH=" + path + "/usr/bin:/bin",
                                   (project_.folder() / script).string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run_process("/usr/bin/env", words, "/");
  }

  ToyProject project_;
};

int epochs_in_dump(const ProcessResult& result) {
  return nlohmann::json::parse(result.out).at("train").at("epochs");
}

TEST_F(ProjectScripts, PassFurtherArgumentsToTheProgramsOfTheBuildTree) {
  link_build_tree();
  for (const char* script : {"1.train.sh", "2.evaluate.sh", "3.infer.sh"}) {
    const ProcessResult result = run(script, "", {"--set", "train.epochs=7", "--dump-config"});
    ASSERT_EQ(result.exit_code, 0) << script << ": " << result.err;
    EXPECT_EQ(epochs_in_dump(result), 7) << script;
  }
}

TEST_F(ProjectScripts, HandTheExitCodeOn) {
  link_build_tree();
  EXPECT_EQ(run("2.evaluate.sh", "", {}).exit_code, 4);
}

TEST_F(ProjectScripts, FindTheProgramsOnPath) {
  const ProcessResult result =
      run("1.train.sh", program_folder().string() + ":", {"--dump-config"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(epochs_in_dump(result), 1);
}

TEST_F(ProjectScripts, SayHowToBuildWhatIsNotThere) {
  if (std::system("PATH=/usr/bin:/bin command -v flexunet-train >/dev/null") == 0) {
    GTEST_SKIP() << "flexunet-train is installed here";
  }
  const ProcessResult result = run("1.train.sh", "", {});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.err, "cmake --build --preset release")) << result.err;
}

}  // namespace
}  // namespace flexunet
