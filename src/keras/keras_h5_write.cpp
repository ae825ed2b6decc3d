#include <fmt/format.h>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "keras/hdf5_handle.h"
#include "keras/keras_h5.h"

namespace flexunet {
namespace {

// What Keras looks at to know which conversions a file needs: none.
constexpr const char* kKerasVersion = "2.10.0";
constexpr const char* kBackend = "tensorflow";

// HDF5 builds the file in memory, so that it reaches the disk whole or not at all. Nothing here
// depends on the disk: a failure means that memory is short or a name is impossible.
void require(bool done, const char* step) {
  if (!done) throw OutputError(fmt::format("HDF5 cannot build the file: {}", step));
}

Hdf5Handle text_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  require(type.valid() && H5Tset_size(type.get(), H5T_VARIABLE) >= 0, "type of text");
  return type;
}

void write_attribute(hid_t object, const char* name, const Hdf5Handle& space,
                     const std::vector<const char*>& texts) {
  // An empty list is written as one of numbers, as h5py does it for Keras.
  const Hdf5Handle type =
      texts.empty() ? Hdf5Handle(H5Tcopy(H5T_IEEE_F64LE), H5Tclose) : text_type();
  const Hdf5Handle attribute(
      H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  require(attribute.valid(), name);
  require(texts.empty() || H5Awrite(attribute.get(), type.get(), texts.data()) >= 0, name);
}

void write_text(hid_t object, const char* name, const char* text) {
  write_attribute(object, name, Hdf5Handle(H5Screate(H5S_SCALAR), H5Sclose), {text});
}

void write_texts(hid_t object, const char* name, const std::vector<std::string>& texts) {
  const hsize_t count = texts.size();
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  write_attribute(object, name, Hdf5Handle(H5Screate_simple(1, &count, nullptr), H5Sclose),
                  pointers);
}

void write_weight(hid_t group, const KerasWeight& weight) {
  const std::vector<hsize_t> extents(weight.shape.begin(), weight.shape.end());
  const Hdf5Handle space(
      H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
  const Hdf5Handle folders(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  require(H5Pset_create_intermediate_group(folders.get(), 1) >= 0, "property of links");
  // No time stamps: equal weights give equal bytes.
  require(H5Pset_obj_track_times(creation.get(), false) >= 0, "property of weights");
  const Hdf5Handle dataset(H5Dcreate2(group, weight.name.c_str(), H5T_IEEE_F32LE, space.get(),
                                      folders.get(), creation.get(), H5P_DEFAULT),
                           H5Dclose);
  require(dataset.valid(), weight.name.c_str());
  require(H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   weight.data.data()) >= 0,
          weight.name.c_str());
}

void write_layer(hid_t file, const KerasLayer& layer) {
  const Hdf5Handle group(
      H5Gcreate2(file, layer.name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  require(group.valid(), layer.name.c_str());
  std::vector<std::string> names;
  for (const KerasWeight& weight : layer.weights) {
    names.push_back(weight.name);
    write_weight(group.get(), weight);
  }
  write_texts(group.get(), "weight_names", names);
}

std::string build_file(const std::vector<KerasLayer>& layers) {
  constexpr std::size_t kGrowth = 1U << 20;
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  require(H5Pset_fapl_core(access.get(), kGrowth, false) >= 0, "file in memory");
  const Hdf5Handle file(H5Fcreate("weights in memory", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
                        H5Fclose);
  require(file.valid(), "file in memory");
  std::vector<std::string> names;
  for (const KerasLayer& layer : layers) {
    names.push_back(layer.name);
    write_layer(file.get(), layer);
  }
  write_layer(file.get(), {"top_level_model_weights", {}});
  write_texts(file.get(), "layer_names", names);
  write_text(file.get(), "backend", kBackend);
  write_text(file.get(), "keras_version", kKerasVersion);
  require(H5Fflush(file.get(), H5F_SCOPE_GLOBAL) >= 0, "end of the file");
  const ssize_t size = H5Fget_file_image(file.get(), nullptr, 0);
  require(size > 0, "size of the file");
  std::string content(static_cast<std::size_t>(size), '\0');
  require(H5Fget_file_image(file.get(), content.data(), content.size()) == size, "its bytes");
  return content;
}

}  // namespace

void write_keras_h5(const std::filesystem::path& path, const std::vector<KerasLayer>& layers) {
  const Hdf5Silence silence;
  write_file(path, build_file(layers));
}

}  // namespace flexunet
