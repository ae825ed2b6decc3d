#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

class DcmFileFormat;
#include "scans/dicom_layout.h"

class DcmDataset;
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
  /// The text of an element, without the blanks around it; empty where there is none.
  std::string text(const DcmTagKey& key) const;
  /// The first number of an element, which may stand in the functional groups of the frame or of
  /// all frames (in `group`, a sequence there); nothing where there is none.
  std::optional<double> number(const DcmTagKey& key, const DcmTagKey& group, int frame) const;
  /// The text of such an element.
  std::string frame_text(const DcmTagKey& key, const DcmTagKey& group, int frame) const;
  /// The whole numbers of 16 bits of an element; empty where there is none.
  std::vector<std::uint16_t> words(const DcmTagKey& key) const;
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
  DcmItem* find_item(const DcmTagKey& key, const DcmTagKey& group, int frame) const;

  std::filesystem::path path_;
  std::unique_ptr<DcmFileFormat> file_;
  DcmDataset* items_ = nullptr;
  DcmPixelData* pixels_ = nullptr;
  DicomLayout layout_;
  bool is_encapsulated_ = false;
};

}  // namespace flexunet
