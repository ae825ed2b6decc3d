#!/usr/bin/env python3
"""Times training steps or predictions of the network in Keras, by train_on_batch and
predict_on_batch, in float32."""

import numpy as np

from quiet_tensorflow import tf
from reference_network import compiled_network
from steps import parse_arguments, read_batch, read_options, report, time_steps, write_probs


def limit_threads(threads):
    """Before TensorFlow computes anything."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def main():
    """Times what the command line asks for."""
    arguments = parse_arguments(__doc__)
    limit_threads(arguments.threads)
    options = read_options(arguments.options)
    model = compiled_network(options)
    model.load_weights(arguments.weights)
    images, class_masks = read_batch(arguments.batch)
    images = images.astype(np.float32)
    masks = np.eye(options["num_classes"], dtype=np.float32)[class_masks]
    steps = {
        "train": lambda: model.train_on_batch(images, masks),
        "infer": lambda: model.predict_on_batch(images),
    }
    seconds = time_steps(steps[arguments.task], arguments)
    if arguments.probs:
        probs = model.predict_on_batch(images).transpose(0, 3, 1, 2)
        write_probs(arguments.probs, np.ascontiguousarray(probs))
    report(seconds, f"TensorFlow {tf.__version__}")


if __name__ == "__main__":
    main()
