#!/usr/bin/env python3
"""Makes golden folders: everything that Keras computes with one network on five images.

Without --from and --options it repeats the four networks recorded from the original, from their own
starting weights, and draws those of the files in networks/.
"""

import argparse
import json
import pathlib

import numpy as np

from golden_folder import (
    RECORDED_DIR,
    REFERENCE_DIR,
    Golden,
    read_golden,
    tensor_name,
    write_golden,
)
from quiet_tensorflow import tf
from reference_losses import metric_name
from reference_network import compiled_network

RECORDED = ("batchnorm", "dilated", "elu", "plain")
SAMPLES = 5
TEN_STEPS = [[0, 2], [2, 4]] * 5
VALIDATION_SAMPLES = 3


def draw_weight(rng, name, shape):
    """A starting value; no weight starts as zeros or ones, so that none can pass for another."""
    if "kernel" in name:
        return rng.normal(0, np.sqrt(2 / np.prod(shape[:3])), shape)
    if "variance" in name:
        return rng.uniform(0.5, 1.5, shape)
    return rng.normal(1 if "gamma" in name else 0, 0.05, shape)


def draw_golden(options, seed):
    """Images, masks and starting weights from a seed, as a golden folder without results."""
    rng = np.random.default_rng(seed)
    size = (SAMPLES, options["image_height"], options["image_width"])
    tensors = {
        "images": rng.integers(0, 256, (*size, options["image_channels"]), np.uint8),
        "index_masks": rng.integers(0, options["num_classes"], size, np.uint8),
    }
    for position, weight in enumerate(compiled_network(options).weights):
        drawn = draw_weight(rng, weight.name, tuple(weight.shape)).astype(np.float32)
        tensors[tensor_name("weight", position)] = drawn
    return Golden({"options": options}, tensors)


class ValidationGroupings(tf.keras.callbacks.Callback):
    """Notes each epoch's validation metric for the three ways to part three images into 2 + 1.

    Keras shuffles the validation images, so that its own value is one of these.
    """

    def __init__(self, images, masks):
        super().__init__()
        self.images = images
        self.masks = masks
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        """Scores each image alone."""
        self.model.reset_metrics()
        alone = [
            float(self.model.test_on_batch(self.images[i : i + 1], self.masks[i : i + 1])[1])
            for i in range(VALIDATION_SAMPLES)
        ]
        pairs = [(sum(alone) - one) / (VALIDATION_SAMPLES - 1) for one in alone]
        self.epochs.append([(one + pair) / 2 for one, pair in zip(alone, pairs)])


class Recorder:
    """Takes one network through the recording's order of events."""

    def __init__(self, given, folder):
        self.options = given.options
        self.folder = folder
        self.images = given.inputs()
        classes = np.eye(self.options["num_classes"], dtype=np.float32)
        self.masks = classes[given.tensors["index_masks"]]
        self.model = compiled_network(self.options)
        self.model.set_weights(given.weights())
        self.tensors = {name: given.tensors[name] for name in ("images", "index_masks")}

    def run(self):
        """All events in their order; the results as a golden folder."""
        self.tensors["probs"] = self.model.predict(self.images)
        record = {
            "options": self.options,
            "tensorflow": tf.__version__,
            "weights": [
                {"name": weight.name.split(":")[0], "shape": list(weight.shape)}
                for weight in self.model.weights
            ],
            "parameters": self.model.count_params(),
            "evaluate_batch4": self.evaluate(4),
            "evaluate_batch5": self.evaluate(5),
        }
        self.note_weights("weight")
        self.note_gradients()
        self.model.save_weights(self.folder / "weights_only.h5")
        record["train_on_batch"] = self.ten_steps()
        self.note_weights("after10")
        record["fit"] = self.fit()
        return Golden(record, self.tensors)

    def evaluate(self, batch_size):
        """Loss and metric over all images."""
        scores = self.model.evaluate(self.images, self.masks, batch_size=batch_size, verbose=0)
        return [float(score) for score in scores]

    def note_weights(self, prefix):
        """Keeps all weights as they are now."""
        for position, value in enumerate(self.model.get_weights()):
            self.tensors[tensor_name(prefix, position)] = value

    def note_gradients(self):
        """Keeps the gradients of the mean loss of images 0..1 in training mode.

        BatchNorm's statistics stay as they are.
        """
        masks = tf.compat.v1.placeholder(tf.float32, self.model.output.shape)
        loss_function = tf.keras.losses.get(self.model.loss)
        loss = tf.reduce_mean(loss_function(masks, self.model.output))
        training = tf.compat.v1.keras.backend.learning_phase()
        trainable = self.model.trainable_weights
        compute = tf.keras.backend.function(
            [self.model.input, masks, training], tf.gradients(loss, trainable)
        )
        gradients = compute([self.images[:2], self.masks[:2], True])
        by_name = {weight.name: gradient for weight, gradient in zip(trainable, gradients)}
        for position, weight in enumerate(self.model.weights):
            if weight.name in by_name:
                self.tensors[tensor_name("grad", position)] = by_name[weight.name]

    def ten_steps(self):
        """Loss and metric of ten steps, each on two images."""
        results = [
            self.model.train_on_batch(self.images[first:last], self.masks[first:last])
            for first, last in TEN_STEPS
        ]
        return {
            "batches": TEN_STEPS,
            "loss_dice": [[float(loss), float(metric)] for loss, metric in results],
        }

    def fit(self):
        """The history of three epochs; the best of them is kept as best_model.h5."""
        validation = (self.images[:VALIDATION_SAMPLES], self.masks[:VALIDATION_SAMPLES])
        groupings = ValidationGroupings(*validation)
        best_model = tf.keras.callbacks.ModelCheckpoint(
            str(self.folder / "best_model.h5"), monitor="val_loss", save_best_only=True
        )
        fitted = self.model.fit(
            self.images,
            self.masks,
            batch_size=2,
            epochs=3,
            shuffle=False,
            validation_data=validation,
            callbacks=[best_model, groupings],
            verbose=0,
        )
        history = {
            name: [float(value) for value in values] for name, values in fitted.history.items()
        }
        history[f"val_{metric_name(self.options)}_groupings"] = groupings.epochs
        return history


def make_folder(folder, given, seed):
    """Runs one network and writes its golden folder; the seed fixes how Keras shuffles."""
    if given.options["dropout_rate"] != 0:
        raise ValueError("dropout_rate: must be 0, for no two programs drop the same elements")
    folder.mkdir(parents=True, exist_ok=True)
    tf.keras.utils.set_random_seed(seed)
    write_golden(folder, Recorder(given, folder).run())
    print(f"made: {folder}")


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path, help="folder that gets a folder a network")
    parser.add_argument(
        "--from",
        dest="sources",
        nargs="+",
        type=pathlib.Path,
        metavar="GOLDEN_FOLDER",
        help="repeat these: their options, images, masks and starting weights",
    )
    parser.add_argument(
        "--options",
        nargs="+",
        type=pathlib.Path,
        metavar="FILE.json",
        help="draw networks with these options, by the names of the config's [model] section",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="for all that is drawn (default: %(default)d)"
    )
    return parser.parse_args()


def main():
    """Makes all folders that the command line asks for."""
    arguments = parse_arguments()
    if arguments.sources is None and arguments.options is None:
        arguments.sources = [RECORDED_DIR / name for name in RECORDED]
        arguments.options = sorted((REFERENCE_DIR / "networks").glob("*.json"))
    # As the original: Keras then sums losses in float64, and the first step after an evaluation
    # averages its metric with the evaluation's.
    tf.compat.v1.disable_eager_execution()
    for source in arguments.sources or []:
        make_folder(arguments.out / source.resolve().name, read_golden(source), arguments.seed)
    for file in arguments.options or []:
        drawn = draw_golden(json.loads(file.read_text()), arguments.seed)
        make_folder(arguments.out / file.stem, drawn, arguments.seed)


if __name__ == "__main__":
    main()
