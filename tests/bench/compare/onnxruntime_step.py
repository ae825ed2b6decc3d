#!/usr/bin/env python3
"""Times predictions of the network in ONNX Runtime, in float32: its processor kernels for x86-64
know no bfloat16."""

import numpy as np
import onnxruntime

from steps import parse_arguments, read_batch, report, time_steps, write_probs


def main():
    """Times what the command line asks for."""
    arguments = parse_arguments(__doc__, tasks=("infer",))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(
        arguments.weights, settings, providers=["CPUExecutionProvider"]
    )
    images = read_batch(arguments.batch)[0].transpose(0, 3, 1, 2)
    images = np.ascontiguousarray(images, dtype=np.float32)
    seconds = time_steps(lambda: session.run(None, {"images": images}), arguments)
    if arguments.probs:
        write_probs(arguments.probs, session.run(None, {"images": images})[0])
    report(seconds, f"ONNX Runtime {onnxruntime.__version__}")


if __name__ == "__main__":
    main()
