#include "flexunet/loader/batch_loader.h"

#include <gtest/gtest.h>

#include "flexunet/base/random.h"
#include "flexunet/loader/batch_count.h"
#include "support/batches.h"
#include "support/broken_dataset.h"
#include "support/toy_dataset.h"

namespace flexunet {
namespace {

std::vector<Batch> all_batches(const Dataset& dataset, const LoaderOptions& options,
                               const SampleTransform& transform = {}) {
  BatchLoader loader(dataset, shuffled_order(dataset.size(), 1, 2), options, transform);
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < loader.batches(); ++i) batches.push_back(loader.next());
  return batches;
}

// Marks each sample with its place in the order.
void mark(std::size_t place, Sample& sample) {
  sample.image = sample.image.clone();
  sample.image.at<cv::Vec3b>(0, 0)[0] = static_cast<std::uint8_t>(place);
}

TEST(BatchLoader, GivesTheSameBatchesWhateverTheWorkers) {
  const Dataset dataset = toy_dataset(23, 16);
  const std::vector<Batch> expected = all_batches(dataset, {4, 0}, mark);
  ASSERT_EQ(expected.size(), 6U);
  for (const int workers : {0, 1, 3, 40}) {
    const std::vector<Batch> batches = all_batches(dataset, {4, workers}, mark);
    ASSERT_EQ(batches.size(), expected.size());
    for (std::size_t i = 0; i < batches.size(); ++i) {
      EXPECT_TRUE(torch::equal(batches[i].images, expected[i].images)) << workers;
      EXPECT_TRUE(torch::equal(batches[i].class_masks, expected[i].class_masks)) << workers;
      const std::int64_t last = batches[i].images.size(0) - 1;
      EXPECT_EQ(batches[i].images[0][0][0][0].item<int>(), static_cast<int>(4 * i));
      EXPECT_EQ(batches[i].images[last][0][0][0].item<int>(), static_cast<int>(4 * i) + last);
    }
  }
}

TEST(BatchLoader, KeepsTheShortLastBatch) {
  const Dataset dataset = toy_dataset(5, 16);
  BatchLoader loader(dataset, order_of_names(5), {2, 1});
  ASSERT_EQ(loader.batches(), 3U);
  EXPECT_EQ(loader.indices(1), (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(loader.indices(2), (std::vector<std::size_t>{4}));
  EXPECT_EQ(loader.next().images.size(0), 2);
  EXPECT_EQ(loader.next().class_masks.size(0), 2);
  EXPECT_EQ(loader.next().images.size(0), 1);
  EXPECT_THROW(loader.next(), std::out_of_range);
}

TEST(BatchLoader, EndsAfterTheMostBatchesThatAreWanted) {
  const Dataset dataset = toy_dataset(5, 16);
  for (const int most : {1, 2, 3, 9}) {
    const LoaderOptions options{2, 1, torch::kCPU, most};
    EXPECT_EQ(all_batches(dataset, options).size(), static_cast<std::size_t>(std::min(most, 3)));
  }
}

TEST(BatchLoader, ThrowsAtTheBatchWithABadFileAndNamesIt) {
  const Dataset dataset = broken_dataset(toy_samples(12, 16), 7);
  for (const int workers : {0, 1, 3}) {
    BatchLoader loader(dataset, order_of_names(12), {3, workers});
    loader.next();
    loader.next();
    try {
      loader.next();
      ADD_FAILURE() << "no error with " << workers << " workers";
    } catch (const DataError& error) {
      EXPECT_EQ(std::string(error.what()), "bad/7.png: unreadable");
    }
  }
}

TEST(BatchLoader, TakesTheTypesThatTheLossNeeds) {
  const Dataset dataset = toy_dataset(2, 16);
  BatchLoader loader(dataset, {1}, {1, 1});
  const Batch batch = loader.next();
  EXPECT_EQ(batch.images.dtype(), torch::kUInt8);
  EXPECT_TRUE(batch.images.is_contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_EQ(batch.class_masks.dtype(), torch::kLong);
  EXPECT_EQ(batch.class_masks.sum().item<int>(), cv::countNonZero(dataset.sample(1).class_mask));
}

TEST(BatchLoader, CountsTheWaiting) {
  const Dataset dataset = toy_dataset(4, 16);
  BatchLoader loader(dataset, order_of_names(4), {2, 0});
  EXPECT_EQ(loader.waiting_seconds(), 0.0);
  loader.next();
  const double first = loader.waiting_seconds();
  EXPECT_GT(first, 0.0);
  loader.next();
  EXPECT_GT(loader.waiting_seconds(), first);
}

TEST(BatchLoader, PinsBatchesForAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA device";
  const std::vector<Sample> samples = toy_samples(2, 16);
  const Batch assembled = assemble_batch(samples, torch::kCUDA);
  EXPECT_TRUE(assembled.images.is_pinned());
  EXPECT_EQ(assembled.class_masks.dtype(), torch::kUInt8);
  const Batch sent = send_batch(assembled, torch::kCUDA);
  const Batch expected = make_batch(samples, torch::kCPU);
  EXPECT_TRUE(torch::equal(sent.images.cpu(), expected.images));
  EXPECT_TRUE(torch::equal(sent.class_masks.cpu(), expected.class_masks));
}

TEST(CountBatches, CountsAShortOneAndObeysTheLimit) {
  EXPECT_EQ(count_batches(1, 4), 1U);
  EXPECT_EQ(count_batches(8, 4), 2U);
  EXPECT_EQ(count_batches(9, 4), 3U);
  EXPECT_EQ(count_batches(9, 4, 2), 2U);
  EXPECT_EQ(count_batches(9, 4, 20), 3U);
}

}  // namespace
}  // namespace flexunet
