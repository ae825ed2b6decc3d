#include "flexunet/base/side_files.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

TEST(SideFiles, AreToldByTheirNames) {
  for (const char* name : {".DS_Store", "._000.png", "Thumbs.db", "thumbs.DB", "desktop.ini",
                           "000.json", "notes.txt", "a/LICENSE", "README.md", "000.png~"}) {
    EXPECT_TRUE(is_side_file(name)) << name;
  }
  for (const char* name : {"", "000.png", "IM000001", "scan.nii.gz", "txt", "json.dcm", "a.webp"}) {
    EXPECT_FALSE(is_side_file(name)) << name;
  }
}

TEST(SideFilesText, CountsThemAndNamesTheFirst) {
  EXPECT_EQ(side_files_text("scans", {}), "");
  EXPECT_EQ(side_files_text("scans", {"scans/Thumbs.db"}),
            "scans: 1 file is passed over, as no data by its name: Thumbs.db");
  EXPECT_EQ(side_files_text("scans", {"a.txt", "b.txt", "c.txt", "d.txt", "e.txt"}),
            "scans: 5 files are passed over, as no data by their names: a.txt, b.txt, c.txt and 2 "
            "more");
}

}  // namespace
}  // namespace flexunet
