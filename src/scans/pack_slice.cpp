#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include "scans/dicom_description.h"

namespace flexunet {
namespace {

class Packer {
 public:
  // The same members in the same order whether they are written or read.
  std::string bytes;

  template <typename Number, std::enable_if_t<std::is_trivially_copyable_v<Number>, int> = 0>
  void pass(Number& number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void pass(std::string& text) {
    auto size = static_cast<std::uint64_t>(text.size());
    pass(size);
    bytes += text;
  }
  template <typename Item, typename PassItem>
  void pass_all(std::vector<Item>& items, PassItem pass_item) {
    auto size = static_cast<std::uint64_t>(items.size());
    pass(size);
    for (Item& item : items) pass_item(item);
  }
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  bool is_done() const { return rest_.empty(); }

  template <typename Number, std::enable_if_t<std::is_trivially_copyable_v<Number>, int> = 0>
  void pass(Number& number) {
    std::memcpy(&number, take(sizeof number).data(), sizeof number);
  }
  void pass(std::string& text) {
    std::uint64_t size = 0;
    pass(size);
    text = take(size);
  }
  template <typename Item, typename PassItem>
  void pass_all(std::vector<Item>& items, PassItem pass_item) {
    std::uint64_t size = 0;
    pass(size);
    for (std::uint64_t i = 0; i < size; ++i) pass_item(items.emplace_back());
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (rest_.size() < size) throw std::runtime_error("an answer that is cut off");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

template <typename Way, typename Value, typename PassValue>
void pass_optional(Way& way, std::optional<Value>& value, PassValue pass_value) {
  bool is_there = value.has_value();
  way.pass(is_there);
  if (!is_there) return;
  if (!value) value.emplace();
  pass_value(*value);
}

template <typename Way>
void pass_plane(Way& way, PatientPlane& plane) {
  const auto pass_vector = [&](cv::Vec3d& vector) {
    for (double& number : vector.val) way.pass(number);
  };
  pass_optional(way, plane.position, pass_vector);
  pass_optional(way, plane.directions, [&](auto& directions) {
    for (cv::Vec3d& direction : directions) pass_vector(direction);
  });
  way.pass(plane.spacing);
}

template <typename Way>
void pass_slice(Way& way, ScanSlice& slice, DicomFacts& facts) {
  way.pass(slice.size.width);
  way.pass(slice.size.height);
  way.pass(slice.count);
  way.pass(slice.patient);
  way.pass(slice.series);
  way.pass(facts.instance);
  way.pass(facts.frame_of_reference);
  way.pass(facts.number);
  way.pass_all(facts.frames, [&](DicomFrameFacts& frame) {
    pass_plane(way, frame.plane);
    way.pass(frame.window);
  });
  way.pass(facts.is_segmentation);
  way.pass_all(facts.segments, [&](SegmentFrame& segment) {
    way.pass(segment.label);
    way.pass_all(segment.sources, [&](DicomSource& source) {
      way.pass(source.instance);
      way.pass(source.frame);
    });
  });
  way.pass(facts.segmented_series);
}

}  // namespace

std::string pack_slice(const ScanSlice& slice) {
  Packer packer;
  ScanSlice copy = slice;
  DicomFacts facts = *slice.dicom;
  pass_slice(packer, copy, facts);
  return packer.bytes;
}

ScanSlice unpack_slice(std::string_view bytes) {
  Unpacker unpacker(bytes);
  ScanSlice slice;
  auto facts = std::make_shared<DicomFacts>();
  pass_slice(unpacker, slice, *facts);
  if (!unpacker.is_done()) throw std::runtime_error("an answer that goes on");
  slice.dicom = std::move(facts);
  return slice;
}

}  // namespace flexunet
