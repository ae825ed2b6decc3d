#!/usr/bin/env python3
"""Trains a project in Keras from the first epoch to the last, by model.fit, in float32."""

import math
import time

import numpy as np

from keras_step import limit_threads
from quiet_tensorflow import tf
from reference_network import compiled_network
from run_steps import (
    MIN_DELTA,
    foreground_dice,
    parse_arguments,
    read_options,
    read_split,
    report,
)
from steps import peak_bytes


class EpochClock(tf.keras.callbacks.Callback):
    """Notes the seconds of each epoch up to its validation."""

    def __init__(self):
        super().__init__()
        self.start = 0
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Training begins."""
        self.start = time.perf_counter()

    def on_test_begin(self, logs=None):
        """Validation begins."""
        self.seconds.append(time.perf_counter() - self.start)


class BestWeights(tf.keras.callbacks.Callback):
    """Keeps the weights with the lowest validation loss."""

    def __init__(self):
        super().__init__()
        self.lowest = math.inf
        self.weights = None

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the loss."""
        if logs["val_loss"] < self.lowest:
            self.lowest = logs["val_loss"]
            self.weights = self.model.get_weights()


def train(model, options, folder):
    """Fits the model and gives it its best weights; returns seconds, speeds and memory."""
    settings = options["train"]
    train_split, valid_split = read_split(options, "train"), read_split(options, "valid")
    one_hot = np.eye(options["model"]["num_classes"], dtype=np.float32)
    clock, best = EpochClock(), BestWeights()
    callbacks = [
        clock,
        best,
        tf.keras.callbacks.ReduceLROnPlateau(
            factor=settings["reducer_factor"],
            patience=settings["reducer_patience"],
            min_delta=MIN_DELTA,
        ),
        tf.keras.callbacks.ModelCheckpoint(str(folder / "last.h5")),
    ]
    x, y = train_split.images, one_hot[train_split.class_masks]
    validation_data = valid_split.images, one_hot[valid_split.class_masks]
    start = time.perf_counter()
    model.fit(
        x,
        y,
        batch_size=settings["batch_size"],
        epochs=settings["epochs"],
        validation_data=validation_data,
        shuffle=True,
        callbacks=callbacks,
        verbose=0,
    )
    seconds, peak = time.perf_counter() - start, peak_bytes()
    model.set_weights(best.weights)
    return seconds, [len(x) / passed for passed in clock.seconds], peak


def main():
    """Trains, and scores the best weights on the test images."""
    arguments = parse_arguments(__doc__)
    limit_threads(arguments.threads)
    options = read_options(arguments.options)
    tf.keras.utils.set_random_seed(arguments.seed)
    model = compiled_network(options["model"])
    seconds, speeds, peak = train(model, options, arguments.folder)
    test = read_split(options, "test")
    probs = model.predict(test.images, batch_size=options["train"]["batch_size"], verbose=0)
    dice = foreground_dice(probs.argmax(3), test.class_masks, options["model"]["num_classes"])
    report(seconds, speeds, peak, dice, f"TensorFlow {tf.__version__}")


if __name__ == "__main__":
    main()
