#include "flexunet/model/precision.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <vector>

#include "flexunet/model/cuda_graph.h"
#include "flexunet/model/device.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/options/network_layers.h"

namespace flexunet {
namespace {

// The blocks of one level for a batch: its share of the network, or a smaller likeness of that with
// fewer images, pixels or filters.
struct LevelWork {
  NetworkOptions network;
  int level = 0;
  int images = 1;

  LevelShape shape() const { return level_shape(network, level); }
  bool is_bridge() const { return level == network.num_layers - 1; }
  std::int64_t inputs() const {
    return level == 0 ? network.image_channels : level_shape(network, level - 1).filters;
  }
};

// Multiplications and additions of one pass forward, where each weight counts as some more: it has
// to be read, cast and given a gradient, however few pixels there are.
struct Cost {
  double pixels = 0;
  double weights = 0;
  double sum() const { return pixels + weights; }
};

Cost cost_of(const LevelWork& work, double weights_in_a_pixel) {
  constexpr double kOperationsPerWeight = 64;
  const LevelShape shape = work.shape();
  const double pixels = 1.0 * work.images * shape.width * shape.height;
  return {2 * pixels * weights_in_a_pixel, kOperationsPerWeight * weights_in_a_pixel};
}

double filters_squared(const LevelWork& work) {
  return 1.0 * work.shape().filters * work.shape().filters;
}

double kernel_area(const LevelWork& work) {
  return 1.0 * work.shape().kernel * work.shape().kernel;
}

double encoder_weights(const LevelWork& work) {
  return kernel_area(work) *
         (1.0 * static_cast<double>(work.inputs()) * work.shape().filters + filters_squared(work));
}

// Three kernels an input and output channel, and the transposed convolution.
double decoder_weights(const LevelWork& work) {
  return (3 * kernel_area(work) + 2) * filters_squared(work);
}

// The block that is timed stands for both of its level: they differ in their numbers of channels.
Cost timed_cost(const LevelWork& work) {
  return cost_of(work, work.is_bridge() ? encoder_weights(work) : decoder_weights(work));
}

double whole_cost(const LevelWork& work) {
  const double decoder = work.is_bridge() ? 0 : decoder_weights(work);
  return cost_of(work, encoder_weights(work) + decoder).sum();
}

bool halve_pixels(LevelWork& work) {
  constexpr int kShortestSide = 8;
  if (work.images > 1) {
    work.images = (work.images + 1) / 2;
    return true;
  }
  const LevelShape shape = work.shape();
  if (std::max(shape.height, shape.width) / 2 < kShortestSide) return false;
  int& longer = shape.height > shape.width ? work.network.image_height : work.network.image_width;
  longer /= 2;
  return true;
}

bool halve_filters(LevelWork& work) {
  constexpr int kFewestFilters = 32;
  if (work.shape().filters / 2 < kFewestFilters || work.network.base_filters % 2 != 0) return false;
  work.network.base_filters /= 2;
  return true;
}

// At most so dear, if it can be made so small. What a level spends its time on stays the same:
// pixels at the top, where there are many, weights at the bottom.
LevelWork reduce(LevelWork work, double most_cost) {
  while (timed_cost(work).sum() > most_cost) {
    const bool has_many_weights = timed_cost(work).weights > timed_cost(work).pixels;
    if (has_many_weights && halve_filters(work)) continue;
    if (halve_pixels(work) || halve_filters(work)) continue;
    break;
  }
  return work;
}

// Neither drawn, which would disturb a seed, nor all the same, which some processors are quicker
// at.
torch::Tensor some_numbers(torch::IntArrayRef sizes, torch::Device device) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return torch::linspace(-0.1, 0.1, count, torch::TensorOptions(device)).view(sizes);
}

// Leaves the generator that dropout draws from as it was.
class KeptDraws {
 public:
  explicit KeptDraws(torch::Device device)
      : generator_(at::globalContext().defaultGenerator(device)), state_(generator_.get_state()) {}
  ~KeptDraws() { generator_.set_state(state_); }
  KeptDraws(const KeptDraws&) = delete;
  KeptDraws& operator=(const KeptDraws&) = delete;

 private:
  at::Generator generator_;
  torch::Tensor state_;
};

// Where and in what a block is timed.
struct Timing {
  Pass pass;
  torch::Device device;
  const Clock& clock;
};

// Runs the block of a level forward and, in training, backward. One for each number format, since a
// prediction keeps its weights in it.
class TimedBlock {
 public:
  TimedBlock(const LevelWork& work, const Timing& timing, torch::ScalarType type)
      : timing_(timing), type_(type) {
    const LevelShape shape = work.shape();
    if (work.is_bridge()) {
      bridge_ = ConvBlock(work.network, work.level, work.inputs());
      module_ = bridge_.ptr();
      inputs_ = {image(work.images, work.inputs(), shape.height, shape.width)};
    } else {
      decoder_ = DecoderLevel(work.network, work.level);
      module_ = decoder_.ptr();
      const LevelShape below = level_shape(work.network, work.level + 1);
      inputs_ = {image(work.images, below.filters, below.height, below.width),
                 image(work.images, shape.filters, 2 * below.height, 2 * below.width)};
    }
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : module_->parameters()) {
      parameter.copy_(some_numbers(parameter.sizes(), torch::kCPU));
    }
    module_->to(timing.device);
    module_->train(trains());
  }

  double seconds() {
    finish();
    const double start = timing_.clock();
    graph_.is_recorded() ? graph_.replay() : run();
    finish();
    const double passed = timing_.clock() - start;
    drop_gradients();
    return passed;
  }

  // As training does on a GPU, where starting kernels one by one may take longer than they do.
  void record() {
    if (!trains() || !timing_.device.is_cuda() || !CudaGraph::is_available()) return;
    graph_.record([this] { run(); });
    drop_gradients();
  }

 private:
  bool trains() const { return timing_.pass == Pass::kTraining; }

  torch::Tensor image(std::int64_t images, std::int64_t channels, int height, int width) const {
    return some_numbers({images, channels, height, width}, timing_.device)
        .to(type_, false, true, torch::MemoryFormat::ChannelsLast)
        .requires_grad_(trains());
  }

  torch::Tensor forward() {
    return bridge_ ? bridge_(inputs_[0]) : decoder_(inputs_[0], inputs_[1]);
  }

  void run() {
    if (!trains()) {
      const torch::NoGradGuard no_grad;
      forward();
      return;
    }
    const torch::Tensor result = forward();
    result.backward(torch::ones_like(result));
  }

  void drop_gradients() {
    for (torch::Tensor& parameter : module_->parameters()) parameter.mutable_grad().reset();
    for (torch::Tensor& input : inputs_) input.mutable_grad().reset();
  }

  void finish() const {
    if (timing_.device.is_cuda()) torch::cuda::synchronize(timing_.device.index());
  }

  Timing timing_;
  torch::ScalarType type_;
  ConvBlock bridge_{nullptr};
  DecoderLevel decoder_{nullptr};
  std::shared_ptr<torch::nn::Module> module_;
  std::vector<torch::Tensor> inputs_;
  CudaGraph graph_;
};

// By turns, so that a processor that changes its speed does so for both; the least, because
// whatever disturbs makes a pass slower.
PrecisionSeconds time_block(const LevelWork& work, const Timing& timing) {
  constexpr int kRepetitions = 2;
  TimedBlock float32(work, timing, torch::kFloat32);
  TimedBlock bfloat16(work, timing, torch::kBFloat16);
  float32.seconds();
  bfloat16.seconds();
  float32.record();
  bfloat16.record();
  PrecisionSeconds least{std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::infinity()};
  for (int i = 0; i < kRepetitions; ++i) {
    least.float32 = std::min(least.float32, float32.seconds());
    least.bfloat16 = std::min(least.bfloat16, bfloat16.seconds());
  }
  return least;
}

// Times all levels again and again, each time a larger part of them, while there is time.
class PrecisionMeasurement {
 public:
  PrecisionMeasurement(const NetworkOptions& network, int batch_size, const Timing& timing)
      : timing_(timing) {
    for (int level = 0; level < network.num_layers; ++level) {
      levels_.push_back({network, level, batch_size});
      cost_ += whole_cost(levels_.back());
    }
    std::sort(levels_.begin(), levels_.end(),
              [](const LevelWork& a, const LevelWork& b) { return whole_cost(a) > whole_cost(b); });
  }

  PrecisionChoice run() {
    // A GPU does whole levels at once.
    const double first_cost = timing_.device.is_cuda() ? 1e12 : 1e6;
    constexpr double kFastestGrowth = 8;
    // Of the time that is left, since a round may turn out dearer than the one before foretells.
    constexpr double kPlannedShare = 0.6;
    constexpr int kMostRounds = 12;
    start_libraries(first_cost);
    double before = timing_.clock();
    deadline_ = before + kBudget;
    double most_cost = first_cost;
    for (int round = 0; round < kMostRounds && time_levels(most_cost); ++round) {
      const double now = timing_.clock();
      const double growth =
          std::min(kFastestGrowth, kPlannedShare * (deadline_ - now) / (now - before));
      const double least_growth = choice_.share < 1 ? 2 : 1;
      if (growth < least_growth) break;
      most_cost *= growth;
      before = now;
    }
    return choice_;
  }

 private:
  static constexpr double kBudget = 0.5;  // seconds

  // What the first convolution starts (threads, cuDNN) is started for the pass itself in any case.
  void start_libraries(double most_cost) const {
    TimedBlock(reduce(levels_.front(), most_cost), timing_, torch::kFloat32).seconds();
  }

  // Returns whether it is worth going on.
  bool time_levels(double most_cost) {
    // So many times as slow: no larger part would change that.
    constexpr double kHopeless = 4;
    PrecisionSeconds sum;
    double covered = 0;
    double timed = 0;
    bool is_hopeless = false;
    std::size_t levels = 0;
    while (levels < levels_.size() && !is_hopeless &&
           (levels == 0 || timing_.clock() < deadline_)) {
      const LevelWork& level = levels_[levels++];
      const LevelWork work = reduce(level, most_cost);
      const PrecisionSeconds seconds = time_block(work, timing_);
      const double cost = whole_cost(level);
      const double scale = cost / timed_cost(work).sum();
      sum.float32 += scale * seconds.float32;
      sum.bfloat16 += scale * seconds.bfloat16;
      covered += cost / cost_;
      timed += cost / cost_ * timed_cost(work).sum() / timed_cost(level).sum();
      is_hopeless = sum.bfloat16 > kHopeless * sum.float32;
    }
    const bool is_complete = levels == levels_.size();
    if (is_complete || choice_.share == 0) {
      take({sum.float32 / covered, sum.bfloat16 / covered}, timed);
    }
    return is_complete && !is_hopeless && timing_.clock() < deadline_;
  }

  void take(PrecisionSeconds seconds, double share) {
    // The same once more: whatever disturbs makes it slower.
    if (share == choice_.share) {
      seconds.float32 = std::min(seconds.float32, choice_.seconds.float32);
      seconds.bfloat16 = std::min(seconds.bfloat16, choice_.seconds.bfloat16);
    }
    choice_ = {choose_precision(seconds), seconds, share};
  }

  Timing timing_;
  std::vector<LevelWork> levels_;  // the dearest first
  double cost_ = 0;                // of them all
  double deadline_ = 0;
  PrecisionChoice choice_;
};

}  // namespace

std::string precision_name(torch::ScalarType compute_type) {
  return compute_type == torch::kBFloat16 ? "bfloat16" : "float32";
}

std::optional<torch::ScalarType> find_precision(const std::string& name) {
  for (const torch::ScalarType type : {torch::kFloat32, torch::kBFloat16}) {
    if (name == precision_name(type)) return type;
  }
  return {};
}

torch::ScalarType choose_precision(const PrecisionSeconds& seconds) {
  constexpr double kWorthIt = 1.1;
  return seconds.float32 > kWorthIt * seconds.bfloat16 ? torch::kBFloat16 : torch::kFloat32;
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The blocks are 80 to 90 % of a step. Of the rest, pooling and skip connections gain as much as
// the blocks' own elementwise work; head, loss and optimiser are the same in both.
PrecisionChoice measure_precision(const NetworkOptions& network, int batch_size, Pass pass,
                                  torch::Device device, const Clock& clock) {
  if (!computes_bfloat16(device)) return {};
  const OwnStream stream(device);
  const KeptDraws kept(device);
  return PrecisionMeasurement(network, batch_size, {pass, device, clock}).run();
}

}  // namespace flexunet
