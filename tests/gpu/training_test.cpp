// Training, evaluation, prediction and checkpoints on the GPU beside the same on the CPU.
#include "flexunet/training/trainer.h"

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/weights.h"
#include "flexunet/inference/evaluate.h"
#include "flexunet/inference/predict.h"
#include "flexunet/inference/tiled.h"
#include "flexunet/options/names.h"
#include "gpu/gpu.h"
#include "support/optimizer_step.h"
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
  explicit DeviceRun(torch::Device device, torch::ScalarType type = torch::kFloat32,
                     const NetworkOptions& shape = network(),
                     const TrainerOptions& settings = options())
      : model(shape, 5), trainer(placed(model, device, type), settings, device) {}
  static FlexUNet placed(FlexUNet model, torch::Device device, torch::ScalarType type) {
    model->to(device);
    model->set_compute_type(type);
    return model;
  }
  static TrainerOptions options() {
    TrainerOptions options;
    options.train.epochs = kEpochs;
    options.train.batch_size = 3;
    options.loader_workers = 1;
    options.optimizer.learning_rate = 0.005;
    options.train.on_divergence =
        DivergencePolicy::kRollback;  // takes a copy of everything after each epoch
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
    // Batches of two shapes, and enough of the first that its steps are recorded and replayed.
    trainer.fit(toy_dataset(20, kSize), toy_dataset(3, kSize), callbacks);
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

// LibTorch's kernel for all parameters, bent to Keras's formula, beside ours.
TEST_F(TrainingOnGpu, UpdatesWeightsAsTheCpu) {
  for (const OptimizerKind kind : {OptimizerKind::kAdam, OptimizerKind::kAdamW}) {
    OptimizerOptions options;
    options.optimizer = kind;
    options.learning_rate = 0.01;
    options.clipvalue = 0.02;
    options.weight_decay = 0.5;
    torch::manual_seed(4);
    std::vector<torch::Tensor> cpu{
        torch::randn({16, 8, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast),
        torch::randn({4, 16, 1, 1}), torch::randn({16})};
    std::vector<torch::Tensor> gpu;
    for (torch::Tensor& weight : cpu) {
      gpu.push_back(weight.to(kGpu).requires_grad_());
      weight.requires_grad_();
    }
    Adam on_cpu(cpu, options), on_gpu(gpu, options);
    for (int step = 0; step < 50; ++step) {
      for (std::size_t i = 0; i < cpu.size(); ++i) {
        // In PyTorch's order, whatever the weight's.
        const torch::Tensor gradient = torch::randn(cpu[i].sizes()) * 0.02;
        cpu[i].mutable_grad() = gradient.clone();
        gpu[i].mutable_grad() = gradient.to(kGpu);
      }
      on_cpu.step();
      on_gpu.step();
    }
    for (std::size_t i = 0; i < cpu.size(); ++i) {
      EXPECT_LT((cpu[i] - gpu[i].cpu()).abs().max().item<double>(), 1e-5) << name_of(kind);
      EXPECT_FALSE(gpu[i].grad().defined());
    }
  }
}

// A graph that is replayed draws new dropout for each step, and follows the learning rate.
TEST_F(TrainingOnGpu, RecordedStepsHaveTheBytesOfStepsThatAreNot) {
  set_up_device(kGpu, Determinism::kDeterministic);
  for (const OptimizerKind optimizer : {OptimizerKind::kAdam, OptimizerKind::kAdamW}) {
    const TemporaryFolder folder;
    TrainerOptions options = DeviceRun::options();
    options.optimizer.optimizer = optimizer;
    NetworkOptions shape = network();
    shape.dropout_rate = 0.2;
    for (const bool recorded : {false, true}) {
      options.record_steps = recorded;
      DeviceRun run(kGpu, torch::kBFloat16, shape, options);
      auto halve = std::make_unique<Recorder>();
      halve->react = [&](const EpochResult& result, TrainControl& control) {
        control.set_learning_rate(result.learning_rate / 2);
        run.trainer.save(folder.path() / (recorded ? "recorded" : "plain"), {});
      };
      Callbacks callbacks;
      callbacks.push_back(std::move(halve));
      run.trainer.fit(toy_dataset(20, kSize), toy_dataset(3, kSize), callbacks);
    }
    EXPECT_TRUE(read_file(folder.path() / "recorded") == read_file(folder.path() / "plain"))
        << name_of(optimizer);
  }
  set_up_device(kGpu);
}

// Its weights in the number format of the activations are kept from one prediction to the next.
TEST_F(TrainingOnGpu, PredictsWithTheWeightsOfTheLastStep) {
  FlexUNet model = DeviceRun::placed(FlexUNet(network(), 5), kGpu, torch::kBFloat16);
  const std::vector<cv::Mat> images{toy_samples(1, kSize).front().image};
  const torch::Tensor before = predict_probs(model, images, kGpu);
  EXPECT_TRUE(torch::equal(predict_probs(model, images, kGpu), before));
  Adam optimizer(model->parameters(), {});
  model->train();
  step_backward(optimizer, model(torch::full({2, 3, kSize, kSize}, 100, kGpu)).sum());
  EXPECT_FALSE(torch::equal(predict_probs(model, images, kGpu), before));
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
  EXPECT_TRUE(gpu.is_cuda());
  EXPECT_LT((cpu - gpu.cpu()).abs().max().item<double>(), 1e-4);
  const std::vector<cv::Mat> gpu_masks = predict_class_masks(model, images, kGpu);
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_LE(cv::countNonZero(cpu_masks[i] != gpu_masks[i]), kSize * kSize / 100);
  }
}

TEST_F(TrainingOnGpu, TilesAsTheCpu) {
  FlexUNet model(network(), 5);
  const cv::Mat image = toy_samples(1, 5 * kSize).front().image;
  TiledInferOptions tiles;
  tiles.split_size = 24;
  tiles.overlapping = 4;
  tiles.batch_size = 3;  // does not divide the windows of a row
  const cv::Mat cpu = predict_tiled(model, image, tiles, torch::kCPU);
  model->to(kGpu);
  const cv::Mat gpu = predict_tiled(model, image, tiles, kGpu);
  EXPECT_LE(cv::countNonZero(cpu != gpu), static_cast<int>(image.total() / 100));
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
