#include "config/document.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/literal/literal.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

std::string raw_of(const std::string& text, const std::string& section, const std::string& key) {
  const Document document = parse_document(text, "a.config");
  const Entry* entry = document.find(section, key);
  return entry == nullptr ? "(absent)" : entry->raw;
}

std::string error_of_text(const std::string& text) {
  try {
    parse_document(text, "a.config");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Document, CutsLinesAsConfigparserDoes) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"[a]\nk = 1", "1"},
      {"[a]\nk=1\n", "1"},
      {"[a]\nk : 1\n", "1"},
      {"[a]\nk = \"x = y : z\"\n", "\"x = y : z\""},
      {"[a]  \nk = 1 \t \n", "1"},
      {"[a]\r\nk = 1\r\nl = 2\r\n", "1"},
      {"[a]\rk = 1\rl = 2\r", "1"},
      {"\xEF\xBB\xBF[a]\nk = 1\n", "1"},
      {"[a] ; comment\nk = 1\n", "1"},
      {"; comment\n# comment\n  ; indented\n[a]\nk = 1\n", "1"},
      {"[a]\nk = 1 ; not a comment\n", "1 ; not a comment"},
      {"[a]\nK = 1\n", "1"},
      {"[a]\nk =\n", ""},
      {"[a]\nk = \n  (1,\n  2)\n", "\n(1,\n2)"},
      {"[a]\nk = {1:2, \\\n  3:4}\nl = 1\n", "{1:2, \\\n3:4}"},
      {"[a]\nk = {1:2,\n\n  ; comment\n# comment\n  3:4}\n", "{1:2,\n\n3:4}"},
      {"[a]\nk = {1:2,\n  3:4}\n\n\n; end\n", "{1:2,\n3:4}"},
      {"[a]\nk = 1\n  [b]\n", "1\n[b]"},
      {"[a]\n  k = 1\n  l = 2\n", "1"},
      {"[a]\n  k = 1\nl = 2\n", "1"},
      {"[a]\nk = 50% of 100%%\n", "50% of 100%"},
      {"[a]\nk = \"%%%%\"\n", "\"%%\""},
      {"[a]\nk\xE3\x80\x80=\xE3\x80\x80"
       "1\xC2\xA0\n",
       "1"},
      {"[a]\nk = 1\n\xE3\x80\x80"
       "2\n",
       "1\n2"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(raw_of(text, "a", "k"), expected) << text;
}

TEST(Document, LowersKeysButNotSections) {
  const std::string text = "[Model]\nImage_Width = 1\n";
  EXPECT_EQ(raw_of(text, "Model", "image_width"), "1");
  EXPECT_EQ(raw_of(text, "model", "image_width"), "(absent)");
}

TEST(Document, KeepsLongValuesWhole) {
  for (const std::size_t length : {190U, 199U, 200U, 201U, 584U, 100000U}) {
    const std::string value = "\"" + std::string(length, 'x') + " ; y\"";
    EXPECT_EQ(raw_of("[a]\nk = " + value + "\n", "a", "k"), value);
    const std::string key(length, 'k');
    EXPECT_EQ(raw_of("[" + key + "]\n" + key + " = 1\n", key, key), "1");
  }
}

TEST(Document, KnowsTheLineAndColumnOfEveryPart) {
  const Document document =
      parse_document("[a]\n\nk  =  {1:2,\n; comment\n    \xC3\xA9 3:4}\n", "a.config");
  const Entry& entry = *document.find("a", "k");
  const Position first = entry.position(1);
  EXPECT_EQ(first.line, 3);
  EXPECT_EQ(first.column, 8);
  const Position second = entry.position(entry.raw.find('3'));
  EXPECT_EQ(second.line, 5);
  EXPECT_EQ(second.column, 7);
}

TEST(Document, RefusesWhatIsNoConfig) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "a.config: is empty"},
      {" \n\n", "a.config: is empty"},
      {"; comment\n", "holds no section"},
      {"[a]\nk = 1\n[b]\nl = 1\nK = 2\nk = 3\nl = 4\n",
       "a.config:7: [b] l occurs a second time, the first is in line 4"},
      {"[a]\nk = 1\n[b]\n[a]\nl = 2\n",
       "a.config:4: section [a] occurs a second time, the first is in line 1"},
      {"[a]\n[DEFAULT]\nk = 1\n", "a.config:2: [DEFAULT] is not supported"},
      {"k = 1\n[a]\n", "a.config:1: text before the first section"},
      {"[a]\nepochs 100\n", "a.config:2: not \"key = value\""},
      {"[a]\n= 100\n", "a.config:2: not \"key = value\""},
      {"[a\nk = 1\n", "a.config:1: text before the first section"},
      {"[a] k = 1\n", "a.config:1: text after [a]"},
      {"[]\nk = 1\n", "a.config:1: a section needs a name"},
      {std::string("[a]\nk = \0\n", 10), "a.config:2: a NUL byte"},
      {"[a]\nk = \"\xFF\"\n", "a.config:2: not UTF-8"},
      {"[a]\nk = \"\xC0\xAF\"\n", "a.config:2: not UTF-8"},
      {"[a]\nk = \"\xED\xA0\x80\"\n", "a.config:2: not UTF-8"},
      {"[a]\nk = \"\xE3\x81", "a.config:2: not UTF-8"},
  };
  for (const auto& [text, expected] : table) {
    EXPECT_NE(error_of_text(text).find(expected), std::string::npos)
        << text << "\ngave: " << error_of_text(text);
  }
}

TEST(Document, TellsAllProblemsAtOnce) {
  EXPECT_EQ(error_of_text("[a]\nk = 1\nk = 2\n  continued\nfoo\n[a]\n"),
            "a.config:3: [a] k occurs a second time, the first is in line 2: keep one\n"
            "a.config:5: not \"key = value\", a comment or a section: foo\n"
            "a.config:6: section [a] occurs a second time, the first is in line 1: put its keys "
            "together");
}

TEST(Document, SaysWhyAFileCannotBeRead) {
  const TemporaryFolder folder;
  const auto error_of_file = [](const std::filesystem::path& file) -> std::string {
    try {
      read_document(file, {});
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(error_of_file(folder.path() / "none.config").find("none.config: no such file"),
            std::string::npos);
  EXPECT_NE(error_of_file(folder.path()).find("is a folder"), std::string::npos);
  EXPECT_NE(error_of_file(folder.write("empty", "")).find("is empty"), std::string::npos);
}

std::string override_error(const std::string& text) {
  const TemporaryFolder folder;
  try {
    read_document(folder.write("a.config", "[a]\nk = 1\n"), {text});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Overrides, TakeThePlaceOfTheFile) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.config", "[a]\nk = 1\nl = 2\n");
  const Document document =
      read_document(file, {"a.k=3", " a.K = \"x=%%\" ", "b.new=[1, 2]", "b.new=None"});
  EXPECT_EQ(document.find("a", "k")->raw, "\"x=%\"");
  EXPECT_TRUE(document.find("a", "k")->is_override());
  EXPECT_EQ(document.find("a", "l")->raw, "2");
  EXPECT_EQ(document.find("b", "new")->raw, "None");
  EXPECT_EQ(document.sections.size(), 2U);
  EXPECT_EQ(document.describe(*document.find("b", "new")), "--set b.new = None");
}

TEST(Overrides, ShowTheQuotingThatWouldBeRight) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"train.model_dir=./x", "--set 'train.model_dir=\"./x\"'"},
      {"model.optimizer=AdamW", "--set 'model.optimizer=\"AdamW\"'"},
      {"model.generator=false", "write False"},
      {"model.generator", "must be section.key=value"},
      {"generator=False", "must be section.key=value"},
      {".generator=False", "must be section.key=value"},
      {"model.=False", "must be section.key=value"},
      {"", "must be section.key=value"},
      {"model.generator=", "the value is empty"},
      {"DEFAULT.a=1", "[DEFAULT] is not supported"},
      {"model.a=\"\xFF\"", "not UTF-8"},
  };
  for (const auto& [text, expected] : table) {
    EXPECT_NE(override_error(text).find(expected), std::string::npos)
        << text << "\ngave: " << override_error(text);
  }
  EXPECT_EQ(override_error("infer3d.slice_rotation=cv2.ROTATE_180"), "");
}

}  // namespace
}  // namespace flexunet
