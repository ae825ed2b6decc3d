#include "keras/keras_h5_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "flexunet/base/deflate.h"
#include "flexunet/base/error.h"
#include "keras/hdf5_handle.h"

namespace flexunet {
namespace {

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path)
      : path_(path),
        file_size_(std::filesystem::file_size(path)),
        file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose) {
    if (!file_.valid()) {
      refuse_keras_h5(
          path, fmt::format("an HDF5 file of {} bytes that is truncated or damaged: HDF5 cannot "
                            "open it",
                            file_size_));
    }
  }

  KerasModel read() {
    KerasModel model;
    if (const auto text = read_texts(file_.get(), "model_config"); text && text->size() == 1) {
      model.architecture = text->front();
    }
    const char* root =
        H5Lexists(file_.get(), "model_weights", H5P_DEFAULT) > 0 ? "model_weights" : "/";
    const Hdf5Handle weights = open_group(file_.get(), root);
    const auto names = read_texts(weights.get(), "layer_names");
    if (!names) {
      refuse_keras_h5(path_,
                      "an HDF5 file without the attribute layer_names, in which Keras 2 lists a "
                      "model's layers (the .weights.h5 files of Keras 3 have none)");
    }
    for (const std::string& name : *names) model.layers.push_back(read_layer(weights.get(), name));
    return model;
  }

 private:
  [[noreturn]] void damaged(const std::string& where) const {
    refuse_keras_h5(path_, fmt::format("an HDF5 file that is damaged: {}", where));
  }

  Hdf5Handle open_group(hid_t parent, const std::string& name) const {
    Hdf5Handle group(H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose);
    if (!group.valid()) damaged(fmt::format("group {} cannot be opened", name));
    return group;
  }

  KerasLayer read_layer(hid_t parent, const std::string& name) {
    const Hdf5Handle group = open_group(parent, name);
    KerasLayer layer{name, {}};
    const auto weights = read_texts(group.get(), "weight_names");
    if (!weights) damaged(fmt::format("layer {} has no attribute weight_names", name));
    for (const std::string& weight : *weights) {
      layer.weights.push_back(read_weight(group.get(), weight));
    }
    return layer;
  }

  bool has_attribute(hid_t object, const std::string& name) const {
    const htri_t found = H5Aexists(object, name.c_str());
    if (found < 0) damaged(fmt::format("attribute {} cannot be looked up", name));
    return found > 0;
  }

  // Keras splits a list that is too long for one attribute: layer_names0, layer_names1, ...
  std::optional<std::vector<std::string>> read_texts(hid_t object, const std::string& name) const {
    if (has_attribute(object, name)) return read_attribute(object, name);
    std::optional<std::vector<std::string>> all;
    for (int part = 0; has_attribute(object, name + std::to_string(part)); ++part) {
      if (!all) all.emplace();
      for (std::string& text : read_attribute(object, name + std::to_string(part))) {
        all->push_back(std::move(text));
      }
    }
    return all;
  }

  std::vector<std::string> read_attribute(hid_t object, const std::string& name) const {
    const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
    if (!attribute.valid()) damaged(fmt::format("attribute {} cannot be opened", name));
    const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
    const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const hssize_t points = space.valid() ? H5Sget_simple_extent_npoints(space.get()) : -1;
    if (points < 0 || !type.valid()) damaged(fmt::format("attribute {} cannot be read", name));
    // h5py writes an empty list as one of numbers.
    if (points == 0) return {};
    const auto count = static_cast<std::size_t>(points);
    const std::size_t size = H5Tget_size(type.get());
    if (H5Tget_class(type.get()) != H5T_STRING || size == 0) {
      damaged(fmt::format("attribute {} holds no text", name));
    }
    if (count > file_size_ / size) {
      damaged(fmt::format("attribute {} asks for more than the file holds", name));
    }
    return H5Tis_variable_str(type.get()) > 0
               ? read_variable(attribute.get(), type.get(), space.get(), count)
               : read_fixed(attribute.get(), type.get(), count);
  }

  std::vector<std::string> read_variable(hid_t attribute, hid_t type, hid_t space,
                                         std::size_t count) const {
    const Hdf5Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.get(), H5T_VARIABLE);
    // HDF5 converts between no character sets.
    H5Tset_cset(memory.get(), H5Tget_cset(type));
    std::vector<char*> pointers(count, nullptr);
    if (H5Aread(attribute, memory.get(), pointers.data()) < 0) {
      damaged("a list of names cannot be read");
    }
    std::vector<std::string> texts;
    texts.reserve(count);
    for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(memory.get(), space, H5P_DEFAULT, pointers.data());
    return texts;
  }

  std::vector<std::string> read_fixed(hid_t attribute, hid_t type, std::size_t count) const {
    const std::size_t size = H5Tget_size(type);
    std::string bytes(count * size, '\0');
    if (H5Aread(attribute, type, bytes.data()) < 0) damaged("a list of names cannot be read");
    const char padding = H5Tget_strpad(type) == H5T_STR_SPACEPAD ? ' ' : '\0';
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
      std::string text = bytes.substr(i * size, size);
      text.resize(std::min(text.find('\0'), text.size()));
      text.resize(text.find_last_not_of(padding) + 1);
      texts.push_back(std::move(text));
    }
    return texts;
  }

  KerasWeight read_weight(hid_t layer, const std::string& name) {
    const Hdf5Handle dataset(H5Dopen2(layer, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.valid()) damaged(fmt::format("weight {} is listed but not there", name));
    const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
    if (!type.valid() || H5Tget_class(type.get()) != H5T_FLOAT || H5Tget_size(type.get()) != 4) {
      refuse_keras_h5(path_, fmt::format("weight {} is not stored as float32", name));
    }
    KerasWeight weight{name, shape_of(dataset.get(), name), {}};
    weight.data.resize(checked_size(dataset.get(), weight));
    if (H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                weight.data.data()) < 0) {
      damaged(fmt::format("the values of weight {} cannot be read", name));
    }
    return weight;
  }

  std::vector<std::int64_t> shape_of(hid_t dataset, const std::string& name) const {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    std::array<hsize_t, H5S_MAX_RANK> extents{};
    const int rank =
        space.valid() ? H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr) : -1;
    if (rank < 0) damaged(fmt::format("weight {} has no shape", name));
    std::vector<std::int64_t> shape;
    shape.reserve(static_cast<std::size_t>(rank));
    for (int i = 0; i < rank; ++i) {
      shape.push_back(static_cast<std::int64_t>(extents.at(static_cast<std::size_t>(i))));
    }
    return shape;
  }

  // The number of values, once it is certain that the file itself holds them.
  std::size_t checked_size(hid_t dataset, const KerasWeight& weight) {
    const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    if (!creation.valid() || H5Pget_layout(creation.get()) == H5D_VIRTUAL ||
        H5Pget_external_count(creation.get()) != 0) {
      refuse_keras_h5(path_, fmt::format("weight {} lies in another file", weight.name));
    }
    const std::uint64_t stored = H5Dget_storage_size(dataset);
    const bool fits = stored <= file_size_ - stored_bytes_;
    std::uint64_t room = fits ? stored * kBestDeflateRatio / sizeof(float) : 0;
    std::uint64_t count = 1;
    for (const std::int64_t extent : weight.shape) {
      const auto factor = static_cast<std::uint64_t>(extent);
      room = factor == 0 ? 0 : room / factor;
      count *= factor;
    }
    if (room == 0) {
      damaged(fmt::format("weight {} asks for more than the file holds", weight.name));
    }
    stored_bytes_ += stored;
    return count;
  }

  const std::filesystem::path& path_;
  std::uint64_t file_size_;
  std::uint64_t stored_bytes_ = 0;
  Hdf5Handle file_;
};

}  // namespace

void refuse_keras_h5(const std::filesystem::path& path, const std::string& found) {
  throw CheckpointError(
      fmt::format("{}: {}. Supported are HDF5 files as Keras 2 writes them (model.save or "
                  "save_weights to a name ending in .h5) and FlexUNet's own .safetensors",
                  path.string(), found));
}

KerasModel parse_keras_h5(const std::filesystem::path& path) {
  const Hdf5Silence silence;
  try {
    return Reader(path).read();
  } catch (const std::bad_alloc&) {
    refuse_keras_h5(path, "an HDF5 file that is damaged: it asks for more memory than there is");
  }
}

}  // namespace flexunet
