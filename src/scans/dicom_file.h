#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scans/dicom_layout.h"

class DcmDataset;
class DcmFileFormat;
class DcmItem;
class DcmPixelData;
class DcmTagKey;

namespace flexunet {

/// The values of one frame as DICOM lays them out, low byte first.
struct DicomFrame {
  std::vector<std::uint8_t> bytes;
  int first_bit = 0;   ///< where the frame begins in the first byte; not 0 only for single bits
  DicomLayout layout;  ///< as it is after decompression
};

/// A DICOM file, opened to be read frame by frame.
class DicomFile {
 public:
  /// Throws DataError naming the file: not DICOM, truncated, damaged, without pixels, or laid out
  /// in a way or compressed by a transfer syntax that is not read, with its name.
  explicit DicomFile(const std::filesystem::path& path);
  ~DicomFile();
  DicomFile(const DicomFile&) = delete;
  DicomFile& operator=(const DicomFile&) = delete;

  const DicomLayout& layout() const { return layout_; }
  /// The values of a frame, from 0, decompressed. Throws DataError.
  DicomFrame read_frame(int index) const;
  /// The file's name, for errors.
  std::string name() const { return path_.string(); }
  /// All elements outside of sequences.
  DcmItem& items() const;
  /// The text of an element, without the blanks around it; empty where there is none.
  std::string text(const DcmTagKey& key) const;
  /// How many frames have functional groups of their own (PS3.3 C.7.6.16).
  std::size_t frames_with_groups() const { return frame_groups_.size(); }
  DcmItem* frame_groups(int frame) const {
    return frame_groups_.at(static_cast<std::size_t>(frame));
  }
  /// What holds an element in the functional groups of the frame or of all frames, in `group`, a
  /// sequence there; null where nothing does.
  DcmItem* find_in_groups(const DcmTagKey& key, const DcmTagKey& group, int frame) const;
  /// The same, or else items().
  DcmItem& find_item(const DcmTagKey& key, const DcmTagKey& group, int frame) const;
  /// The first number of such an element; nothing where there is none. Throws DataError for what is
  /// no number.
  std::optional<double> number(const DcmTagKey& key, const DcmTagKey& group, int frame) const;
  /// The text of such an element.
  std::string frame_text(const DcmTagKey& key, const DcmTagKey& group, int frame) const;
  bool has(const DcmTagKey& key) const;
  /// "FILE: WHAT".
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  void load();
  void find_pixels();
  void check_transfer_syntax();
  void read_layout();
  void check_native_size() const;
  void check_fragments() const;
  DicomFrame read_native(int index) const;
  DicomFrame read_encapsulated(int index) const;
  int whole_number(const DcmTagKey& key, std::optional<int> fallback) const;
  void find_groups();

  std::filesystem::path path_;
  std::unique_ptr<DcmFileFormat> file_;
  DcmDataset* items_ = nullptr;
  std::vector<DcmItem*> frame_groups_;
  DcmItem* shared_groups_ = nullptr;
  DcmPixelData* pixels_ = nullptr;
  DicomLayout layout_;
  bool is_encapsulated_ = false;
};

}  // namespace flexunet
