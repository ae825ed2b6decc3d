// Training, evaluation, prediction and checkpoints on the GPU beside the same on the CPU.
#include "flexunet/training/trainer.h"

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/weights.h"
#include "flexunet/inference/evaluate.h"
#include "flexunet/inference/predict.h"
#include "gpu/gpu.h"
#include "support/temporary_folder.h"
#include "support/toy_dataset.h"
#include "unit/training/recorder.h"

namespace flexunet {
namespace {

constexpr int kSize = 32;
constexpr int kEpochs = 4;

using TrainingOnGpu = OnGpu;

// Without dropout, which is drawn differently on each device.
NetworkOptions network() {
  NetworkOptions network = toy_network(kSize);
  network.dropout_rate = 0;
  network.normalization = NormalizationKind::kBatch;
  return network;
}

// A trainer on a device, and what its epochs told.
struct DeviceRun {
  explicit DeviceRun(torch::Device device, torch::ScalarType type = torch::kFloat32)
      : model(network(), 5), trainer(placed(model, device, type), options(), device) {}
  static FlexUNet placed(FlexUNet model, torch::Device device, torch::ScalarType type) {
    model->to(device);
    model->set_compute_type(type);
    return model;
  }
  static TrainerOptions options() {
    TrainerOptions options;
    options.epochs = kEpochs;
    options.batch_size = 4;
    options.loader_workers = 1;
    options.optimizer.learning_rate = 0.005;
    options.roll_back = true;  // takes a copy of everything after each epoch
    return options;
  }
  // Saves every epoch in `folder`.
  std::vector<EpochResult> fit(const std::filesystem::path& folder) {
    auto recorder = std::make_unique<Recorder>();
    recorder->react = [this, folder](const EpochResult& result, TrainControl&) {
      trainer.save(folder / std::to_string(result.epoch), {});
    };
    const Recorder& record = *recorder;
    Callbacks callbacks;
    callbacks.push_back(std::move(recorder));
    trainer.fit(toy_dataset(10, kSize), toy_dataset(3, kSize), callbacks);
    return record.epochs;
  }

  FlexUNet model;
  Trainer trainer;
};

void expect_same_epochs(const std::vector<EpochResult>& a, const std::vector<EpochResult>& b,
                        double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(a[i].loss, b[i].loss, tolerance) << "epoch " << i;
    EXPECT_NEAR(a[i].val_loss, b[i].val_loss, tolerance) << "epoch " << i;
    EXPECT_NEAR(a[i].metric, b[i].metric, tolerance) << "epoch " << i;
  }
}

TEST_F(TrainingOnGpu, HasTheLossesOfTheCpu) {
  const TemporaryFolder folder;
  const std::vector<EpochResult> cpu = DeviceRun(torch::kCPU).fit(folder.path() / "cpu");
  const std::vector<EpochResult> gpu = DeviceRun(kGpu).fit(folder.path() / "gpu");
  EXPECT_LT(cpu.back().loss, 0.8 * cpu.front().loss);
  expect_same_epochs(cpu, gpu, 0.01);
}

TEST_F(TrainingOnGpu, LearnsInBfloat16) {
  const TemporaryFolder folder;
  const std::vector<EpochResult> epochs = DeviceRun(kGpu, torch::kBFloat16).fit(folder.path());
  EXPECT_LT(epochs.back().loss, 0.8 * epochs.front().loss);
}

TEST_F(TrainingOnGpu, ResumesFromItsCheckpointOnEitherDevice) {
  const TemporaryFolder folder;
  const std::vector<EpochResult> whole = DeviceRun(kGpu).fit(folder.path());
  const std::vector<EpochResult> rest(whole.begin() + 2, whole.end());
  for (const torch::Device device : {kGpu, torch::Device(torch::kCPU)}) {
    DeviceRun resumed(device);
    resumed.trainer.resume(SafetensorsFile::read(folder.path() / "1"));
    expect_same_epochs(resumed.fit(folder.path() / device.str()), rest, 0.01);
  }
}

TEST_F(TrainingOnGpu, EvaluatesAsTheCpu) {
  FlexUNet model(network(), 5);
  const Dataset dataset = toy_dataset(7, kSize);
  const Evaluation cpu = evaluate(model, dataset, {3}, {});
  model->to(kGpu);
  const Evaluation gpu = evaluate(model, dataset, {3, 1, kGpu}, {});
  EXPECT_NEAR(cpu.loss, gpu.loss, 1e-4);
  EXPECT_NEAR(cpu.metric, gpu.metric, 1e-4);
  // A pixel between two classes may fall to either.
  EXPECT_NEAR(cpu.scores.class_dice[1].value(), gpu.scores.class_dice[1].value(), 0.01);
  ASSERT_EQ(gpu.image_foreground_dice.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(cpu.image_foreground_dice[i].value(), gpu.image_foreground_dice[i].value(), 0.02);
  }
}

TEST_F(TrainingOnGpu, PredictsAsTheCpu) {
  FlexUNet model(network(), 5);
  std::vector<cv::Mat> images;
  for (const Sample& sample : toy_samples(3, kSize)) images.push_back(sample.image);
  const torch::Tensor cpu = predict_probs(model, images, torch::kCPU);
  const std::vector<cv::Mat> cpu_masks = predict_class_masks(model, images, torch::kCPU);
  model->to(kGpu);
  const torch::Tensor gpu = predict_probs(model, images, kGpu);
  EXPECT_TRUE(gpu.is_cpu());
  EXPECT_LT((cpu - gpu).abs().max().item<double>(), 1e-4);
  const std::vector<cv::Mat> gpu_masks = predict_class_masks(model, images, kGpu);
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_LE(cv::countNonZero(cpu_masks[i] != gpu_masks[i]), kSize * kSize / 100);
  }
}

TEST_F(TrainingOnGpu, SavesWhatTheCpuReads) {
  const TemporaryFolder folder;
  FlexUNet saved(network(), 5);
  const auto expected = saved->named_parameters();
  FlexUNet loaded(network(), std::nullopt);
  save_weights(folder.path() / "cpu", saved, {});
  loaded->to(kGpu);
  load_weights(folder.path() / "cpu", loaded);
  for (const auto& item : loaded->named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value().cpu(), expected[item.key()])) << item.key();
  }
  save_weights(folder.path() / "gpu", loaded, {});
  EXPECT_TRUE(read_file(folder.path() / "gpu") == read_file(folder.path() / "cpu"));
}

}  // namespace
}  // namespace flexunet
