// Writes the seeds of the fuzz targets below a folder: small files of every kind that is read, by
// the project's own writers where it has one.
#include <fmt/format.h>

#include <iostream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "fuzz/make_scan_seeds.h"
#include "keras/hdf5_handle.h"
#include "keras/keras_h5.h"
#include "support/npy_files.h"
#include "support/tiff_files.h"
#include "unit/config/sample_config.h"
#include "unit/imaging/png_samples.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

void write_configs_and_literals(const fs::path& root) {
  write_file(root / "config/sample.config", sample_config());
  constexpr const char* kLiterals[] = {"{(0,0,0):0, (255,0x1F,0b1):1,}",
                                       "[(0.3, 0.7), (-1e-3, +.5)]  # twice",
                                       "\"a\\tb\\x41\\u00e9\\101\" r'\\d' '''long\ntext'''",
                                       "cv2.ROTATE_90_CLOCKWISE", "(None, True, False), 1_000"};
  int number = 0;
  for (const char* literal : kLiterals) {
    write_file(root / fmt::format("literal/{}.txt", ++number), literal);
  }
}

void write_pngs(const fs::path& root) {
  for (const char* target : {"mask", "picture"}) {
    create_folder(root / target);
    for (const PngSample& sample : black_and_white_samples()) {
      if (std::string_view(target) == "picture" && sample.name != "gray16") continue;
      write_png_sample(root / target / (sample.name + ".png"), sample);
    }
  }
}

cv::Mat sample_picture(int type) {
  cv::Mat picture(12, 16, type);
  cv::RNG random(1);
  random.fill(picture, cv::RNG::UNIFORM, 0, picture.depth() == CV_8U ? 256 : 65536);
  picture.rowRange(0, 6).setTo(cv::Scalar::all(40));
  return picture;
}

void write_pictures(const fs::path& root) {
  const fs::path folder = root / "picture";
  create_folder(folder);
  const auto write = [&](const std::string& name, int type, const std::vector<int>& settings) {
    cv::imwrite((folder / name).string(), sample_picture(type), settings);
  };
  write("color.bmp", CV_8UC3, {});
  write("gray.bmp", CV_8UC1, {});
  write("baseline.jpg", CV_8UC3, {cv::IMWRITE_JPEG_QUALITY, 30});
  write("gray.jpg", CV_8UC1, {cv::IMWRITE_JPEG_QUALITY, 30});
  write("progressive.jpg", CV_8UC3,
        {cv::IMWRITE_JPEG_QUALITY, 30, cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  write("restarts.jpg", CV_8UC3, {cv::IMWRITE_JPEG_QUALITY, 30, cv::IMWRITE_JPEG_RST_INTERVAL, 1});
  for (const int compression : {1, 5, 8, 32773}) {
    const std::vector<int> settings{cv::IMWRITE_TIFF_COMPRESSION, compression};
    write(fmt::format("color{}.tif", compression), CV_8UC3, settings);
    write(fmt::format("gray16_{}.tif", compression), CV_16UC1, settings);
  }
}

void write_arrays(const fs::path& root) {
  const std::string data(24, '\1');
  write_file(root / "npy/color.npy", npy_file(npy_header("|u1", "(2, 3, 4)"), data));
  write_file(root / "npy/gray16.npy", npy_file(npy_header("<u2", "(3, 4)"), data));
  write_file(root / "npy/fortran.npy", npy_file(npy_header("<u2", "(2, 2, 3)", true), data));
  create_folder(root / "npz");
  const auto write = [&](const char* name, const std::string& header, const std::string& values) {
    write_npz_file(root / "npz" / name, "mask", npy_file(header, values));
  };
  write("indices.npz", npy_header("|u1", "(4, 6)"), data);
  write("wide.npz", npy_header("<i4", "(2, 3)", true), std::string(24, '\0'));
  write("one_hot.npz", npy_header("|b1", "(1, 2, 3)"), std::string("\1\0\0\0\0\1", 6));
}

void write_models(const fs::path& root) {
  constexpr float kValues[] = {1.5F, -2.0F, 0.25F, 8.0F, 0.0F, 3.0F};
  const std::string_view bytes(reinterpret_cast<const char*>(kValues), sizeof kValues);
  write_safetensors(root / "safetensors/two.safetensors",
                    {{"b", {"F32", {2, 3}, bytes}}, {"a.weight", {"U8", {4}, bytes.substr(0, 4)}}},
                    {{"epoch", "3"}});
  write_safetensors(root / "safetensors/empty.safetensors", {}, {});
  // As others write it: without checksums, which would refuse nearly every change.
  write_file(root / "safetensors/plain.safetensors",
             std::string("\x70\0\0\0\0\0\0\0", 8) +
                 R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)" +
                 R"("b":{"dtype":"U8","shape":[4,1],"data_offsets":[8,12]}})" +
                 std::string(3, ' ') + "abcdefghijkl");
  write_keras_h5(
      root / "keras_h5/weights.h5",
      {{"input_1", {}},
       {"conv2d", {{"conv2d/kernel:0", {1, 1, 2, 1}, {0.5F, -2}}, {"conv2d/bias:0", {1}, {3}}}}});
}

void write_text_attribute(hid_t object, const char* name, const std::string& text) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), text.size());
  const hsize_t count = 1;
  const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Handle attribute(
      H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  H5Awrite(attribute.get(), type.get(), text.data());
}

// Below model_weights, names of fixed length, values in compressed pieces.
void write_compressed_h5(const fs::path& path) {
  const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const auto group = [](hid_t parent, const char* name) {
    return Hdf5Handle(H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  };
  const Hdf5Handle weights = group(file.get(), "model_weights");
  const Hdf5Handle layer = group(weights.get(), "dense");
  write_text_attribute(file.get(), "model_config", "{}");
  write_text_attribute(weights.get(), "layer_names", "dense");
  write_text_attribute(layer.get(), "weight_names", "bias:0");
  const hsize_t extent = 8, piece = 4;
  const Hdf5Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(creation.get(), 1, &piece);
  H5Pset_deflate(creation.get(), 9);
  const Hdf5Handle data(H5Dcreate2(layer.get(), "bias:0", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT,
                                   creation.get(), H5P_DEFAULT),
                        H5Dclose);
  constexpr float kValues[8] = {1, 2, 3, 4};
  H5Dwrite(data.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, kValues);
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  if (argc != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 2;
  }
  const std::filesystem::path root = argv[1];
  write_configs_and_literals(root);
  write_pngs(root);
  write_pictures(root);
  write_file(root / "picture/tiled.tif", tile_tiff());
  write_arrays(root);
  write_models(root);
  write_compressed_h5(root / "keras_h5/compressed.h5");
  write_scan_seeds(root);
  return 0;
}
