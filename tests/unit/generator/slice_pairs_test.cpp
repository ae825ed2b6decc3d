#include "generator/generate/slice_pairs.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

class SlicePairs : public testing::Test {
 protected:
  void add(const std::string& name, int side = 4) const {
    write_png(folder_.path() / name, cv::Mat(side, side, CV_8UC3, cv::Scalar::all(0)));
  }
  // "image mask" of each pair, relative to the folders.
  std::vector<std::string> names(PairRule rule, const std::string& lines = "") const {
    if (!lines.empty()) write_file(table(), lines);
    std::vector<std::string> named;
    for (const SlicePair& pair : pair_slices(request(rule)).pairs) {
      named.push_back(relative_name(pair.image.name(), images()) + " " +
                      relative_name(pair.mask.name(), masks()));
    }
    return named;
  }
  PairRequest request(PairRule rule) const { return {images(), masks(), rule, table()}; }
  std::string error(PairRule rule, const std::string& lines = "") const {
    try {
      names(rule, lines);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }
  bool tells(PairRule rule, const std::string& what, const std::string& lines = "") const {
    return error(rule, lines).find(what) != std::string::npos;
  }
  fs::path table() const { return folder_.path() / "pairs.csv"; }
  fs::path images() const { return folder_.path() / "images"; }
  fs::path masks() const { return folder_.path() / "masks"; }

 private:
  TemporaryFolder folder_;
};

TEST_F(SlicePairs, HaveTheSameStem) {
  for (const char* name : {"images/b.png", "images/a.png", "masks/a.png", "masks/b.png"}) add(name);
  EXPECT_EQ(names(PairRule::kStem), (std::vector<std::string>{"a.png a.png", "b.png b.png"}));
}

TEST_F(SlicePairs, MayLieInOtherFoldersWhereStemsDoNotRepeat) {
  for (const char* name : {"images/x/a.png", "images/y/b.png", "masks/a.png", "masks/b.png"}) {
    add(name);
  }
  EXPECT_EQ(names(PairRule::kStem), (std::vector<std::string>{"x/a.png a.png", "y/b.png b.png"}));
}

TEST_F(SlicePairs, LieInTheSameFoldersWhereStemsRepeat) {
  for (const char* name : {"images/x/1.png", "images/y/1.png", "masks/y/1.png", "masks/x/1.png"}) {
    add(name);
  }
  EXPECT_EQ(names(PairRule::kStem),
            (std::vector<std::string>{"x/1.png x/1.png", "y/1.png y/1.png"}));
  add("masks/1.png");
  EXPECT_TRUE(tells(PairRule::kStem, "masks/1.png has no image '1'"));
}

TEST_F(SlicePairs, ListEveryOrphan) {
  for (const char* name : {"images/a.png", "images/b.png", "masks/a.png", "masks/c.png"}) add(name);
  EXPECT_TRUE(tells(PairRule::kStem, "images/b.png has no mask 'b'"));
  EXPECT_TRUE(tells(PairRule::kStem, "masks/c.png has no image 'c'"));
}

TEST_F(SlicePairs, AreThoseOfTheSamePlace) {
  for (const char* name : {"images/a.png", "images/b.png", "masks/m2.png", "masks/m1.png"}) {
    add(name);
  }
  EXPECT_EQ(names(PairRule::kSorted), (std::vector<std::string>{"a.png m1.png", "b.png m2.png"}));
  add("masks/m3.png");
  EXPECT_TRUE(tells(PairRule::kSorted, "2 images but 3 masks"));
}

TEST_F(SlicePairs, AreThoseOfTheTable) {
  for (const char* name : {"images/a.png", "images/b.png", "masks/x.png", "masks/y.png"}) {
    add(name);
  }
  const std::vector<std::string> expected{"a.png y.png", "b.png x.png"};
  EXPECT_EQ(names(PairRule::kTable, "image,mask\nb.png,x.png\na.png,y.png\n"), expected);
  EXPECT_EQ(names(PairRule::kTable, "b.png,x.png\r\na.png,y.png"), expected);
  const auto tells_of = [&](const char* table, const char* what) {
    return tells(PairRule::kTable, what, table);
  };
  EXPECT_EQ(names(PairRule::kTable, "a.png,x.png\n"), std::vector<std::string>{"a.png x.png"});
  EXPECT_EQ(pair_slices({images(), masks(), PairRule::kTable, table()}).unlisted_images, 1U);
  EXPECT_TRUE(tells_of("image,mask\n", "pairs.csv: names no pair"));
  EXPECT_TRUE(tells_of("a.png,x.png\nb.png,z.png\n", "pairs.csv:2: no mask 'z.png'"));
  EXPECT_TRUE(tells_of("a.png,x.png\nc.png,x.png\n", "pairs.csv:2: no image 'c.png'"));
  EXPECT_TRUE(tells_of("a.png,x.png\na.png,y.png\n", "pairs.csv:2: 'a.png' is listed twice"));
  EXPECT_TRUE(tells_of("a.png\n", "pairs.csv:1: 1 fields: must be an image and a mask"));
}

TEST_F(SlicePairs, OfTheSamePlaceGoInNaturalOrder) {
  for (const char* name : {"images/IM-2.png", "images/IM-10.png", "images/IM-1.png",
                           "masks/mask_002.png", "masks/mask_001.png", "masks/mask_010.png"}) {
    add(name);
  }
  EXPECT_EQ(names(PairRule::kSorted),
            (std::vector<std::string>{"IM-1.png mask_001.png", "IM-2.png mask_002.png",
                                      "IM-10.png mask_010.png"}));
}

TEST_F(SlicePairs, HaveNamesInAnyUnicodeForm) {
  add("images/Scha\xCC\x88"
      "del.png");
  add("masks/Sch\xC3\xA4"
      "del.png");
  EXPECT_EQ(names(PairRule::kStem).size(), 1U);
}

TEST_F(SlicePairs, MayLieInOneFolderWhereASuffixTellsThem) {
  for (const char* name :
       {"images/1.png", "images/1_mask.png", "images/2.png", "images/2_mask.png"}) {
    add(name);
  }
  PairRequest one_folder = request(PairRule::kStem);
  one_folder.masks = images();
  EXPECT_THROW(pair_slices(one_folder), DataError);
  try {
    pair_slices(one_folder);
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("--mask-suffix"), std::string::npos);
  }
  one_folder.mask_suffix = "_mask";
  const auto pairs = pair_slices(one_folder).pairs;
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[1].image.file.filename(), "2.png");
  EXPECT_EQ(pairs[1].mask.file.filename(), "2_mask.png");
}

TEST_F(SlicePairs, AreNeverTheSameFileByALink) {
  add("images/a.png");
  fs::create_directories(masks());
  fs::create_hard_link(images() / "a.png", masks() / "a.png");
  EXPECT_TRUE(tells(PairRule::kStem, "a.png are one file"));
}

TEST_F(SlicePairs, OfATableMayStandBetweenOtherSeparators) {
  for (const char* name : {"images/x/a.png", "images/b.png", "masks/x.png", "masks/y.png"}) {
    add(name);
  }
  const std::vector<std::string> expected{"b.png x.png", "x/a.png y.png"};
  for (const char* table :
       {"image;mask\nb.png;x.png\nx/a.png;y.png\n", "b.png\tx.png\nx/a.png\ty.png\n",
        "\xEF\xBB\xBF"
        "b.png, x.png\nx/a.png , y.png\n",
        "b.png,x.png\nx\\a.png,y.png\n"}) {
    EXPECT_EQ(names(PairRule::kTable, table), expected) << table;
  }
}

TEST_F(SlicePairs, WithASuffixInTwoFoldersLeaveNoMaskOut) {
  for (const char* name : {"images/1.png", "masks/1_mask.png"}) add(name);
  PairRequest suffixed = request(PairRule::kStem);
  suffixed.mask_suffix = "_mask";
  EXPECT_EQ(pair_slices(suffixed).pairs.size(), 1U);
  add("masks/2.png");
  try {
    pair_slices(suffixed);
    FAIL() << "no error";
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("2.png: its name does not end in '_mask'"),
              std::string::npos);
  }
}

TEST_F(SlicePairs, OfATableInLatin1AreRefused) {
  add("images/a.png");
  add("masks/a.png");
  EXPECT_TRUE(tells(PairRule::kTable, "pairs.csv:2: is not UTF-8",
                    "a.png,a.png\nSch\xE4"
                    "del,b\n"));
}

TEST_F(SlicePairs, OfATableInUtf16AreRefused) {
  add("images/a.png");
  add("masks/a.png");
  EXPECT_TRUE(tells(PairRule::kTable, "UTF-16",
                    std::string("\xFF\xFE"
                                "a\0.\0",
                                6)));
}

// A heading names no files: two names that are not there are no heading.
TEST_F(SlicePairs, OfATableDoNotBeginWithNamesThatAreNotThere) {
  add("images/a.png");
  add("masks/a.png");
  EXPECT_TRUE(
      tells(PairRule::kTable, "pairs.csv:1: no image 'b.png'", "b.png,b.png\na.png,a.png\n"));
  EXPECT_TRUE(tells(PairRule::kTable, "pairs.csv:1: no image 'IM1'", "IM1,MK1\na.png,a.png\n"));
  EXPECT_EQ(names(PairRule::kTable, "scan,label\na.png,a.png\n").size(), 1U);
}

TEST_F(SlicePairs, HaveTheSameSize) {
  add("images/a.png", 4);
  add("masks/a.png", 5);
  for (const PairRule rule : {PairRule::kStem, PairRule::kSorted}) {
    EXPECT_TRUE(tells(rule, "masks/a.png has 5x5 pixels, but its image"));
  }
}

}  // namespace
}  // namespace flexunet
