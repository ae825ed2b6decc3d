// Masks from DICOM segmentations (SEG).
#include "generator/generate/segmentations.h"

#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "generator/generate/generate.h"
#include "generator/generate/slice_pairs.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// A frame of 2x2 pixels of a segmentation.
struct Frame {
  std::vector<int> pixels;
  std::string segment;
  std::string position;  // may be empty
  std::string source;    // the instance that it names; may be empty
};

class Segmentations : public testing::Test {
 protected:
  // Slices at z = 0, 1, ... of a series.
  void add_images(int count, const std::string& series = "1.2.3") const {
    for (int i = 0; i < count; ++i) {
      DicomSample sample;
      sample.width = sample.height = 2;
      sample.values = {i, 1, 2, 3};
      sample.series = series;
      sample.others = {{"SOPInstanceUID", series + "." + std::to_string(i + 1)},
                       {"InstanceNumber", std::to_string(i + 1)},
                       {"ImagePositionPatient", "-7.5\\3\\" + std::to_string(i)},
                       {"ImageOrientationPatient", "1\\0\\0\\0\\1\\0"},
                       {"PixelSpacing", "0.5\\0.75"}};
      write_dicom(images() / (series + "-" + std::to_string(i + 1)), sample);
    }
  }
  static DicomSample segmentation(const std::vector<Frame>& frames) {
    DicomSample sample;
    sample.width = sample.height = 2;
    sample.bits_allocated = sample.bits_stored = 1;
    sample.frames = static_cast<int>(frames.size());
    sample.series = "9.9";
    sample.others = {{"SOPClassUID", "1.2.840.10008.5.1.4.1.1.66.4"},
                     {"SOPInstanceUID", "9.9.1"},
                     {"SegmentationType", "BINARY"}};
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const std::string groups = "PerFrameFunctionalGroupsSequence[" + std::to_string(i) + "].";
      const Frame& frame = frames[i];
      sample.values.insert(sample.values.end(), frame.pixels.begin(), frame.pixels.end());
      sample.others[groups + "SegmentIdentificationSequence[0].ReferencedSegmentNumber"] =
          frame.segment;
      if (!frame.position.empty()) {
        sample.others[groups + "PlanePositionSequence[0].ImagePositionPatient"] = frame.position;
      }
      if (!frame.source.empty()) {
        sample.others[groups + "DerivationImageSequence[0].SourceImageSequence[0]." +
                      "ReferencedSOPInstanceUID"] = frame.source;
      }
    }
    return sample;
  }
  void add(const DicomSample& sample, const std::string& name = "seg.dcm") const {
    write_dicom(masks() / name, sample);
  }
  // The masks of the images, in order, each its four pixels.
  std::vector<std::vector<int>> labels(PairRule rule = PairRule::kStem) const {
    std::vector<std::vector<int>> all;
    for (const SlicePair& pair : pair_slices({images(), masks(), rule}).pairs) {
      const cv::Mat mask = read_label_slice(pair.mask);
      all.emplace_back();
      for (int i = 0; i < 4; ++i) all.back().push_back(mask.at<cv::Vec3b>(i / 2, i % 2)[0]);
    }
    return all;
  }
  std::string error(PairRule rule = PairRule::kStem) const {
    try {
      pair_slices({images(), masks(), rule, "pairs.csv"});
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }
  bool tells(const std::string& what, PairRule rule = PairRule::kStem) const {
    const std::string message = error(rule);
    EXPECT_NE(message.find(what), std::string::npos) << message;
    return message.find(what) != std::string::npos;
  }
  fs::path images() const { return folder_.path() / "images"; }
  fs::path masks() const { return folder_.path() / "masks"; }

 private:
  TemporaryFolder folder_;
};

using Labels = std::vector<std::vector<int>>;
const Labels kWanted{{0, 0, 0, 0}, {0, 1, 0, 3}, {0, 0, 1, 0}, {0, 0, 0, 0}};

std::string at(const char* z) { return std::string("-7.5\\3\\") + z; }

TEST_F(Segmentations, MeetTheirSlicesByPosition) {
  add_images(4);
  add(segmentation({{{0, 0, 1, 0}, "1", at("2"), ""},
                    {{0, 1, 0, 0}, "1", at("1.004"), ""},
                    {{0, 0, 0, 1}, "3", at("1"), ""}}));
  for (const PairRule rule : {PairRule::kStem, PairRule::kSorted}) EXPECT_EQ(labels(rule), kWanted);
}

TEST_F(Segmentations, MeetTheirSlicesByTheInstancesTheyName) {
  add_images(4);
  add(segmentation({{{0, 0, 1, 0}, "1", "", "1.2.3.3"},
                    {{0, 1, 0, 0}, "1", "", "1.2.3.2"},
                    {{0, 0, 0, 1}, "3", at("1"), "1.2.3.2"}}));
  EXPECT_EQ(labels(), kWanted);
}

TEST_F(Segmentations, MeetTheFramesOfAFileByTheirNumbers) {
  DicomSample image = gray_sample();
  image.width = image.height = 2;
  image.frames = 3;
  image.others["SOPInstanceUID"] = "1.2.3.1";
  write_dicom(images() / "frames.dcm", image);
  DicomSample sample = segmentation({{{0, 1, 0, 0}, "2", "", "1.2.3.1"}});
  const std::string source =
      "PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0].";
  sample.others[source + "ReferencedFrameNumber"] = "2";
  add(sample);
  EXPECT_EQ(labels(), (Labels{{0, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 0, 0}}));
}

TEST_F(Segmentations, BelongToTheSeriesTheyName) {
  add_images(1, "1.2.3");
  add_images(1, "1.2.4");
  DicomSample first = segmentation({{{1, 0, 0, 0}, "1", at("0"), ""}});
  add(first, "first.dcm");
  EXPECT_TRUE(tells("belongs to 2 series"));
  first.others["ReferencedSeriesSequence[0].SeriesInstanceUID"] = "1.2.4";
  add(first, "first.dcm");
  EXPECT_TRUE(tells("none of the masks segments its series, 1.2.3"));
  add(segmentation({{{0, 2 - 1, 0, 0}, "2", "", "1.2.3.1"}}), "second.dcm");
  EXPECT_EQ(labels(), (Labels{{0, 2, 0, 0}, {1, 0, 0, 0}}));
  first.others["ReferencedSeriesSequence[0].SeriesInstanceUID"] = "1.2.5";
  add(first, "first.dcm");
  EXPECT_TRUE(tells("none of the images is of the series that it segments, 1.2.5"));
  first.others["ReferencedSeriesSequence[0].SeriesInstanceUID"] = "1.2.3";
  add(first, "first.dcm");
  EXPECT_TRUE(tells("segments the same series as"));
}

TEST_F(Segmentations, GiveTheHighestNumberWhereTheyOverlap) {
  add_images(2);
  add(segmentation({{{0, 1, 1, 0}, "3", at("0"), ""},
                    {{1, 1, 0, 0}, "2", at("0"), ""},
                    {{1, 0, 0, 0}, "2", at("1"), ""},
                    {{0, 1, 0, 0}, "3", at("1"), ""}}));
  EXPECT_EQ(labels(), (Labels{{2, 3, 3, 0}, {2, 3, 0, 0}}));
  const auto pairs = pair_slices({images(), masks()}).pairs;
  EXPECT_EQ(count_shared_pixels(pairs[0].mask), 1U);
  EXPECT_EQ(count_shared_pixels(pairs[1].mask), 0U);
  GenerateRequest request;
  request.images = images();
  request.out = images() / "../out";
  EXPECT_EQ(generate(pairs, request).shared_masks, 1U);
}

TEST_F(Segmentations, MayHoldLabelsInEachFrame) {
  add_images(2);
  DicomSample sample = segmentation({{{0, 7, 200, 1}, "0", at("1"), ""}});
  sample.bits_allocated = sample.bits_stored = 8;
  sample.others["SOPClassUID"] = "1.2.840.10008.5.1.4.1.1.66.7";
  sample.others["SegmentationType"] = "LABELMAP";
  add(sample);
  EXPECT_EQ(labels(), (Labels{{0, 0, 0, 0}, {0, 7, 200, 1}}));
}

TEST_F(Segmentations, AreRefusedWhereAFrameHasNoSlice) {
  add_images(2);
  add(segmentation({{{0, 1, 1, 0}, "1", at("0"), ""}, {{1, 1, 0, 0}, "4", at("0.5"), ""}}));
  EXPECT_TRUE(tells("frame 2 (segment 4): lies at -7.5\\3\\0.5, where no slice of the images is"));
  add(segmentation({{{0, 1, 1, 0}, "1", "", ""}}));
  EXPECT_TRUE(tells("frame 1 (segment 1): names no slice of the images and has no position"));
  add(segmentation({{{0, 1, 1, 0}, "1", at("1"), "1.2.3.1"}}));
  EXPECT_TRUE(tells("it lies at -7.5\\3\\1, its image at -7.5\\3\\0"));
}

TEST_F(Segmentations, AreRefusedWhereTheyLieOtherwiseThanTheirImages) {
  add_images(1);
  const Frame frame{{0, 1, 1, 0}, "1", at("0"), ""};
  DicomSample sample = segmentation({frame});
  sample.width = 4;
  sample.height = 1;
  add(sample);
  EXPECT_TRUE(tells("4x1 pixels, but its images have 2x2"));
  sample = segmentation({frame});
  const std::string shared = "SharedFunctionalGroupsSequence[0].";
  sample.others[shared + "PlaneOrientationSequence[0].ImageOrientationPatient"] =
      "1\\0\\0\\0\\-1\\0";
  add(sample);
  EXPECT_TRUE(tells("its columns along 0\\-1\\0"));
  sample = segmentation({frame});
  sample.others[shared + "PixelMeasuresSequence[0].PixelSpacing"] = "0.75\\0.5";
  add(sample);
  EXPECT_TRUE(tells("0.75x0.5 mm large, those of its image 0.5x0.75"));
  add(segmentation({{{0, 1, 1, 0}, "1", "-7\\3\\0", ""}}));
  EXPECT_TRUE(tells("it lies at -7\\3\\0, its image at -7.5\\3\\0"));
}

TEST_F(Segmentations, AreRefusedByTheNameOfWhatIsNotRead) {
  add_images(1);
  const DicomSample good = segmentation({{{0, 1, 1, 0}, "1", at("0"), ""}});
  DicomSample sample = good;
  sample.others["SegmentationType"] = "FRACTIONAL";
  add(sample);
  EXPECT_TRUE(tells("of type FRACTIONAL"));
  add(segmentation({{{0, 1, 1, 0}, "256", at("0"), ""}}));
  EXPECT_TRUE(tells("segment 256 of frame 1"));
  sample = good;
  sample.others["TotalPixelMatrixColumns"] = "4";
  add(sample);
  EXPECT_TRUE(tells("in tiles"));
  sample = good;
  sample.frames = 2;
  sample.values.insert(sample.values.end(), 4, 0);
  add(sample);
  EXPECT_TRUE(tells("of 2 frames that describes 1"));
  sample = good;
  sample.others["SOPClassUID"] = "1.2.840.10008.5.1.4.1.1.481.3";
  add(sample);
  EXPECT_TRUE(tells("contours"));
}

TEST_F(Segmentations, AreMasksOfTheirOwn) {
  add_images(1);
  add(segmentation({{{0, 1, 1, 0}, "1", at("0"), ""}}));
  EXPECT_TRUE(tells("pairs.csv: is not used with segmentations", PairRule::kTable));
  add_images(1, "1.2.4");
  fs::copy(images() / "1.2.4-1", masks() / "label.dcm");
  EXPECT_TRUE(tells("label.dcm: lies among segmentations"));
  fs::remove(masks() / "label.dcm");
  fs::copy(masks() / "seg.dcm", images() / "seg.dcm");
  EXPECT_TRUE(tells("images/seg.dcm: is a segmentation (SEG), which holds masks"));
  ScanSlice slice = list_slices(masks()).slices.at(0);
  EXPECT_THROW(read_slice(slice, {}), DataError);
  EXPECT_THROW(read_label_slice(slice), DataError) << "of which slice?";
}

}  // namespace
}  // namespace flexunet
