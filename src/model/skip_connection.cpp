#include "model/skip_connection.h"

#include <ATen/Parallel.h>

#include <cstring>

#include "flexunet/kernels/pooling.h"

namespace flexunet {
namespace {

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;

// Whether the kernels know this tensor's device and numbers.
bool has_kernels(const torch::Tensor& x) {
  return x.device().is_cpu() &&
         (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16);
}

template <typename Number>
Number* numbers(const torch::Tensor& x) {
  return static_cast<Number*>(x.data_ptr());
}

// Calls `loop` with the type that stands for the tensor's numbers.
template <typename Loop>
void for_number_type(const torch::Tensor& x, const Loop& loop) {
  if (x.scalar_type() == torch::kFloat32) {
    loop(float{});
  } else {
    loop(std::uint16_t{});
  }
}

// Rows of about this many numbers are worth a thread.
std::int64_t grain(std::int64_t numbers_of_row) {
  constexpr std::int64_t kNumbers = 1 << 15;
  return std::max<std::int64_t>(1, kNumbers / numbers_of_row);
}

PoolingShape pooling_shape(const torch::Tensor& features) {
  return {static_cast<std::size_t>(features.size(3) / 2),
          static_cast<std::size_t>(features.size(1))};
}

torch::Tensor pool(const torch::Tensor& features) {
  const std::int64_t rows = features.size(0) * features.size(2) / 2;
  torch::Tensor pooled =
      torch::empty({features.size(0), features.size(1), features.size(2) / 2, features.size(3) / 2},
                   features.options().memory_format(kChannelsLast));
  const std::int64_t row = features.size(1) * features.size(3);
  for_number_type(features, [&](auto number) {
    using Number = decltype(number);
    at::parallel_for(0, rows, grain(2 * row), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) {
        const Number* upper = numbers<Number>(features) + 2 * y * row;
        pool_rows(pooling_shape(features), upper, upper + row,
                  numbers<Number>(pooled) + y * row / 2);
      }
    });
  });
  return pooled;
}

// The gradient of features of which `pooled` and `other` are the gradients of the two ways; `other`
// may be some channels of a wider tensor.
torch::Tensor add_gradients(const torch::Tensor& features, const torch::Tensor& pooled,
                            const torch::Tensor& other) {
  torch::Tensor result = torch::empty_like(features);
  const std::int64_t row = features.size(1) * features.size(3);
  const std::int64_t half_height = features.size(2) / 2;
  for_number_type(features, [&](auto number) {
    using Number = decltype(number);
    const auto add_rows = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) {
        PoolingGradients<Number> gradients;
        gradients.image = numbers<Number>(features) + 2 * y * row;
        gradients.pooled = numbers<Number>(pooled) + y * row / 2;
        gradients.other = numbers<Number>(other) + y / half_height * other.stride(0) +
                          y % half_height * 2 * other.stride(2);
        gradients.other_pixel = static_cast<std::size_t>(other.stride(3));
        gradients.other_row = static_cast<std::size_t>(other.stride(2));
        gradients.result = numbers<Number>(result) + 2 * y * row;
        add_pooling_gradients(pooling_shape(features), gradients);
      }
    };
    at::parallel_for(0, features.size(0) * half_height, grain(4 * row), add_rows);
  });
  return result;
}

class PoolWithSkip : public torch::autograd::Function<PoolWithSkip> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context,
                                                const torch::Tensor& features) {
    context->save_for_backward({features});
    return {pool(features), features};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const torch::Tensor features = context->get_saved_variables().front();
    const torch::Tensor pooled = gradients[0].contiguous(kChannelsLast);
    const bool pixels_whole = gradients[1].stride(1) == 1;
    return {add_gradients(features, pooled,
                          pixels_whole ? gradients[1] : gradients[1].contiguous(kChannelsLast))};
  }
};

// Copies features (N,H,W,2,2,C) to the first channels of pixels (N,2H,2W,C+S), or back.
enum class Direction { kUnfold, kFold };
struct Unfolded {
  torch::Tensor folded;  // (N,4C,H,W), channels_last
  torch::Tensor wide;    // (N,C+S,2H,2W), channels_last
};

// By LibTorch, where there is no loop for the device or the numbers.
void copy_pixel_views(const Unfolded& tensors, Direction direction) {
  const std::int64_t n = tensors.folded.size(0), height = tensors.folded.size(2),
                     width = tensors.folded.size(3), channels = tensors.folded.size(1) / 4;
  const torch::Tensor folded =
      tensors.folded.permute({0, 2, 3, 1}).view({n, height, width, 2, 2, channels});
  const torch::Tensor wide = tensors.wide.slice(1, 0, channels)
                                 .permute({0, 2, 3, 1})
                                 .view({n, height, 2, width, 2, channels})
                                 .permute({0, 1, 3, 2, 4, 5});
  direction == Direction::kUnfold ? wide.copy_(folded) : folded.copy_(wide);
}

void copy_pixels(const Unfolded& tensors, Direction direction) {
  if (!has_kernels(tensors.wide)) return copy_pixel_views(tensors, direction);
  const torch::Tensor& folded = tensors.folded;
  const std::int64_t width = folded.size(3);
  const auto size = static_cast<std::int64_t>(folded.element_size());
  const std::int64_t bytes = folded.size(1) / 4 * size;
  const std::int64_t wide_pixel = tensors.wide.size(1) * size;
  char* const folded_bytes = numbers<char>(folded);
  char* const wide_bytes = numbers<char>(tensors.wide);
  const auto copy_rows = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      // Two rows of pixels lie one after the other in `wide`, side by side in `folded`.
      char* wide = wide_bytes + row * 2 * width * wide_pixel;
      char* narrow = folded_bytes + (row / 2 * width * 4 + row % 2 * 2) * bytes;
      for (std::int64_t x = 0; x < width; ++x, narrow += 4 * bytes, wide += 2 * wide_pixel) {
        for (const std::int64_t side : {0, 1}) {
          char* const a = wide + side * wide_pixel;
          char* const b = narrow + side * bytes;
          std::memcpy(direction == Direction::kUnfold ? a : b,
                      direction == Direction::kUnfold ? b : a, static_cast<std::size_t>(bytes));
        }
      }
    }
  };
  at::parallel_for(0, 2 * folded.size(0) * folded.size(2), grain(2 * width * bytes / size),
                   copy_rows);
}

class UnfoldBesideSkip : public torch::autograd::Function<UnfoldBesideSkip> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& features, const torch::Tensor& skip) {
    const std::int64_t channels = features.size(1) / 4;
    context->saved_data["channels"] = channels;
    torch::Tensor wide =
        torch::empty({skip.size(0), channels + skip.size(1), skip.size(2), skip.size(3)},
                     skip.options().memory_format(kChannelsLast));
    copy_pixels({features.contiguous(kChannelsLast), wide}, Direction::kUnfold);
    wide.slice(1, channels).copy_(skip);
    return wide;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const std::int64_t channels = context->saved_data["channels"].toInt();
    const torch::Tensor wide = gradients.front().contiguous(kChannelsLast);
    const torch::Tensor folded =
        torch::empty({wide.size(0), 4 * channels, wide.size(2) / 2, wide.size(3) / 2},
                     wide.options().memory_format(kChannelsLast));
    copy_pixels({folded, wide}, Direction::kFold);
    return {folded, wide.slice(1, channels)};
  }
};

}  // namespace

PooledFeatures pool_with_skip(const torch::Tensor& features) {
  if (!has_kernels(features)) return {torch::max_pool2d(features, 2), features};
  const torch::autograd::variable_list ways =
      PoolWithSkip::apply(features.contiguous(kChannelsLast));
  return {ways[0], ways[1]};
}

torch::Tensor unfold_beside_skip(const torch::Tensor& features, const torch::Tensor& skip) {
  return UnfoldBesideSkip::apply(features, skip);
}

}  // namespace flexunet
