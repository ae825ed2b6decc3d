#include "generator/phantom/dicom_writer.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>
#include <fmt/format.h>

#include <stdexcept>

namespace flexunet {
namespace {

void require(const OFCondition& done) {
  if (done.bad()) throw std::runtime_error(std::string("DCMTK: ") + done.text());
}

// Types are named so that DCMTK needs no dictionary of elements.
void put(DcmDataset& items, const DcmTagKey& key, DcmEVR vr, const std::string& text) {
  require(items.putAndInsertString(DcmTag(key, DcmVR(vr)), text.c_str()));
}

void put(DcmDataset& items, const DcmTagKey& key, Uint16 number) {
  require(items.putAndInsertUint16(DcmTag(key, DcmVR(EVR_US)), number));
}

void put_identity(DcmDataset& items, const DicomSlice& slice) {
  put(items, DCM_ImageType, EVR_CS, "ORIGINAL\\PRIMARY\\OTHER");
  put(items, DCM_SOPClassUID, EVR_UI, UID_MRImageStorage);
  put(items, DCM_SOPInstanceUID, EVR_UI, slice.instance_uid);
  // Of a phantom there is nothing to say here, but the elements must be there.
  put(items, DCM_StudyDate, EVR_DA, "");
  put(items, DCM_StudyTime, EVR_TM, "");
  put(items, DCM_AccessionNumber, EVR_SH, "");
  put(items, DCM_ReferringPhysicianName, EVR_PN, "");
  put(items, DCM_PatientBirthDate, EVR_DA, "");
  put(items, DCM_PatientSex, EVR_CS, "");
  put(items, DCM_Laterality, EVR_CS, "");
  put(items, DCM_PositionReferenceIndicator, EVR_LO, "");
  put(items, DCM_Modality, EVR_CS, "MR");
  put(items, DCM_Manufacturer, EVR_LO, "FlexUNet phantom");
  put(items, DCM_SeriesDescription, EVR_LO, "synthetic knee, sagittal");
  put(items, DCM_PatientName, EVR_PN, slice.patient_name);
  put(items, DCM_PatientID, EVR_LO, slice.patient_id);
  put(items, DCM_StudyInstanceUID, EVR_UI, slice.study_uid);
  put(items, DCM_SeriesInstanceUID, EVR_UI, slice.series_uid);
  put(items, DCM_FrameOfReferenceUID, EVR_UI, slice.frame_uid);
  put(items, DCM_StudyID, EVR_SH, "1");
  put(items, DCM_SeriesNumber, EVR_IS, "1");
  put(items, DCM_InstanceNumber, EVR_IS, std::to_string(slice.number));
}

void put_acquisition(DcmDataset& items, const DicomSlice& slice) {
  put(items, DCM_BodyPartExamined, EVR_CS, "KNEE");
  put(items, DCM_ScanningSequence, EVR_CS, "SE");
  put(items, DCM_SequenceVariant, EVR_CS, "NONE");
  put(items, DCM_ScanOptions, EVR_CS, "");
  put(items, DCM_MRAcquisitionType, EVR_CS, "2D");
  put(items, DCM_RepetitionTime, EVR_DS, "");
  put(items, DCM_EchoTime, EVR_DS, "");
  put(items, DCM_EchoTrainLength, EVR_IS, "");
  const std::string spacing = fmt::format("{:.6g}", slice.pixel_spacing);
  const std::string position = fmt::format("{:.6g}", slice.x);
  put(items, DCM_SliceThickness, EVR_DS, fmt::format("{:.6g}", slice.thickness));
  put(items, DCM_PixelSpacing, EVR_DS, spacing + "\\" + spacing);
  // The centre of the first pixel; rows run to the back, columns to the feet.
  const double y = -slice.pixel_spacing * (slice.values.cols - 1) / 2.0;
  const double z = slice.pixel_spacing * (slice.values.rows - 1) / 2.0;
  put(items, DCM_ImagePositionPatient, EVR_DS, fmt::format("{}\\{:.6g}\\{:.6g}", position, y, z));
  put(items, DCM_ImageOrientationPatient, EVR_DS, "0\\1\\0\\0\\0\\-1");
  put(items, DCM_SliceLocation, EVR_DS, position);
}

void put_pixels(DcmDataset& items, const cv::Mat& values) {
  put(items, DCM_SamplesPerPixel, 1);
  put(items, DCM_PhotometricInterpretation, EVR_CS, "MONOCHROME2");
  put(items, DCM_Rows, static_cast<Uint16>(values.rows));
  put(items, DCM_Columns, static_cast<Uint16>(values.cols));
  put(items, DCM_BitsAllocated, 16);
  put(items, DCM_BitsStored, 12);
  put(items, DCM_HighBit, 11);
  put(items, DCM_PixelRepresentation, 0);
  put(items, DCM_WindowCenter, EVR_DS, "1600");
  put(items, DCM_WindowWidth, EVR_DS, "3200");
  put(items, DCM_RescaleIntercept, EVR_DS, "0");
  put(items, DCM_RescaleSlope, EVR_DS, "1");
  put(items, DCM_RescaleType, EVR_LO, "US");
  require(items.putAndInsertUint16Array(DcmTag(DCM_PixelData, DcmVR(EVR_OW)), values.ptr<Uint16>(),
                                        values.total()));
}

}  // namespace

std::string dicom_bytes(const DicomSlice& slice) {
  constexpr int kMostSide = 65535;
  const cv::Mat& values = slice.values;
  if (values.type() != CV_16UC1 || values.empty() || !values.isContinuous() ||
      values.rows > kMostSide || values.cols > kMostSide) {
    throw std::invalid_argument("a DICOM slice is (H,W) CV_16UC1, at most 65535 pixels wide");
  }
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  DcmFileFormat file;
  DcmDataset& items = *file.getDataset();
  put_identity(items, slice);
  put_acquisition(items, slice);
  put_pixels(items, values);
  require(file.validateMetaInfo(EXS_LittleEndianExplicit));
  constexpr std::size_t kBeginning = 1024;  // more than the 132 bytes before the elements
  std::string bytes(
      kBeginning + file.calcElementLength(EXS_LittleEndianExplicit, EET_ExplicitLength), '\0');
  DcmOutputBufferStream stream(bytes.data(), static_cast<offile_off_t>(bytes.size()));
  file.transferInit();
  require(file.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr));
  file.transferEnd();
  void* written = nullptr;
  offile_off_t size = 0;
  stream.flushBuffer(written, size);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace flexunet
