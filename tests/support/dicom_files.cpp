#include "support/dicom_files.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcpath.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmimage/diregist.h>  // colours for the JPEG encoder
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace flexunet {
namespace {

void require(const OFCondition& done) {
  if (done.bad()) throw std::runtime_error(std::string("DCMTK: ") + done.text());
}

void register_encoders() {
  static const bool is_done = [] {
    DJEncoderRegistration::registerCodecs(ECC_lossyRGB);
    // Plain encoding; the other kind crashes in DCMTK 3.6.7.
    DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFFalse);
    DcmRLEEncoderRegistration::registerCodecs();
    return true;
  }();
  static_cast<void>(is_done);
}

// The item that a path such as "VOILUTSequence[0].LUTData" leads to, made where it is not there;
// `name` keeps what follows it.
DcmItem& item_at(DcmItem& items, std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return items;
  DcmPathProcessor processor;
  require(processor.findOrCreatePath(&items, name.substr(0, dot).c_str(), OFTrue));
  OFList<DcmPath*> paths;
  processor.getResults(paths);
  name = name.substr(dot + 1);
  return dynamic_cast<DcmItem&>(*paths.front()->back()->m_obj);
}

void put(DcmDataset& data_set, std::string name, const std::string& text, bool is_signed = false) {
  DcmItem& items = item_at(data_set, name);
  DcmTag tag;
  require(DcmTag::findTagFromName(name.c_str(), tag));
  // What is signed or not as the pixels are.
  if (tag.getEVR() == EVR_xs) tag.setVR(DcmVR(is_signed ? EVR_SS : EVR_US));
  if (tag.getEVR() != EVR_lt && tag.getEVR() != EVR_OW) {
    return require(items.putAndInsertString(tag, text.c_str()));
  }
  std::vector<Uint16> words;
  std::istringstream list(text);
  for (std::string word; std::getline(list, word, '\\');) {
    words.push_back(static_cast<Uint16>(std::stoul(word)));
  }
  tag.setVR(DcmVR(EVR_OW));
  require(items.putAndInsertUint16Array(tag, words.data(), words.size()));
}

// Single bits lie eight to a byte, the first lowest; other values low byte first.
std::vector<Uint8> packed_values(const DicomSample& sample) {
  std::vector<Uint8> bytes;
  if (sample.bits_allocated == 1) {
    bytes.resize((sample.values.size() + 7) / 8);
    for (std::size_t i = 0; i < sample.values.size(); ++i) {
      bytes[i / 8] = static_cast<Uint8>(bytes[i / 8] | sample.values[i] << (i % 8));
    }
    return bytes;
  }
  for (const int value : sample.values) {
    for (int i = 0; i < sample.bits_allocated; i += 8) {
      bytes.push_back(static_cast<Uint8>(static_cast<unsigned>(value) >> i & 0xFFU));
    }
  }
  return bytes;
}

void put_pixels(DcmDataset& items, const DicomSample& sample) {
  std::vector<Uint8> bytes = packed_values(sample);
  if (bytes.size() % 2 == 1) bytes.push_back(0);
  const DcmEVR vr = sample.bits_allocated <= 8 ? EVR_OB : EVR_OW;
  auto pixels = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, DcmVR(vr)));
  if (sample.bits_allocated <= 8) {
    require(pixels->putUint8Array(bytes.data(), bytes.size()));
  } else {
    std::vector<Uint16> words;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
      words.push_back(static_cast<Uint16>(bytes[i] | bytes[i + 1] << 8));
    }
    require(pixels->putUint16Array(words.data(), words.size()));
  }
  require(items.insert(pixels.release(), OFTrue));
}

struct Target {
  E_TransferSyntax syntax = EXS_LittleEndianExplicit;
  const DcmRepresentationParameter* parameter = nullptr;
};

Target target_of(const std::string& name) {
  static const DJ_RPLossy kLossy(95);
  static const DJ_RPLossless kLossless;
  static const DJLSRepresentationParameter kJpegLs;
  static const DcmRLERepresentationParameter kRle;
  static const std::map<std::string, Target> kTargets{
      {"", {}},
      {"implicit", {EXS_LittleEndianImplicit, nullptr}},
      {"big endian", {EXS_BigEndianExplicit, nullptr}},
      {"deflated", {EXS_DeflatedLittleEndianExplicit, nullptr}},
      {"JPEG baseline", {EXS_JPEGProcess1, &kLossy}},
      {"JPEG extended", {EXS_JPEGProcess2_4, &kLossy}},
      {"JPEG lossless", {EXS_JPEGProcess14SV1, &kLossless}},
      {"JPEG-LS", {EXS_JPEGLSLossless, &kJpegLs}},
      {"RLE", {EXS_RLELossless, &kRle}}};
  return kTargets.at(name);
}

}  // namespace

DicomSample gray_sample(int step) {
  DicomSample sample;
  for (int i = 0; i < sample.width * sample.height; ++i) sample.values.push_back(i * step);
  return sample;
}

std::string dicom_file(const DicomSample& sample) {
  register_encoders();
  DcmFileFormat file;
  DcmDataset& items = *file.getDataset();
  put(items, "SOPClassUID", UID_SecondaryCaptureImageStorage);
  put(items, "SOPInstanceUID", "1.2.3.4");
  put(items, "PatientID", sample.patient);
  put(items, "SeriesInstanceUID", sample.series);
  put(items, "SamplesPerPixel", std::to_string(sample.samples));
  put(items, "PhotometricInterpretation", sample.color_space);
  if (sample.samples > 1) put(items, "PlanarConfiguration", sample.is_planar ? "1" : "0");
  if (sample.frames) put(items, "NumberOfFrames", std::to_string(*sample.frames));
  put(items, "Rows", std::to_string(sample.height));
  put(items, "Columns", std::to_string(sample.width));
  put(items, "BitsAllocated", std::to_string(sample.bits_allocated));
  put(items, "BitsStored", std::to_string(sample.bits_stored));
  put(items, "HighBit", std::to_string(sample.high_bit.value_or(sample.bits_stored - 1)));
  put(items, "PixelRepresentation", sample.is_signed ? "1" : "0");
  put_pixels(items, sample);
  for (const auto& [name, text] : sample.others) put(items, name, text, sample.is_signed);
  const Target target = target_of(sample.transfer_syntax);
  if (target.parameter != nullptr) {
    require(items.chooseRepresentation(target.syntax, target.parameter));
  }
  require(file.validateMetaInfo(target.syntax));
  std::string bytes(std::size_t{1} << 20U, '\0');
  DcmOutputBufferStream stream(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  file.transferInit();
  require(file.write(stream, target.syntax, EET_ExplicitLength, nullptr));
  file.transferEnd();
  void* written = nullptr;
  offile_off_t size = 0;
  stream.flush();
  stream.flushBuffer(written, size);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

std::string with_transfer_syntax(std::string bytes, const std::string& uid) {
  const std::string syntax("\x02\x00\x10\x00UI", 6);
  const std::string group_length("\x02\x00\x00\x00UL\x04\x00", 8);
  const std::size_t at = bytes.find(syntax);
  const std::size_t group = bytes.find(group_length);
  if (at == std::string::npos || group == std::string::npos) {
    throw std::runtime_error("no transfer syntax, or no length of its group");
  }
  const auto before = static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + 6]));
  const std::size_t now = uid.size() + uid.size() % 2;
  bytes[at + 6] = static_cast<char>(now);
  bytes.replace(at + 8, before, uid + std::string(now - uid.size(), '\0'));
  // All elements of the group take fewer than 256 bytes.
  char& length = bytes[group + group_length.size()];
  length = static_cast<char>(static_cast<unsigned char>(length) + now - before);
  return bytes;
}

std::filesystem::path write_dicom(const std::filesystem::path& path, const DicomSample& sample) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << dicom_file(sample);
  return path;
}

}  // namespace flexunet
