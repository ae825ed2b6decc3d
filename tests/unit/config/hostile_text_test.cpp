// Text that was written to do harm: nothing in a config is ever run.
#include <gtest/gtest.h>

#include <filesystem>

#include "unit/config/sample_config.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// What would create the file `path` if anybody evaluated it as Python, or gave it to a shell.
std::vector<std::string> attacks(const fs::path& path) {
  const std::string file = path.string();
  return {
      "__import__('os').system('touch " + file + "')",
      "open('" + file + "', 'w')",
      "[open('" + file + "', 'w') for i in (1,)]",
      "(lambda: open('" + file + "', 'w'))()",
      "{(0,0,0): open('" + file + "', 'w')}",
      "f\"{open('" + file + "', 'w')}\"",
      "`touch " + file + "`",
      "$(touch " + file + ")",
  };
}

TEST(Config, RunsNothingThatAValueSays) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "created";
  ConfigRequest lenient;
  lenient.lenient = true;
  for (const std::string& attack : attacks(file)) {
    std::string text = sample_config();
    text.insert(text.find("[valid]"), "epochs = " + attack + "\n");
    EXPECT_TRUE(mentions(error_of(text), "[train] epochs = " + attack.substr(0, 8))) << attack;
    EXPECT_EQ(load_text(text, lenient).options.train.epochs, 100) << attack;
    EXPECT_NE(error_of(sample_config(), with({"train.epochs=" + attack})), "") << attack;
    EXPECT_FALSE(fs::exists(file)) << attack;
  }
}

// As text they are the names of folders, which may well look strange.
TEST(Config, TakesAPathAsItIsWritten) {
  for (const char* name : {"$(touch created)", "`touch created`", "a;touch created", "~root"}) {
    const LoadedConfig loaded =
        load_text(sample_config(), with({std::string("train.model_dir='./") + name + "'"}));
    EXPECT_EQ(loaded.options.train.model_dir.filename(), name);
    EXPECT_FALSE(fs::exists("created"));
  }
}

TEST(Config, RefusesNestingWithoutEnd) {
  const std::string deep(100000, '[');
  EXPECT_TRUE(mentions(error_of(sample_config(), with({"train.epochs=" + deep})),
                       "more than 100 brackets inside each other"));
}

}  // namespace
}  // namespace flexunet
