#!/usr/bin/env python3
"""Draws what all sides start from: weights in Keras's file, and a batch of images and masks."""

import argparse
import pathlib

import numpy as np
import safetensors.numpy

from quiet_tensorflow import tf
from reference_network import compiled_network
from steps import read_options

SEED = 1
# Of the biases: a side that leaves one out gives other probabilities.
BIAS_DEVIATION = 0.05


def draw_weights(options, path):
    """Keras's own starting weights, but for the biases, which it starts as zeros."""
    rng = np.random.default_rng(SEED)
    tf.keras.utils.set_random_seed(SEED)
    model = compiled_network(options)
    model.set_weights(
        [
            rng.normal(0, BIAS_DEVIATION, weight.shape) if weight.ndim == 1 else weight
            for weight in model.get_weights()
        ]
    )
    model.save_weights(path)


def draw_batch(options, batch_size, path):
    """Noise, and masks of blocks of 8x8 pixels."""
    rng = np.random.default_rng(SEED)
    height, width = options["image_height"], options["image_width"]
    images = rng.integers(
        0, 256, (batch_size, height, width, options["image_channels"]), dtype=np.uint8
    )
    blocks = rng.integers(
        0, options["num_classes"], (batch_size, height // 8, width // 8), dtype=np.uint8
    )
    class_masks = blocks.repeat(8, axis=1).repeat(8, axis=2)
    safetensors.numpy.save_file({"images": images, "class_masks": class_masks}, path)


def main():
    """Writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--options", type=pathlib.Path, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--weights", type=pathlib.Path, required=True, help="file to write (.h5)")
    parser.add_argument("--batch", type=pathlib.Path, required=True, help="file to write")
    arguments = parser.parse_args()
    options = read_options(arguments.options)
    draw_weights(options, arguments.weights)
    draw_batch(options, arguments.batch_size, arguments.batch)


if __name__ == "__main__":
    main()
