#include <nlohmann/json.hpp>
#include <numeric>
#include <opencv2/core/utility.hpp>
#include <stdexcept>

#include "dataset/sample_cache.h"

namespace flexunet {
namespace {

using nlohmann::json;

// Names of files are bytes of any kind, JSON is UTF-8: each byte stands as the character of its
// number, so that different names stay different.
std::string as_utf8(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

std::string as_bytes(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      bytes += text[i];
    } else if (++i < text.size()) {
      bytes += static_cast<char>(byte << 6 | (static_cast<unsigned char>(text[i]) & 0x3F));
    }
  }
  return bytes;
}

json describe(const std::filesystem::path& path, const std::optional<FileStamp>& stamp) {
  json file = {{"path", as_utf8(path.string())}};
  if (stamp) {
    file["stamp"] = {stamp->size, stamp->mtime, stamp->ctime, stamp->inode};
  }
  return file;
}

std::optional<FileStamp> parse_stamp(const json& file) {
  const auto found = file.find("stamp");
  if (found == file.end()) return std::nullopt;
  return FileStamp{found->at(0).get<std::uint64_t>(), found->at(1).get<std::int64_t>(),
                   found->at(2).get<std::int64_t>(), found->at(3).get<std::uint64_t>()};
}

std::filesystem::path parse_path(const json& file) {
  return as_bytes(file.at("path").get_ref<const std::string&>());
}

json describe(const CachedSample& sample) {
  return {{"stem", as_utf8(sample.pair.stem)},
          {"image", describe(sample.pair.image, sample.image_stamp)},
          {"mask", describe(sample.pair.mask, sample.mask_stamp)},
          {"checksum", sample.facts.checksum},
          {"mask_pixels", sample.facts.mask_pixels},
          {"off_palette_pixels", sample.facts.off_palette_pixels},
          {"stray_pixels", sample.facts.stray_pixels},
          {"shape_in_alpha", sample.facts.remarks.shape_in_alpha},
          {"has_other_channels", sample.facts.remarks.has_other_channels},
          {"is_damaged", sample.facts.remarks.is_damaged},
          {"mask_resized", sample.facts.mask_resized},
          {"class_pixels", sample.facts.class_pixels}};
}

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

CachedSample parse_sample(const json& entry, const CacheLayout& layout) {
  CachedSample sample;
  sample.pair = {as_bytes(entry.at("stem").get_ref<const std::string&>()),
                 parse_path(entry.at("image")), parse_path(entry.at("mask"))};
  sample.image_stamp = parse_stamp(entry.at("image"));
  sample.mask_stamp = parse_stamp(entry.at("mask"));
  SampleFacts& facts = sample.facts;
  facts.checksum = entry.at("checksum").get<std::uint32_t>();
  facts.mask_pixels = entry.at("mask_pixels").get<std::int64_t>();
  facts.off_palette_pixels = entry.at("off_palette_pixels").get<std::int64_t>();
  facts.stray_pixels = entry.at("stray_pixels").get<std::int64_t>();
  facts.remarks = {entry.at("shape_in_alpha").get<bool>(),
                   entry.at("has_other_channels").get<bool>(), entry.at("is_damaged").get<bool>()};
  facts.mask_resized = entry.at("mask_resized").get<bool>();
  facts.class_pixels = entry.at("class_pixels").get<std::vector<std::int64_t>>();
  require(facts.stray_pixels >= 0 && facts.stray_pixels <= facts.off_palette_pixels &&
              facts.off_palette_pixels <= facts.mask_pixels,
          "an impossible number of pixels");
  require(facts.class_pixels.size() == static_cast<std::size_t>(layout.classes),
          "another number of classes");
  const auto pixels = static_cast<std::int64_t>(layout.mask_bytes());
  for (const std::int64_t count : facts.class_pixels) {
    require(count >= 0 && count <= pixels, "an impossible number of pixels");
  }
  require(std::accumulate(facts.class_pixels.begin(), facts.class_pixels.end(), std::int64_t{0}) ==
              pixels,
          "pixels without a class");
  return sample;
}

}  // namespace

CacheLayout cache_layout(const DatasetRequest& request) {
  const NetworkOptions& network = *request.network;
  const DataOptions& data = *request.data;
  json map = json::array();
  for (const RgbMapEntry& entry : data.rgb_map) map.push_back({entry.color, entry.class_index});
  json options = {{"decoder", kDecoderVersion},
                  {"opencv", cv::getVersionString()},
                  {"size", {network.image_width, network.image_height}},
                  {"channels", network.image_channels},
                  {"classes", network.num_classes},
                  {"npy", data.image_format == ImageFileFormat::kNpy},
                  {"masks", data.mask_file_format},
                  {"rgb_map", map},
                  {"lenient", request.lenient}};
  if (const auto& range = data.intensity_range) options["range"] = {range->low, range->high};
  return {options.dump(),
          {network.image_width, network.image_height},
          network.image_channels,
          network.num_classes};
}

std::string cache_index(const CacheLayout& layout, const std::vector<CachedSample>& samples) {
  json listed = json::array();
  for (const CachedSample& sample : samples) listed.push_back(describe(sample));
  return json{{"options", layout.options}, {"samples", std::move(listed)}}.dump();
}

std::vector<CachedSample> parse_cache_index(std::string_view text, const CacheLayout& layout,
                                            std::uint64_t records) {
  const json index = json::parse(text);
  if (index.at("options").get_ref<const std::string&>() != layout.options) return {};
  const json& listed = index.at("samples");
  require(listed.is_array() && listed.size() == records, "another number of records");
  std::vector<CachedSample> samples;
  for (const json& entry : listed) samples.push_back(parse_sample(entry, layout));
  return samples;
}

}  // namespace flexunet
