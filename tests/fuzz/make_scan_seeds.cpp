#include "fuzz/make_scan_seeds.h"

#include <algorithm>
#include <string>
#include <vector>

#include "flexunet/base/files.h"
#include "support/dicom_files.h"
#include "support/volume_files.h"

namespace flexunet {
namespace {

DicomSample color_sample() {
  DicomSample sample = gray_sample(7);
  sample.samples = 3;
  sample.bits_allocated = sample.bits_stored = 8;
  sample.color_space = "RGB";
  const std::vector<int> values = sample.values;
  for (int i = 0; i < 2; ++i) {
    sample.values.insert(sample.values.end(), values.begin(), values.end());
  }
  return sample;
}

DicomSample palette_sample() {
  DicomSample sample = gray_sample(1);
  sample.bits_allocated = sample.bits_stored = 8;
  sample.color_space = "PALETTE COLOR";
  for (const char* color : {"Red", "Green", "Blue"}) {
    const std::string name = std::string(color) + "PaletteColorLookupTable";
    sample.others[name + "Descriptor"] = "3\\2\\16";
    sample.others[name + "Data"] = "256\\512\\65280";
  }
  return sample;
}

// Padding, a table for gray values, and where the slice lies.
DicomSample described_sample() {
  DicomSample sample = gray_sample(1);
  sample.is_signed = true;
  sample.others = {{"PixelPaddingValue", "3"},
                   {"PixelPaddingRangeLimit", "5"},
                   {"InstanceNumber", "7"},
                   {"ImagePositionPatient", "-1.5\\0\\2"},
                   {"ImageOrientationPatient", "1\\0\\0\\0\\1\\0"},
                   {"PixelSpacing", "0.5\\0.75"},
                   {"VOILUTSequence[0].LUTDescriptor", "3\\-2\\12"},
                   {"VOILUTSequence[0].LUTData", "0\\100\\4095"}};
  return sample;
}

// Two segments over one slice.
DicomSample segmentation_sample() {
  DicomSample sample = gray_sample(0);
  for (std::size_t i = 0; i < sample.values.size(); i += 3) sample.values[i] = 1;
  sample.bits_allocated = sample.bits_stored = 1;
  sample.frames = 2;
  sample.height = 2;
  sample.width = 3;
  sample.others = {{"SOPClassUID", "1.2.840.10008.5.1.4.1.1.66.4"},
                   {"SegmentationType", "BINARY"},
                   {"ReferencedSeriesSequence[0].SeriesInstanceUID", "1.2.3"}};
  for (int i = 0; i < 2; ++i) {
    const std::string groups = "PerFrameFunctionalGroupsSequence[" + std::to_string(i) + "].";
    sample.others[groups + "PlanePositionSequence[0].ImagePositionPatient"] = "0\\0\\2";
    sample.others[groups + "SegmentIdentificationSequence[0].ReferencedSegmentNumber"] =
        std::to_string(i + 1);
    sample.others[groups + "DerivationImageSequence[0].SourceImageSequence[0]." +
                  "ReferencedSOPInstanceUID"] = "1.2.3.4";
  }
  return sample;
}

void write_dicom_seeds(const std::filesystem::path& folder) {
  DicomSample sample = gray_sample();
  sample.others = {{"WindowCenter", "500"}, {"WindowWidth", "900"}, {"RescaleSlope", "2"}};
  for (const char* syntax :
       {"implicit", "big endian", "deflated", "JPEG extended", "JPEG lossless", "JPEG-LS", "RLE"}) {
    sample.transfer_syntax = syntax;
    std::string name = syntax;
    std::replace(name.begin(), name.end(), ' ', '_');
    write_dicom(folder / (name + ".dcm"), sample);
  }
  DicomSample color = color_sample();
  write_dicom(folder / "color.dcm", color);
  color.color_space = "YBR_FULL";
  color.is_planar = true;
  write_dicom(folder / "planar.dcm", color);
  color = color_sample();
  color.transfer_syntax = "JPEG baseline";
  write_dicom(folder / "color_jpeg.dcm", color);
  write_dicom(folder / "palette.dcm", palette_sample());
  DicomSample frames = gray_sample();
  frames.width = 2;
  frames.frames = 2;
  frames.is_signed = true;
  write_dicom(folder / "frames.dcm", frames);
  write_dicom(folder / "described.dcm", described_sample());
  write_dicom(folder / "segmentation.dcm", segmentation_sample());
}

}  // namespace

void write_scan_seeds(const std::filesystem::path& root) {
  write_dicom_seeds(root / "dicom");
  const std::filesystem::path folder = root / "volume";
  const std::string voxels = bytes_of(counted(24));
  Nifti nifti;
  write_file(folder / "plain.nii", nifti_header(nifti) + voxels);
  write_file(folder / "packed.nii.gz", gzipped(nifti_header(nifti) + voxels));
  nifti.is_big_endian = true;
  nifti.slope = 2.0F;
  write_file(folder / "big_endian.nii", nifti_header(nifti) + voxels);
  const std::string type = "ElementType = MET_SHORT\n";
  write_file(folder / "plain.mha", meta_image(type, "LOCAL") + voxels);
  write_file(folder / "packed.mha",
             meta_image(type + "CompressedData = True\n", "LOCAL") + deflated(voxels));
}

}  // namespace flexunet
