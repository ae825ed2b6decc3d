// For LibTorch without CUDA.
#include "training/step_graph.h"

#include <utility>

namespace flexunet {

struct StepGraph::Recording {};

StepGraph::StepGraph(Step step) : step_(std::move(step)) {}

StepGraph::~StepGraph() = default;

StepResult StepGraph::run(const Batch& batch) { return step_(batch); }

bool StepGraph::is_available() { return false; }

OwnStream::OwnStream(torch::Device) {}

OwnStream::~OwnStream() = default;

}  // namespace flexunet
