#include "flexunet/base/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/random.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

std::vector<std::string> relative(const std::vector<fs::path>& paths, const fs::path& base) {
  std::vector<std::string> names;
  for (const fs::path& path : paths) names.push_back(path.lexically_relative(base).string());
  return names;
}

TEST(ReadFile, ReturnsEveryByte) {
  const TemporaryFolder folder;
  const std::string content("a\0\r\n\xff", 5);
  EXPECT_EQ(read_file(folder.write("bytes", content)), content);
  EXPECT_EQ(read_file(folder.write("empty", "")), "");
}

TEST(ReadFile, NamesWhatItCannotRead) {
  const TemporaryFolder folder;
  for (const fs::path& path : {folder.path() / "missing", folder.path()}) {
    try {
      read_file(path);
      FAIL() << path;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos);
    }
  }
}

TEST(WriteFile, CreatesParentsReplacesAndLeavesNothingElse) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a/b/file.txt";
  write_file(path, "one");
  write_file(path, "two");
  EXPECT_EQ(read_file(path), "two");
  EXPECT_EQ(names_in(path.parent_path()), std::vector<std::string>{"file.txt"});
}

TEST(WriteFile, LeavesTheTargetWholeWhenItFails) {
  const TemporaryFolder folder;
  folder.write("target/inside.txt", "x");
  // A folder cannot be replaced by a file: the last step fails.
  EXPECT_THROW(write_file(folder.path() / "target", "y"), OutputError);
  EXPECT_EQ(read_file(folder.path() / "target/inside.txt"), "x");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"target"});
}

TEST(WriteFile, WritesEveryNameThatTheFileSystemTakes) {
  const TemporaryFolder folder;
  for (const std::size_t length : {1U, 249U, 250U, 251U, 254U, 255U}) {
    const fs::path path = folder.path() / std::string(length, 'n');
    write_file(path, "content");
    EXPECT_EQ(read_file(path), "content") << length;
    EXPECT_EQ(names_in(folder.path()).size(), 1U) << length;
    fs::remove(path);
  }
  EXPECT_THROW(write_file(folder.path() / std::string(256, 'n'), "content"), OutputError);
}

TEST(WriteFile, TakesContentPieceByPiece) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  write_file(path, [](const Append& append) {
    append("one, ");
    append("");
    append("two");
  });
  EXPECT_EQ(read_file(path), "one, two");
  const auto fail_half_way = [](const Append& append) {
    append("three");
    throw std::bad_alloc();
  };
  EXPECT_THROW(write_file(path, fail_half_way), std::bad_alloc);
  EXPECT_EQ(read_file(path), "one, two");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"file"});
}

TEST(WriteFile, RefusesAPathBelowAFile) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "x");
  EXPECT_THROW(write_file(file / "below.txt", "y"), OutputError);
  EXPECT_THROW(create_folder(file), OutputError);
}

TEST(WriteFile, KeepsTheOrderOfSmallAndLargePieces) {
  const TemporaryFolder folder;
  const std::string large(3 << 20, 'L');
  write_file(folder.path() / "file", {"first ", large, "second ", large, "third"});
  EXPECT_EQ(read_file(folder.path() / "file"), "first " + large + "second " + large + "third");
}

// Random bytes that begin with a disk block, if there were a disk.
class AlignedPiece {
 public:
  explicit AlignedPiece(std::size_t size) : memory_(size + kDiskBlockBytes), size_(size) {
    CounterRandom random(1, 0);
    for (char& byte : memory_) byte = static_cast<char>(random.below(256));
  }
  std::string_view bytes(std::size_t size) const {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    return {memory_.data() + (kDiskBlockBytes - address % kDiskBlockBytes), std::min(size, size_)};
  }

 private:
  std::vector<char> memory_;
  std::size_t size_;
};

TEST(WriteFile, WritesPiecesThatBeginWithADiskBlock) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  const std::size_t large = 3 << 20;
  const AlignedPiece random(large + kDiskBlockBytes);
  const std::string block(kDiskBlockBytes, 'b');
  for (const std::size_t size : {large, large + 1, large + kDiskBlockBytes - 1}) {
    for (const std::string& before : {std::string(), block, std::string("x")}) {
      const std::string_view piece = random.bytes(size);
      write_file(path, {before, piece, "between", piece, block, piece});
      std::string expected = before;
      expected.append(piece).append("between").append(piece).append(block).append(piece);
      EXPECT_TRUE(read_file(path) == expected) << size << " bytes after " << before.size();
    }
  }
}

// Of a file; none where it cannot be written past the page cache.
std::optional<std::size_t> pages_in_cache(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_DIRECT);
  if (file < 0) return std::nullopt;
  const std::size_t size = fs::file_size(path);
  void* const mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  std::vector<unsigned char> pages(size / kDiskBlockBytes + 1);
  EXPECT_EQ(::mincore(mapping, size, pages.data()), 0);
  ::munmap(mapping, size);
  ::close(file);
  return std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return page & 1; });
}

TEST(WriteFile, LeavesWholeBlocksOutOfThePageCache) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  const std::string block(kDiskBlockBytes, 'b');
  const std::size_t large = 3 << 20;
  const AlignedPiece random(large + 1);
  write_file(path, {block, random.bytes(large)});
  const std::optional<std::size_t> pages = pages_in_cache(path);
  if (!pages) GTEST_SKIP() << "the file system of the temporary folder knows no other way";
  EXPECT_LE(*pages, 1U) << "the first block is too small to be worth it";
  write_file(path, {block, random.bytes(large + 1)});
  EXPECT_LE(*pages_in_cache(path), 2U) << "nor is the last byte";
  write_file(path, {"x", random.bytes(large), block.substr(1), random.bytes(large)});
  EXPECT_LE(*pages_in_cache(path), large / kDiskBlockBytes + 1) << "the second begins with a block";
}

TEST(WriteFile, GivesThePermissionsThatTheUmaskLeaves) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  write_file(folder.path() / "file", "x");
  ::umask(before);
  EXPECT_EQ(fs::status(folder.path() / "file").permissions(), fs::perms(0640));
}

TEST(KeepAs, KeepsTheContentUnderASecondName) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "last";
  const fs::path kept = folder.path() / "previous";
  keep_as(path, kept);
  EXPECT_FALSE(fs::exists(kept)) << "there was nothing to keep";
  for (const char* content : {"one", "two", "three"}) {
    keep_as(path, kept);
    write_file(path, content);
  }
  EXPECT_EQ(read_file(path), "three");
  EXPECT_EQ(read_file(kept), "two");
  EXPECT_THROW(keep_as(path, folder.path() / "missing/previous"), OutputError);
  EXPECT_EQ(read_file(path), "three");
}

TEST(MovePath, MovesFoldersAndCreatesTheTargetsParents) {
  const TemporaryFolder folder;
  folder.write("models/best", "x");
  move_path(folder.path() / "models", folder.path() / "previous_runs/1/models");
  EXPECT_EQ(read_file(folder.path() / "previous_runs/1/models/best"), "x");
  EXPECT_FALSE(fs::exists(folder.path() / "models"));
  EXPECT_THROW(move_path(folder.path() / "models", folder.path() / "x"), OutputError);
}

TEST(ReadFile, SaysWhereALinkLeadsThatLeadsNowhere) {
  const TemporaryFolder folder;
  fs::create_symlink("gone.png", folder.path() / "a.png");
  try {
    read_file(folder.path() / "a.png");
    FAIL() << "no error";
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("a.png: a link to gone.png, which is not there"),
              std::string::npos)
        << error.what();
  }
}

TEST(ListFiles, ListsLinksAndHiddenFilesWhereAsked) {
  const TemporaryFolder folder;
  folder.write("a.png", "");
  folder.write(".hidden", "");
  fs::create_symlink("a.png", folder.path() / "b.png");
  fs::create_symlink("gone.png", folder.path() / "c.png");
  fs::create_symlink(".", folder.path() / "cycle");
  EXPECT_EQ(relative(list_files(folder.path()), folder.path()),
            (std::vector<std::string>{"a.png", "b.png", "c.png"}));
  EXPECT_EQ(relative(list_all_files(folder.path()), folder.path()),
            (std::vector<std::string>{".hidden", "a.png", "b.png", "c.png"}));
}

TEST(ListFiles, SortsByNameAndLeavesOutFoldersAndHiddenFiles) {
  const TemporaryFolder folder;
  for (const char* name : {"b.png", "a.png", "B.png", ".hidden", "folder/inside.png", "10.png"}) {
    folder.write(name, "");
  }
  EXPECT_EQ(relative(list_files(folder.path()), folder.path()),
            (std::vector<std::string>{"10.png", "B.png", "a.png", "b.png"}));
  EXPECT_EQ(list_files(folder.path() / ""), list_files(folder.path()));
  EXPECT_TRUE(list_files(folder.path() / "missing").empty());
}

TEST(ListFiles, ExpandsWildcardsInAnyComponent) {
  const TemporaryFolder folder;
  for (const char* name : {"train/b/images/1.png", "train/a/images/2.png", "train/a/masks/3.png",
                           "train/file", "train/c/images", "test/a/images/4.png"}) {
    folder.write(name, "");
  }
  const auto found = [&](const char* pattern) {
    return relative(list_files(folder.path() / pattern), folder.path());
  };
  const std::vector<std::string> both{"train/a/images/2.png", "train/b/images/1.png"};
  EXPECT_EQ(found("train/*/images/"), both);
  EXPECT_EQ(found("tr*n/?/im*"), both);
  EXPECT_EQ(found("*/a/images").size(), 2U);
  EXPECT_TRUE(found("train/x*/images").empty());
}

TEST(ListFiles, TakesAnExistingNameLiterally) {
  const TemporaryFolder folder;
  folder.write("scan[1]/1.png", "");
  EXPECT_EQ(list_files(folder.path() / "scan[1]").size(), 1U);
}

TEST(ListFiles, RefusesAFolderThatCannotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every folder";
  const TemporaryFolder folder;
  folder.write("closed/1.png", "");
  fs::permissions(folder.path() / "closed", fs::perms::none);
  EXPECT_THROW(list_files(folder.path() / "closed"), DataError);
  fs::permissions(folder.path() / "closed", fs::perms::owner_all);
}

}  // namespace
}  // namespace flexunet
