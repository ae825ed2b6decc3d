#include "flexunet/dataset/pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

DataOptions pictures() {
  DataOptions data;
  data.mask_file_format = ".png";
  return data;
}

SplitFolders folders_of(const TemporaryFolder& folder) {
  return {folder.path() / "images", folder.path() / "masks"};
}

std::string problem_of(const SplitFolders& folders, const DataOptions& data) {
  try {
    find_pairs("train", folders, data);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(FindPairs, PairsByStemInOrderWhateverTheEnding) {
  const TemporaryFolder folder;
  for (const char* name : {"images/b.JPG", "images/a.png", "images/c.d.tif", "masks/c.d.bmp",
                           "masks/a.png", "masks/b.png", "masks/notes.txt"}) {
    folder.write(name, "");
  }
  const std::vector<SamplePair> pairs = find_pairs("train", folders_of(folder), pictures());
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0].stem, "a");
  EXPECT_EQ(pairs[1].image, folder.path() / "images/b.JPG");
  EXPECT_EQ(pairs[1].mask, folder.path() / "masks/b.png");
  EXPECT_EQ(pairs[2].stem, "c.d");
}

TEST(FindPairs, ExpandsWildcardsInBothFolders) {
  const TemporaryFolder folder;
  for (const char* name : {"x/images/1.png", "x/masks/1.png", "y/images/2.png", "y/masks/2.png"}) {
    folder.write(name, "");
  }
  const SplitFolders folders{folder.path() / "*/images/", folder.path() / "*/masks/"};
  EXPECT_EQ(find_pairs("train", folders, pictures()).size(), 2U);
}

TEST(FindPairs, TellsEqualStemsInDifferentClassFoldersApart) {
  struct Case {
    const char* images_dir;
    const char* masks_dir;
    std::vector<const char*> files;
    std::vector<std::string> stems;
  };
  const Case cases[] = {
      {"*/images",
       "*/masks",
       {"x/images/1.png", "x/masks/1.png", "y/images/1.png", "y/masks/1.png"},
       {"x/1", "y/1"}},
      // The wildcards may match different parts of a name.
      {"*_images/",
       "m_*/",
       {"x_images/1.png", "m_x/1.png", "y_images/1.png", "m_y/1.png"},
       {"x/1", "y/1"}},
      {"?/*/i",
       "?/*/m",
       {"a/b/i/1.png", "a/b/m/1.png", "b/b/i/1.png", "b/b/m/1.png"},
       {"a/b/1", "b/b/1"}},
      // One side gathers what the other one spreads: only the stem can match.
      {"*/images",
       "masks",
       {"x/images/1.png", "y/images/2.png", "masks/1.png", "masks/2.png"},
       {"1", "2"}},
  };
  for (const Case& each : cases) {
    const TemporaryFolder folder;
    for (const char* file : each.files) folder.write(file, "");
    const SplitFolders folders{folder.path() / each.images_dir, folder.path() / each.masks_dir};
    std::vector<std::string> stems;
    for (const SamplePair& pair : find_pairs("train", folders, pictures())) {
      stems.push_back(pair.stem);
    }
    EXPECT_EQ(stems, each.stems) << each.images_dir;
  }
}

TEST(FindPairs, PairsAnImageWithTheMaskOfItsOwnClassFolder) {
  const TemporaryFolder folder;
  for (const char* name : {"x/images/1.png", "x/masks/1.png", "y/images/1.png", "y/masks/1.png"}) {
    folder.write(name, "");
  }
  const SplitFolders folders{folder.path() / "*/images/", folder.path() / "*/masks/"};
  for (const SamplePair& pair : find_pairs("train", folders, pictures())) {
    EXPECT_EQ(pair.image.parent_path().parent_path(), pair.mask.parent_path().parent_path());
  }
}

TEST(FindPairs, NamesTheClassFolderOfAnOrphanAndOfADuplicate) {
  const TemporaryFolder folder;
  for (const char* name : {"x/images/1.png", "x/masks/1.png", "y/images/1.png", "x/images/2.png",
                           "x/images/2.jpg", "x/masks/2.png"}) {
    folder.write(name, "");
  }
  const SplitFolders folders{folder.path() / "*/images/", folder.path() / "*/masks/"};
  const std::string problem = problem_of(folders, pictures());
  EXPECT_EQ(lines_in(problem), 2U) << problem;
  EXPECT_TRUE(contains(problem, "y/images/1.png has no partner 'y/1' in masks_dir"));
  EXPECT_TRUE(contains(problem, "share the name 'x/2'"));
}

TEST(FindPairs, ReadsNpyImagesAndNpzMasksWhereTheConfigSaysSo) {
  const TemporaryFolder folder;
  for (const char* name : {"images/1.npy", "images/1.png", "masks/1.npz", "masks/1.png"}) {
    folder.write(name, "");
  }
  DataOptions data;
  data.image_format = ImageFileFormat::kNpy;
  data.mask_file_format = ".NPZ";
  const std::vector<SamplePair> pairs = find_pairs("train", folders_of(folder), data);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].image.extension(), ".npy");
  EXPECT_EQ(pairs[0].mask.extension(), ".npz");
}

TEST(FindPairs, NamesOrphansAndDuplicatesOfBothSidesAtOnce) {
  const TemporaryFolder folder;
  for (const char* name : {"images/a.png", "images/a.jpg", "images/b.png", "images/lonely.png",
                           "masks/a.png", "masks/b.png", "masks/b.bmp", "masks/single.png"}) {
    folder.write(name, "");
  }
  const std::string problem = problem_of(folders_of(folder), pictures());
  EXPECT_EQ(lines_in(problem), 4U) << problem;
  EXPECT_TRUE(contains(problem, "images/lonely.png has no partner 'lonely' in masks_dir"));
  EXPECT_TRUE(contains(problem, "masks/single.png has no partner 'single' in images_dir"));
  EXPECT_TRUE(contains(problem, "images/a.jpg and "));
  EXPECT_TRUE(contains(problem, "masks/b.bmp and "));
  EXPECT_EQ(problem.rfind("train: ", 0), 0U);
}

TEST(FindPairs, ListsTwentyProblemsAndCountsTheRest) {
  const TemporaryFolder folder;
  folder.write("masks/other.png", "");
  for (int i = 0; i < 30; ++i) folder.write("images/" + std::to_string(i) + ".png", "");
  const std::string problem = problem_of(folders_of(folder), pictures());
  EXPECT_EQ(lines_in(problem), 21U) << problem;
  EXPECT_TRUE(contains(problem, "... and 11 more"));
}

TEST(FindPairs, TellsMissingEmptyAndForeignFoldersApart) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "empty");
  folder.write("foreign/a.gif", "");
  folder.write("good/a.png", "");
  const auto problem = [&](const char* images, const char* masks) {
    return problem_of({folder.path() / images, folder.path() / masks}, pictures());
  };
  EXPECT_TRUE(contains(problem("missing", "good"), "images_dir"));
  EXPECT_TRUE(contains(problem("missing", "good"), "no such folder"));
  EXPECT_TRUE(contains(problem("good", "empty"), "masks_dir"));
  EXPECT_TRUE(contains(problem("good", "empty"), "is empty"));
  EXPECT_TRUE(contains(problem("foreign", "good"), "none of its 1 files"));
  EXPECT_EQ(lines_in(problem("missing", "empty")), 2U);
}

TEST(FindImages, TakesAFolderAFileOrAPattern) {
  const TemporaryFolder folder;
  for (const char* name : {"s/b.png", "s/a.jpg", "s/c.png", "s/notes.txt", "t/d.png"})
    folder.write(name, "");
  const auto found = [&](const char* where) {
    std::string names;
    for (const ImageSource& image : find_images(folder.path() / where, pictures()).images) {
      names += image.file.filename().string() + " ";
    }
    return names;
  };
  EXPECT_EQ(found("s"), "a.jpg b.png c.png ");
  EXPECT_EQ(found("s/"), "a.jpg b.png c.png ");
  EXPECT_EQ(found("s/c.png"), "c.png ");
  EXPECT_EQ(found("s/*.png"), "b.png c.png ");
  EXPECT_EQ(found("?/*"), "a.jpg b.png c.png d.png ");
  EXPECT_EQ(found("*"), "a.jpg b.png c.png d.png ");
}

TEST(FindImages, RefusesToFindNothing) {
  const TemporaryFolder folder;
  folder.write("s/notes.txt", "");
  for (const char* where : {"s", "missing", "s/notes.txt", "s/*.png"}) {
    EXPECT_THROW(find_images(folder.path() / where, pictures()), DataError) << where;
  }
}

TEST(FindPairs, FindsThePublishedSplits) {
  const fs::path data = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/data";
  if (!fs::exists(data)) GTEST_SKIP() << data << " is not here";
  const auto count = [&](const char* set, const char* split) {
    const fs::path folder = data / set / split;
    return find_pairs(split, {folder / "images", folder / "masks"}, pictures()).size();
  };
  EXPECT_EQ(count("KneeBones3Dify", "train"), 16U);
  EXPECT_EQ(count("KneeBones3Dify", "valid"), 5U);
  EXPECT_EQ(count("KneeBones3Dify", "test"), 5U);
  EXPECT_EQ(count("Crystal-Clean-Brain-Tumor", "train"), 48U);
  EXPECT_EQ(count("Crystal-Clean-Brain-Tumor", "valid"), 12U);
  EXPECT_EQ(count("Crystal-Clean-Brain-Tumor", "test"), 12U);
}

TEST(ListPairs, KeepsWhatIsSoundBesideProblems) {
  const TemporaryFolder folder;
  for (const char* name : {"images/1.png", "images/2.png", "images/3.png", "images/3.bmp",
                           "masks/1.png", "masks/3.png", "masks/4.png"}) {
    folder.write(name, "x");
  }
  const PairListing listing = list_pairs("train", folders_of(folder), pictures());
  ASSERT_EQ(listing.pairs.size(), 1U);
  EXPECT_EQ(listing.pairs[0].stem, "1");
  ASSERT_EQ(listing.problems.size(), 3U);
  EXPECT_EQ(listing.problems[0].kind, PairProblemKind::kSharedName);
  EXPECT_EQ(listing.problems[0].files.size(), 2U);
  EXPECT_EQ(listing.problems[1].kind, PairProblemKind::kOrphan);
  EXPECT_EQ(listing.problems[1].files, (std::vector<fs::path>{folder.path() / "images/2.png"}));
  EXPECT_EQ(listing.problems[2].files, (std::vector<fs::path>{folder.path() / "masks/4.png"}));
}

}  // namespace
}  // namespace flexunet
