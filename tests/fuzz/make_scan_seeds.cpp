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
