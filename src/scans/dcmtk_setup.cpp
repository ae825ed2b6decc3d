#include "scans/dcmtk_setup.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcobject.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcvr.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <memory>

namespace flexunet {
namespace {

struct Element {
  DcmTagKey key;
  DcmEVR vr;
};

// Files of implicit VR say nothing of the types of their elements.
void add_elements() {
  const Element elements[] = {
      {DCM_PatientID, EVR_LO},
      {DCM_SeriesInstanceUID, EVR_UI},
      {DCM_SOPClassUID, EVR_UI},
      {DCM_SamplesPerPixel, EVR_US},
      {DCM_PhotometricInterpretation, EVR_CS},
      {DCM_PlanarConfiguration, EVR_US},
      {DCM_NumberOfFrames, EVR_IS},
      {DCM_Rows, EVR_US},
      {DCM_Columns, EVR_US},
      {DCM_BitsAllocated, EVR_US},
      {DCM_BitsStored, EVR_US},
      {DCM_HighBit, EVR_US},
      {DCM_PixelRepresentation, EVR_US},
      {DCM_WindowCenter, EVR_DS},
      {DCM_WindowWidth, EVR_DS},
      {DCM_VOILUTFunction, EVR_CS},
      {DCM_RescaleIntercept, EVR_DS},
      {DCM_RescaleSlope, EVR_DS},
      {DCM_ModalityLUTSequence, EVR_SQ},
      {DCM_RedPaletteColorLookupTableDescriptor, EVR_US},
      {DCM_GreenPaletteColorLookupTableDescriptor, EVR_US},
      {DCM_BluePaletteColorLookupTableDescriptor, EVR_US},
      {DCM_RedPaletteColorLookupTableData, EVR_OW},
      {DCM_GreenPaletteColorLookupTableData, EVR_OW},
      {DCM_BluePaletteColorLookupTableData, EVR_OW},
      {DCM_SharedFunctionalGroupsSequence, EVR_SQ},
      {DCM_PerFrameFunctionalGroupsSequence, EVR_SQ},
      {DCM_PixelValueTransformationSequence, EVR_SQ},
      {DCM_FrameVOILUTSequence, EVR_SQ},
      {DCM_SOPInstanceUID, EVR_UI},
      {DCM_FrameOfReferenceUID, EVR_UI},
      {DCM_InstanceNumber, EVR_IS},
      {DCM_ImagePositionPatient, EVR_DS},
      {DCM_ImageOrientationPatient, EVR_DS},
      {DCM_PixelSpacing, EVR_DS},
      {DCM_PixelPaddingValue, EVR_xs},
      {DCM_PixelPaddingRangeLimit, EVR_xs},
      {DCM_VOILUTSequence, EVR_SQ},
      {DCM_LUTDescriptor, EVR_xs},
      {DCM_LUTData, EVR_lt},
      {DCM_PlanePositionSequence, EVR_SQ},
      {DCM_PlaneOrientationSequence, EVR_SQ},
      {DCM_PixelMeasuresSequence, EVR_SQ},
      {DCM_DerivationImageSequence, EVR_SQ},
      {DCM_SourceImageSequence, EVR_SQ},
      {DCM_ReferencedSOPInstanceUID, EVR_UI},
      {DCM_ReferencedFrameNumber, EVR_IS},
      {DCM_ReferencedSeriesSequence, EVR_SQ},
      {DCM_SegmentationType, EVR_CS},
      {DCM_SegmentIdentificationSequence, EVR_SQ},
      {DCM_ReferencedSegmentNumber, EVR_US},
      {DCM_PixelData, EVR_ox},
  };
  DcmDataDictionary& dictionary = dcmDataDict.wrlock();
  for (const Element& element : elements) {
    auto entry =
        std::make_unique<DcmDictEntry>(element.key.getGroup(), element.key.getElement(), element.vr,
                                       "element", 1, -1, nullptr, OFTrue, nullptr);
    dictionary.addEntry(entry.release());  // the dictionary owns it
  }
  dcmDataDict.wrunlock();
}

bool prepare() {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  // Some writers call implicit data sets explicit.
  dcmAcceptUnexpectedImplicitEncoding.set(OFTrue);
  // Others copy elements that they do not know as of unknown type.
  dcmEnableUnknownVRConversion.set(OFTrue);
  // Never: dicom_frame.cpp makes RGB of YBR, by one formula whether it was compressed or not.
  DJDecoderRegistration::registerCodecs(EDC_never, EUC_default, EPC_colorByPixel);
  DJLSDecoderRegistration::registerCodecs(EJLSUC_default, EJLSPC_colorByPixel);
  DcmRLEDecoderRegistration::registerCodecs();
  if (!dcmDataDict.isDictionaryLoaded()) add_elements();
  return true;
}

}  // namespace

void prepare_dcmtk() {
  static const bool is_ready = prepare();
  static_cast<void>(is_ready);
}

}  // namespace flexunet
