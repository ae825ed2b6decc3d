#include "training/epoch_plan.h"

#include "flexunet/base/random.h"

namespace flexunet {

EpochPlan plan_epoch(const EpochShape& shape, std::uint64_t epoch) {
  EpochPlan plan;
  std::vector<std::size_t> order_of_pass;
  for (std::size_t i = 0; i < shape.per_epoch; ++i) {
    const std::uint64_t place = epoch * shape.per_epoch + i;
    const std::uint64_t pass = place / shape.samples;
    if (plan.passes.empty() || plan.passes.back() != pass) {
      order_of_pass = shuffled_order(shape.samples, shape.seed, pass);
    }
    plan.order.push_back(order_of_pass[place % shape.samples]);
    plan.passes.push_back(pass);
  }
  return plan;
}

}  // namespace flexunet
