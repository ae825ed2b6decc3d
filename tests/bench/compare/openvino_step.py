#!/usr/bin/env python3
"""Times predictions of the network in OpenVINO, by one request that is used again and again."""

import numpy as np
import openvino

from steps import parse_arguments, read_batch, report, time_steps, write_probs

PRECISION_HINTS = {"float32": "f32", "bfloat16": "bf16"}


def precisions(core):
    """What the processor has instructions for; without them OpenVINO would compute in float32."""
    reduced = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ("float32", "bfloat16") if reduced else ("float32",)


def main():
    """Times what the command line asks for."""
    core = openvino.Core()
    arguments = parse_arguments(__doc__, precisions=precisions(core), tasks=("infer",))
    settings = {
        "INFERENCE_NUM_THREADS": arguments.threads,
        "INFERENCE_PRECISION_HINT": PRECISION_HINTS[arguments.precision],
        "PERFORMANCE_HINT": "LATENCY",
    }
    request = core.compile_model(arguments.weights, "CPU", settings).create_infer_request()
    images = read_batch(arguments.batch)[0].transpose(0, 3, 1, 2)
    images = np.ascontiguousarray(images, dtype=np.float32)
    # Without copies of input and output.
    seconds = time_steps(
        lambda: request.infer([images], share_inputs=True, share_outputs=True), arguments
    )
    if arguments.probs:
        write_probs(arguments.probs, request.get_output_tensor().data.copy())
    report(seconds, f"OpenVINO {openvino.__version__.split('-')[0]}")


if __name__ == "__main__":
    main()
