#include "scans/dicom_file.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/png_codec.h"
#include "scans/dcmtk_setup.h"
#include "scans/dicom_elements.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// The most pixels that a byte of compressed data can stand for; see imaging/picture_check.cpp.
constexpr std::uint64_t kMostPixelsPerByte = 1U << 15U;

// The UID of the transfer syntax; empty in a file without a beginning.
std::string transfer_syntax_uid(DcmFileFormat& file) {
  if (file.getMetaInfo() == nullptr) return {};
  return element_text(*file.getMetaInfo(), DCM_TransferSyntaxUID);
}

std::string transfer_syntax_name(const std::string& uid, const DcmXfer& xfer) {
  const char* name = uid.empty() ? nullptr : dcmFindNameOfUID(uid.c_str());
  if (name != nullptr) return fmt::format("{} ({})", name, uid);
  return uid.empty() ? xfer.getXferName() : uid;
}

// Not what DcmXfer calls native: that is another answer in each release of DCMTK, for pixels that
// lie elsewhere (JPIP) and for those that are encapsulated but not compressed.
bool has_native_pixels(E_TransferSyntax syntax) {
  constexpr E_TransferSyntax kNative[] = {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit,
                                          EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit};
  return std::find(std::begin(kNative), std::end(kNative), syntax) != std::end(kNative);
}

// DCMTK 3.6.9 (Debian 13) wants to be told whether the pixels are there uncompressed as well.
OFCondition decompressed_frame_size(const DcmPixelData& pixels, DcmItem* items, Uint32& size) {
#if OFFIS_DCMTK_VERSION_NUMBER >= 369
  return pixels.getUncompressedFrameSize(items, size, OFFalse);
#else
  return pixels.getUncompressedFrameSize(items, size);
#endif
}

}  // namespace

DicomFile::DicomFile(const fs::path& path) : path_(path), file_(std::make_unique<DcmFileFormat>()) {
  prepare_dcmtk();
  load();
  check_transfer_syntax();
  find_pixels();
  read_layout();
  if (const std::string problem = problem_of(layout_); !problem.empty()) refuse(problem);
  if (is_encapsulated_) {
    check_fragments();
  } else {
    check_native_size();
  }
}

DicomFile::~DicomFile() = default;

void DicomFile::refuse(const std::string& what) const {
  throw DataError(fmt::format("{}: {}", path_.string(), what));
}

void DicomFile::load() {
  open_file(path_);  // says why it cannot be read
  // Longer values stay in the file until they are asked for.
  constexpr Uint32 kMostAtOnce = 4096;
  const OFCondition loaded =
      file_->loadFile(path_.c_str(), EXS_Unknown, EGL_noChange, kMostAtOnce, ERM_autoDetect);
  if (loaded.bad()) {
    refuse(fmt::format("DICOM that is truncated or damaged: {}", loaded.text()));
  }
  items_ = file_->getDataset();
  find_groups();
}

int DicomFile::whole_number(const DcmTagKey& key, std::optional<int> fallback) const {
  const std::vector<double> numbers = element_numbers(*items_, key, 1, path_.string());
  if (numbers.empty()) {
    if (!fallback) refuse(fmt::format("damaged: {} is missing", element_name(key)));
    return *fallback;
  }
  const double number = numbers.front();
  if (number != std::floor(number) || std::abs(number) > std::numeric_limits<int>::max()) {
    refuse(fmt::format("damaged: {} is {}, no whole number", element_name(key), number));
  }
  return static_cast<int>(number);
}

void DicomFile::find_pixels() {
  DcmElement* element = nullptr;
  const std::string uid = text(DCM_SOPClassUID);
  if (uid == UID_RTStructureSetStorage) {
    refuse(
        "DICOM contours (RTSTRUCT), which are not read: convert them to a segmentation (SEG) or "
        "to label volumes");
  }
  if (items_->findAndGetElement(DCM_PixelData, element).bad() || !has(DCM_Rows)) {
    const char* name = dcmFindNameOfUID(uid.c_str());
    const bool is_float = has(DCM_FloatPixelData) || has(DCM_DoubleFloatPixelData);
    refuse(is_float
               ? std::string("DICOM whose pixels are floating point numbers, which is not read")
               : fmt::format("DICOM without a picture ({})", name != nullptr ? name
                                                             : uid.empty()   ? "of no SOP class"
                                                                             : uid));
  }
  pixels_ = dynamic_cast<DcmPixelData*>(element);
  if (pixels_ == nullptr) refuse("damaged: its pixels are of no type for pixels");
}

void DicomFile::read_layout() {
  layout_.size = {whole_number(DCM_Columns, std::nullopt), whole_number(DCM_Rows, std::nullopt)};
  layout_.frames = whole_number(DCM_NumberOfFrames, 1);
  layout_.samples = whole_number(DCM_SamplesPerPixel, 1);
  layout_.bits_allocated = whole_number(DCM_BitsAllocated, std::nullopt);
  layout_.bits_stored = whole_number(DCM_BitsStored, layout_.bits_allocated);
  layout_.high_bit = whole_number(DCM_HighBit, layout_.bits_stored - 1);
  layout_.is_signed = whole_number(DCM_PixelRepresentation, 0) == 1;
  layout_.is_planar = layout_.samples > 1 && whole_number(DCM_PlanarConfiguration, 0) == 1;
  layout_.color_space = text(DCM_PhotometricInterpretation);
}

void DicomFile::check_transfer_syntax() {
  const DcmXfer xfer(items_->getOriginalXfer());
  is_encapsulated_ = !has_native_pixels(xfer.getXfer());
  // Of an unknown one DCMTK reads the elements, hoping for the best.
  const std::string uid = transfer_syntax_uid(*file_);
  const bool is_known = uid.empty() || DcmXfer(uid.c_str()).getXfer() != EXS_Unknown;
  const bool is_read = is_known && xfer.getXfer() != EXS_Unknown &&
                       (!is_encapsulated_ ||
                        DcmCodecList::canChangeCoding(xfer.getXfer(), EXS_LittleEndianExplicit));
  if (!is_read) {
    refuse(
        fmt::format("transfer syntax {} is not read: convert the file to an uncompressed one, "
                    "JPEG, JPEG-LS or RLE",
                    transfer_syntax_name(uid, xfer)));
  }
}

void DicomFile::check_native_size() const {
  const std::uint64_t needed =
      (frame_bits(layout_) * static_cast<std::uint64_t>(layout_.frames) + 7) / 8;
  const std::uint64_t there = pixels_->getLength();
  if (there < needed) {
    refuse(fmt::format("truncated: {} frames of {}x{} pixels take {} bytes, it holds {}",
                       layout_.frames, layout_.size.width, layout_.size.height, needed, there));
  }
}

void DicomFile::check_fragments() const {
  E_TransferSyntax type = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  DcmPixelSequence* sequence = nullptr;
  pixels_->getOriginalRepresentationKey(type, parameter);
  if (pixels_->getEncapsulatedRepresentation(type, parameter, sequence).bad() ||
      sequence == nullptr || sequence->card() < 1) {
    refuse("damaged: its compressed pixels are no sequence");
  }
  const std::uint64_t fragments = sequence->card() - 1;  // the first holds offsets
  if (fragments < static_cast<std::uint64_t>(layout_.frames)) {
    refuse(fmt::format("truncated: {} frames, of which it holds {} pieces", layout_.frames,
                       fragments));
  }
  std::error_code unreadable;
  const std::uint64_t file_size = fs::file_size(path_, unreadable);
  const std::uint64_t pixels = static_cast<std::uint64_t>(layout_.size.width) *
                               static_cast<std::uint64_t>(layout_.size.height);
  if (unreadable || pixels / kMostPixelsPerByte > file_size) {
    refuse(fmt::format("damaged: {} bytes cannot hold the {}x{} pixels it claims", file_size,
                       layout_.size.width, layout_.size.height));
  }
}

DicomFrame DicomFile::read_frame(int index) const {
  if (index < 0 || index >= layout_.frames) {
    refuse(fmt::format("has no frame {}, only {}", index + 1, layout_.frames));
  }
  return is_encapsulated_ ? read_encapsulated(index) : read_native(index);
}

DicomFrame DicomFile::read_native(int index) const {
  const std::uint64_t bits = frame_bits(layout_);
  const std::uint64_t start = bits * static_cast<std::uint64_t>(index);
  DicomFrame frame;
  frame.layout = layout_;
  frame.first_bit = static_cast<int>(start % 8);
  frame.bytes.resize((start % 8 + bits + 7) / 8);
  const OFCondition read =
      pixels_->getPartialValue(frame.bytes.data(), static_cast<Uint32>(start / 8),
                               static_cast<Uint32>(frame.bytes.size()), nullptr, EBO_LittleEndian);
  if (read.bad()) refuse(fmt::format("frame {} cannot be read: {}", index + 1, read.text()));
  // DCMTK swaps the bytes of words, not the words of a value.
  const bool has_high_word_first =
      layout_.bits_allocated == 32 && DcmXfer(items_->getOriginalXfer()).isBigEndian();
  if (has_high_word_first) {
    for (std::size_t i = 0; i + 3 < frame.bytes.size(); i += 4) {
      std::swap(frame.bytes[i], frame.bytes[i + 2]);
      std::swap(frame.bytes[i + 1], frame.bytes[i + 3]);
    }
  }
  return frame;
}

DicomFrame DicomFile::read_encapsulated(int index) const {
  Uint32 size = 0;
  OFCondition read = decompressed_frame_size(*pixels_, items_, size);
  DicomFrame frame;
  frame.layout = layout_;
  if (layout_.color_space == "YBR_FULL_422") frame.layout.color_space = "YBR_FULL";
  const std::uint64_t needed = (frame_bits(frame.layout) + 7) / 8;
  if (read.good() && size < needed) refuse("damaged: its compressed frames are too small");
  if (read.good()) {
    frame.bytes.resize(size + size % 2);  // DCMTK decodes into an even number of bytes
    Uint32 fragment = 0;
    OFString color_space;
    read = pixels_->getUncompressedFrame(items_, static_cast<Uint32>(index), fragment,
                                         frame.bytes.data(),
                                         static_cast<Uint32>(frame.bytes.size()), color_space);
    // Decoders expand shared colours.
    if (color_space == "RGB" && layout_.samples > 1) frame.layout.color_space = "RGB";
  }
  if (read.bad()) {
    refuse(fmt::format("frame {} cannot be decompressed: truncated or damaged: {}", index + 1,
                       read.text()));
  }
  return frame;
}

DcmItem& DicomFile::items() const { return *items_; }

std::string DicomFile::text(const DcmTagKey& key) const { return element_text(*items_, key); }

void DicomFile::find_groups() {
  DcmSequenceOfItems* groups = nullptr;
  items_->findAndGetSequence(DCM_PerFrameFunctionalGroupsSequence, groups);
  for (DcmObject* item = nullptr;
       groups != nullptr && (item = groups->nextInContainer(item)) != nullptr;) {
    frame_groups_.push_back(dynamic_cast<DcmItem*>(item));
  }
  items_->findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared_groups_, 0);
}

DcmItem* DicomFile::find_in_groups(const DcmTagKey& key, const DcmTagKey& group, int frame) const {
  const auto found_in = [&](DcmItem* groups) -> DcmItem* {
    DcmItem* found = nullptr;
    if (groups == nullptr || groups->findAndGetSequenceItem(group, found, 0).bad()) return nullptr;
    return found->tagExists(key) ? found : nullptr;
  };
  const auto at = static_cast<std::size_t>(frame);
  if (at < frame_groups_.size()) {
    if (DcmItem* own = found_in(frame_groups_[at])) return own;
  }
  return found_in(shared_groups_);
}

DcmItem& DicomFile::find_item(const DcmTagKey& key, const DcmTagKey& group, int frame) const {
  DcmItem* found = find_in_groups(key, group, frame);
  return found != nullptr ? *found : *items_;
}

std::optional<double> DicomFile::number(const DcmTagKey& key, const DcmTagKey& group,
                                        int frame) const {
  const auto numbers = element_numbers(find_item(key, group, frame), key, 1, path_.string());
  if (numbers.empty()) return std::nullopt;
  return numbers.front();
}

std::string DicomFile::frame_text(const DcmTagKey& key, const DcmTagKey& group, int frame) const {
  return element_text(find_item(key, group, frame), key);
}

bool DicomFile::has(const DcmTagKey& key) const { return items_->tagExistsWithValue(key); }

}  // namespace flexunet
