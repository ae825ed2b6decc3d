#include "flexunet/inference/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "apps/precision.h"
#include "apps/previous_run.h"
#include "apps/session.h"
#include "apps/version.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "flexunet/options/names.h"
#include "flexunet/options/project_files.h"
#include "flexunet/report/csv.h"
#include "flexunet/report/memory_estimate.h"

namespace flexunet {
namespace {

std::string score_text(const std::optional<double>& score) {
  return score ? fmt::format("{:.4f}", *score) : "-";
}

void say_class_scores(const Options& options, const Evaluation& evaluation,
                      const DatasetReport& report) {
  std::vector<RgbMapEntry> classes = options.data.rgb_map;
  std::sort(classes.begin(), classes.end(),
            [](const auto& a, const auto& b) { return a.class_index < b.class_index; });
  say(fmt::format("\n{:<7}{:<15}{:>8}{:>8}{:>15}", "class", "colour", "Dice", "IoU",
                  "true pixels"));
  for (const RgbMapEntry& entry : classes) {
    const auto index = static_cast<std::size_t>(entry.class_index);
    const std::string color =
        fmt::format("({},{},{})", entry.color[0], entry.color[1], entry.color[2]);
    say(fmt::format("{:<7}{:<15}{:>8}{:>8}{:>15}", entry.class_index, color,
                    score_text(evaluation.scores.class_dice[index]),
                    score_text(evaluation.scores.class_iou[index]),
                    with_thousands(report.class_pixels.at(index))));
  }
}

// The pooled score hides single failures: name the images where the network is worst.
void say_image_scores(const Evaluation& evaluation, const Dataset& dataset) {
  constexpr std::size_t kWorst = 3;
  std::vector<std::size_t> scored;
  double sum = 0;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    if (!evaluation.image_foreground_dice[i]) continue;
    scored.push_back(i);
    sum += *evaluation.image_foreground_dice[i];
  }
  if (scored.empty()) return;
  std::sort(scored.begin(), scored.end(), [&](std::size_t a, std::size_t b) {
    return *evaluation.image_foreground_dice[a] < *evaluation.image_foreground_dice[b];
  });
  say(fmt::format("\nforeground Dice per image: mean {:.4f} over {} images; lowest:",
                  sum / static_cast<double>(scored.size()), scored.size()));
  for (std::size_t i = 0; i < std::min(kWorst, scored.size()); ++i) {
    say(fmt::format("  {:.4f}  {}", *evaluation.image_foreground_dice[scored[i]],
                    dataset.info(scored[i]).stem));
  }
}

void say_evaluation(const Options& options, const Evaluation& evaluation, const Dataset& dataset) {
  const std::string loss = name_of(options.loss.loss);
  const std::string metric = name_of(options.loss.metric);
  const std::size_t width = std::max({loss.size(), metric.size(), std::size_t{15}});
  const bool counts_background = options.loss.metric != MetricKind::kDiceCoefForeground;
  say(fmt::format("\n{:<{}}  {:.4f}", loss, width, evaluation.loss));
  say(fmt::format("{:<{}}  {:.4f}{}", metric, width, evaluation.metric,
                  counts_background ? "   (counts background)" : ""));
  say(fmt::format("{:<{}}  {}   (argmax masks, pooled, mean over the classes 1..{})",
                  "foreground Dice", width, score_text(evaluation.scores.foreground_dice),
                  options.network.num_classes - 1));
  say_class_scores(options, evaluation, dataset.report());
  say_image_scores(evaluation, dataset);
}

// "balanced" refers to the training masks, which need not be here.
LossOptions loss_of_training(const Options& options, const Metadata& metadata) {
  LossOptions loss = options.loss;
  if (!loss.balance_classes) return loss;
  const auto stored = metadata.find(kClassWeightsEntry);
  const nlohmann::json weights = stored == metadata.end()
                                     ? nlohmann::json()
                                     : nlohmann::json::parse(stored->second, nullptr, false);
  if (!weights.is_array() ||
      weights.size() != static_cast<std::size_t>(options.network.num_classes)) {
    throw CheckpointError(
        "[model] class_weights = \"balanced\": the model does not tell the weights it was trained "
        "with: give them as a list, which flexunet-train printed");
  }
  loss.class_weights = weights.get<std::vector<double>>();
  return loss;
}

void evaluate_network(const Arguments& arguments) {
  const Session session = open_session(arguments, Task::kEvaluate);
  const Options& options = session.options;
  describe_network(options.network);
  TrainedModel model = load_best_model(session, options.eval_batch_size);
  const LossOptions loss = loss_of_training(options, model.metadata);
  const Dataset test = std::move(load_splits(session, {{"test", options.test_split}}).front());
  if (arguments.dry_run) {
    say(fmt::format("batches of {}, estimated memory of an evaluation step {}",
                    options.eval_batch_size,
                    readable_bytes(estimated_inference_bytes(
                        options.network, options.eval_batch_size, number_bytes(session)))));
    say("dry run: everything is in place, nothing was evaluated");
    return;
  }
  const Evaluation evaluation =
      evaluate(model.network, test, session.loading(options.eval_batch_size), loss);
  say_evaluation(options, evaluation, test);
  const std::filesystem::path file = options.project_dir / kEvaluationFile;
  write_file(file, evaluation_csv(name_of(options.loss.loss), evaluation.loss,
                                  name_of(options.loss.metric), evaluation.metric));
  say(fmt::format("\nwritten: {}", file.string()));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  return run_program({"flexunet-evaluate", "Scores the best model of a project on its test images.",
                      "cd projects/FlexUNet/Phantom && flexunet-evaluate", version_text},
                     argc, argv, add_run_options, evaluate_network);
}
