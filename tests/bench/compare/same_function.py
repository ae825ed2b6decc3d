"""Proves that all sides compute the same function before any of them is timed.

Keras draws the weights, flexunet-convert hands them to the others, PyTorch exports them for those
that read ONNX, and everybody predicts the probabilities of one batch.
"""

import numpy as np
import safetensors.numpy

from runner import ComparisonFailed

# Largest difference of a probability from Keras's. What float32 rounds away is near 1e-6; eight bits
# of mantissa in every layer leave more.
TOLERANCES = {"float32": 1e-4, "bfloat16": 0.05}


class FunctionsDiffer(ComparisonFailed):
    """Which side computes something else."""


def draw_model(bench):
    """Weights for Keras, the same in the files of the others, and the batch."""
    bench.run_script(
        "draw_model.py",
        *("--options", bench.options_file, "--batch-size", bench.batch_size),
        *("--weights", bench.keras_weights, "--batch", bench.batch),
    )
    bench.run_ours(
        "flexunet-convert",
        *(bench.keras_weights, bench.native_weights, "--config", bench.config, "--quiet"),
    )
    bench.run_script(
        "export_onnx.py",
        *("--options", bench.options_file, "--batch-size", bench.batch_size),
        *("--weights", bench.native_weights, "--onnx", bench.onnx_network),
    )


def probs_of(bench, side):
    """The probabilities (N,classes,H,W) that a side predicts."""
    file = bench.work / "probs.safetensors"
    file.unlink(missing_ok=True)
    bench.measure(side, "infer", "--steps", 1, "--warm-up", 0, "--probs", file)
    return safetensors.numpy.load_file(file)["probs"]


def check_same_function(bench, sides):
    """Compares every side with Keras, the last of them, and prints the differences.

    Raises FunctionsDiffer above a tolerance, and where the probabilities are too much alike to show
    a difference.
    """
    expected = probs_of(bench, sides[-1])
    spread = float(expected.std())
    print(f"  {sides[-1].title}: probabilities with standard deviation {spread:.3f}")
    if not spread > 0.05:
        raise FunctionsDiffer(f"probabilities differ by {spread:.1e} only: they prove nothing")
    for side in sides[:-1]:
        found = probs_of(bench, side)
        if found.shape != expected.shape:
            raise FunctionsDiffer(f"{side.title}: {found.shape}, expected {expected.shape}")
        difference = float(np.abs(found - expected).max())
        tolerance = TOLERANCES[side.precision]
        print(f"  {side.title}: largest difference {difference:.1e}, accepted {tolerance:g}")
        # Not `difference > tolerance`, which no NaN is.
        if not difference <= tolerance:
            raise FunctionsDiffer(f"{side.title} computes another function than Keras")
