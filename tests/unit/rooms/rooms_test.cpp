// The arrows between rooms: docs/architecture.md lists the rooms in order, and no file includes
// what a later room shows or what another room keeps to itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const fs::path source = FLEXUNET_SOURCE_DIR;

struct Room {
  std::string name;
  bool sees_libtorch;
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The rows "| `base` | no | ..." of docs/architecture.md.
std::vector<Room> listed_rooms() {
  static const std::regex row(R"(\| `(\w+)` \| (yes|no) \|.*)");
  std::vector<Room> rooms;
  std::smatch match;
  for (const std::string& line : lines_of(source / "docs/architecture.md")) {
    if (std::regex_match(line, match, row)) rooms.push_back({match[1], match[2] == "yes"});
  }
  return rooms;
}

std::size_t place_of(const std::string& room) {
  static const std::vector<Room> rooms = listed_rooms();
  return static_cast<std::size_t>(
      std::find_if(rooms.begin(), rooms.end(), [&](const Room& r) { return r.name == room; }) -
      rooms.begin());
}

struct Include {
  fs::path file;
  std::string path;  // as it is written
  std::string room;  // the folder that it leads to
  bool is_public;    // below include/flexunet
};

std::vector<Include> includes_below(const fs::path& folder) {
  static const std::regex include(R"re(#include "((flexunet/)?(?:generator/)?(\w+)/.*)")re");
  std::vector<Include> found;
  std::smatch match;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cpp") continue;
    for (const std::string& line : lines_of(entry.path())) {
      EXPECT_FALSE(line.rfind("#include \"../", 0) == 0) << entry.path() << ": " << line;
      if (std::regex_match(line, match, include)) {
        found.push_back({entry.path(), match[1], match[3], match[2].matched});
      }
    }
  }
  return found;
}

TEST(Rooms, AreAllListed) {
  std::set<std::string> listed, present;
  for (const Room& room : listed_rooms()) listed.insert(room.name);
  for (const auto& entry : fs::directory_iterator(source / "src")) {
    if (entry.is_directory()) present.insert(entry.path().filename());
  }
  EXPECT_EQ(listed, present);
}

TEST(Rooms, UseThoseAboveThemAlone) {
  for (const Room& room : listed_rooms()) {
    for (const char* root : {"src", "include/flexunet"}) {
      if (!fs::exists(source / root / room.name)) continue;
      for (const Include& include : includes_below(source / root / room.name)) {
        if (include.is_public) {
          EXPECT_LE(place_of(include.room), place_of(room.name))
              << include.file << " includes " << include.path;
        } else {
          EXPECT_EQ(include.room, room.name) << include.file << " includes " << include.path;
          EXPECT_STREQ(root, "src") << include.file << " shows others " << include.path;
        }
      }
    }
  }
}

TEST(Generator, UsesNoRoomThatSeesLibTorch) {
  const std::vector<Room> rooms = listed_rooms();
  for (const Include& include : includes_below(source / "generator")) {
    if (!include.is_public) continue;
    ASSERT_LT(place_of(include.room), rooms.size()) << include.file << " " << include.path;
    EXPECT_FALSE(rooms[place_of(include.room)].sees_libtorch)
        << include.file << " includes " << include.path;
  }
}

TEST(Generator, HasFoldersThatUseTheCommonOneAlone) {
  for (const Include& include : includes_below(source / "generator")) {
    if (include.is_public) continue;
    const std::string folder = include.file.parent_path().filename();
    EXPECT_TRUE(include.room == folder || include.room == "common")
        << include.file << " includes " << include.path;
  }
}

TEST(UnitTests, LookIntoTheirOwnRoomAlone) {
  for (const Room& room : listed_rooms()) {
    if (!fs::exists(source / "tests/unit" / room.name)) continue;
    for (const Include& include : includes_below(source / "tests/unit" / room.name)) {
      if (!include.is_public && fs::exists(source / "src" / include.path)) {
        EXPECT_EQ(include.room, room.name) << include.file << " includes " << include.path;
      }
    }
  }
}

}  // namespace
}  // namespace flexunet
