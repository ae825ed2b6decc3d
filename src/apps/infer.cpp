#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <opencv2/core/mat.hpp>
#include <utility>
#include <vector>

#include "apps/output_folders.h"
#include "apps/precision.h"
#include "apps/session.h"
#include "apps/version.h"
#include "flexunet/base/background_task.h"
#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/base/side_files.h"
#include "flexunet/base/text.h"
#include "flexunet/base/threads.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "flexunet/dataset/decoder.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/overlay.h"
#include "flexunet/imaging/resize.h"
#include "flexunet/imaging/rgb_map.h"
#include "flexunet/inference/predict.h"
#include "flexunet/inference/tiled.h"
#include "flexunet/report/memory_estimate.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOverlay = "_overlay";  // of the file that shows mask over image
constexpr const char* kSmooth = "smooth";
constexpr const char* kHard = "hard";

/// What flexunet-infer alone understands.
struct InferArguments {
  std::string images;
  std::string output;
  bool overlay = false;
  bool tiled = false;
  std::string tile_blend;  ///< kSmooth or kHard; empty: as the config says
};

struct Folders {
  fs::path images;
  fs::path output;
};

Folders choose_folders(const Options& options, const InferArguments& arguments) {
  const char* section = arguments.tiled ? "tiledinfer" : "infer";
  const auto& images = arguments.tiled ? options.tiled_infer.images_dir : options.infer.images_dir;
  const auto& output = arguments.tiled ? options.tiled_infer.output_dir : options.infer.output_dir;
  Findings findings;
  if (arguments.images.empty() && !images) {
    findings.add(fmt::format("no images: give --images or [{}] images_dir", section));
  }
  if (arguments.output.empty() && !output) {
    findings.add(fmt::format("no output folder: give --output or [{}] output_dir", section));
  }
  findings.throw_if_any<ConfigError>();
  return {arguments.images.empty() ? *images : fs::absolute(arguments.images),
          arguments.output.empty() ? *output : fs::absolute(arguments.output)};
}

void require_distinct_outputs(const std::vector<ImageSource>& images, bool overlay) {
  std::map<std::string, fs::path> seen;
  Findings findings;
  const auto add = [&](const std::string& name, const fs::path& file) {
    const auto [first, fresh] = seen.emplace(name, file);
    if (fresh) return;
    findings.add(
        fmt::format("{} and {} would both become {}.png: infer them into different folders",
                    first->second.string(), file.string(), name));
  };
  for (const ImageSource& image : images) {
    add(image.stem(), image.file);
    if (overlay) add(image.stem() + kOverlay, image.file);
  }
  findings.throw_if_any<DataError>();
}

// What [tiledinfer] says, unless the command line says otherwise.
TiledInferOptions choose_tiles(const Options& options, const InferArguments& arguments) {
  TiledInferOptions tiles = options.tiled_infer;
  if (!arguments.tile_blend.empty()) tiles.blending = arguments.tile_blend == kSmooth;
  return tiles;
}

// A batch of images on its way: read ahead of the network, written behind it.
struct ImageBatch {
  std::vector<ImageSource> sources;  // those that could be read
  std::vector<PictureRemarks> remarks;
  std::vector<cv::Mat> images;  // at their own sizes
  std::vector<cv::Mat> sized;   // at the network's; none where images are tiled
  std::vector<cv::Mat> masks;
  Findings unreadable;
};

class Inferencer {
 public:
  Inferencer(const Session& session, const InferArguments& arguments, fs::path output)
      : session_(session),
        arguments_(arguments),
        output_(std::move(output)),
        tiles_(choose_tiles(session.options, arguments)),
        model_size_(session.options.network.image_width, session.options.network.image_height),
        rgb_map_(session.options.data.rgb_map),
        model_(load_best_model(session, images_at_once()).network) {}

  /// Predicts all images and writes their masks, one batch after the other, while the next one is
  /// read and the one before is written; unreadable files become findings.
  void infer(const std::vector<ImageSource>& images, Findings& findings) {
    const auto batch_size =
        static_cast<std::size_t>(arguments_.tiled ? 1 : session_.options.eval_batch_size);
    OrderedPipeline<ImageBatch> batches(
        (images.size() + batch_size - 1) / batch_size, look_ahead(), [&](std::size_t index) {
          const std::size_t first = index * batch_size;
          const std::size_t last = std::min(images.size(), first + batch_size);
          return read({images.begin() + static_cast<std::ptrdiff_t>(first),
                       images.begin() + static_cast<std::ptrdiff_t>(last)});
        });
    ImageBatch written;
    BackgroundTask writer;  // after what it reads: its end waits for the thread
    while (!batches.done()) {
      ImageBatch batch = batches.next();
      for (const std::string& problem : batch.unreadable.problems()) findings.add(problem);
      predict(batch);
      writer.wait();
      say_written(written);
      written = std::move(batch);
      writer.start([&] { write(written); });
      if (!is_frugal()) continue;
      writer.wait();
      say_written(std::exchange(written, {}));
    }
    writer.wait();
    say_written(written);
  }

  std::size_t written() const { return written_; }

 private:
  // Large images on a CPU: in memory one at a time, and reading takes a small part of the time.
  bool is_frugal() const { return arguments_.tiled && session_.device.is_cpu(); }

  // What the network predicts in one pass: images, or windows of them.
  int images_at_once() const {
    if (!arguments_.tiled) return session_.options.eval_batch_size;
    return session_.device.is_cpu() ? 1 : tiles_.batch_size;
  }

  LookAhead look_ahead() const {
    const int workers = loader_workers(session_.threads, session_.device.is_cuda());
    return {is_frugal() ? 0 : workers, static_cast<std::size_t>(workers) + 1};
  }

  ImageBatch read(const std::vector<ImageSource>& sources) const {
    ImageBatch batch;
    for (const ImageSource& source : sources) {
      try {
        NetworkImage image = read_image(source, session_.options.network, session_.options.data);
        batch.images.push_back(std::move(image.pixels));
        batch.remarks.push_back(image.remarks);
        batch.sources.push_back(source);
      } catch (const DataError& error) {
        batch.unreadable.add(error.what());
      }
    }
    if (arguments_.tiled) return batch;
    for (const cv::Mat& image : batch.images) {
      batch.sized.push_back(resize_image(image, model_size_));
    }
    return batch;
  }

  void predict(ImageBatch& batch) {
    if (batch.images.empty()) return;
    if (!arguments_.tiled) {
      batch.masks = predict_sized_masks(model_, batch.sized, session_.device);
      return;
    }
    for (const cv::Mat& image : batch.images) {
      batch.masks.push_back(predict_tiled(model_, image, tiles_, session_.device));
    }
  }

  void write(const ImageBatch& batch) const {
    for (std::size_t i = 0; i < batch.images.size(); ++i) {
      write(batch.sources[i].stem(), batch.images[i],
            resize_mask(batch.masks[i], batch.images[i].size()));
    }
  }

  void say_written(const ImageBatch& batch) {
    for (std::size_t i = 0; i < batch.sources.size(); ++i) {
      ++written_;
      if (batch.remarks[i].is_damaged) {
        warn(batch.sources[i].file.string() + ": a damaged JPEG, read as far as it goes");
      }
      if (batch.remarks[i].has_other_channels) {
        warn(batch.sources[i].file.string() +
             ": channels beyond red, green, blue and alpha are left out");
      }
      say_more(mask_path(batch.sources[i].stem()).string());
    }
  }

  fs::path mask_path(const std::string& stem) const { return output_ / (stem + ".png"); }

  void write(const std::string& stem, const cv::Mat& image, const cv::Mat& mask) const {
    const InferOptions& infer = session_.options.infer;
    write_palette_png(mask_path(stem), mask, rgb_map_);
    if (infer.npy_slices_dir || arguments_.overlay) {
      cv::Mat picture = shown_picture(image, infer.shown_channel);
      if (infer.npy_slices_dir) write_png(*infer.npy_slices_dir / (stem + ".png"), picture);
      if (arguments_.overlay) {
        overlay_classes(picture, mask, rgb_map_);
        write_png(output_ / (stem + kOverlay + ".png"), picture);
      }
    }
  }

  const Session& session_;
  const InferArguments& arguments_;
  fs::path output_;
  TiledInferOptions tiles_;
  cv::Size model_size_;
  RgbMap rgb_map_;
  FlexUNet model_;
  std::size_t written_ = 0;
};

void infer_images(const Arguments& arguments, const InferArguments& infer_arguments) {
  const Session session =
      open_session(arguments, infer_arguments.tiled ? Task::kTiledInfer : Task::kInfer);
  const Options& options = session.options;
  const Folders folders = choose_folders(options, infer_arguments);
  describe_network(options.network);
  const ImageListing listing = find_images(folders.images, options.data);
  if (!listing.passed_over.empty()) warn(side_files_text(folders.images, listing.passed_over));
  const std::vector<ImageSource>& images = listing.images;
  require_distinct_outputs(images, infer_arguments.overlay);
  std::vector<fs::path> files;
  for (const ImageSource& image : images) files.push_back(image.file);
  require_own_output_folder(folders.output, options, files);
  require_own_slices_folder(options, files, folders.output);
  Inferencer inferencer(session, infer_arguments, folders.output);
  say(fmt::format("{} images from {}", images.size(), folders.images.string()));
  if (arguments.dry_run) {
    say(fmt::format("batches of {}, estimated memory of a prediction step {}",
                    options.eval_batch_size,
                    readable_bytes(estimated_inference_bytes(
                        options.network, options.eval_batch_size, number_bytes(session)))));
    say(fmt::format("dry run: {} masks would go to {}", images.size(), folders.output.string()));
    if (const auto& slices = options.infer.npy_slices_dir) {
      say(fmt::format("dry run: {} slices would go to {}", images.size(), slices->string()));
    }
    return;
  }
  Findings findings;
  inferencer.infer(images, findings);
  say(fmt::format("{} masks written to {}", inferencer.written(), folders.output.string()));
  findings.throw_if_any<DataError>();
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  InferArguments infer_arguments;
  return run_program(
      {"flexunet-infer", "Predicts the masks of images with the best model of a project.",
       "flexunet-infer projects/FlexUNet/Phantom/train_eval_infer.config --images scans "
       "--output masks --overlay",
       version_text},
      argc, argv,
      [&](CLI::App& app, Arguments& arguments) {
        add_run_options(app, arguments);
        app.add_option("--images", infer_arguments.images,
                       "Folder, file or wildcard instead of [infer] images_dir");
        app.add_option("--output", infer_arguments.output, "Folder instead of [infer] output_dir");
        app.add_flag("--overlay", infer_arguments.overlay,
                     "Also write {stem}_overlay.png, the mask blended over the image");
        app.add_flag("--tiled", infer_arguments.tiled,
                     "Predict large images in windows, as [tiledinfer] says");
        app.add_option("--tile-blend", infer_arguments.tile_blend,
                       "How windows meet, instead of [tiledinfer] blending: smooth averages where "
                       "they overlap, hard pastes them edge to edge")
            ->check(CLI::IsMember({kSmooth, kHard}))
            ->needs("--tiled");
      },
      [&](const Arguments& arguments) { infer_images(arguments, infer_arguments); });
}
