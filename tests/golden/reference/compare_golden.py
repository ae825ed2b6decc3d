#!/usr/bin/env python3
"""Prints the largest relative difference of each quantity between two golden folders.

Relative is to the largest element of the expected tensor. Exits 1 when a difference is above the
tolerance, or when the folders describe different networks or inputs.
"""

import argparse
import pathlib
import sys

import numpy as np

from golden_folder import read_golden
from reference_losses import metric_name

DEFAULT_TOLERANCE = 1e-5


class Differences:
    """The largest difference of each quantity, in the order in which they were first seen."""

    def __init__(self):
        self.largest = {}

    def add(self, quantity, actual, expected):
        """Compares two numbers or arrays."""
        actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
        if actual.shape != expected.shape:
            sys.exit(f"{quantity}: shape {actual.shape}, expected {expected.shape}")
        difference = np.abs(actual - expected).max() / max(np.abs(expected).max(), 1e-12)
        # Unlike max, this keeps a difference that is no number.
        self.largest[quantity] = np.maximum(self.largest.get(quantity, 0.0), difference)


def require_same_network(actual, expected):
    """Ends the program where the numbers of two folders cannot be compared."""
    for key in ("options", "weights", "parameters"):
        if actual.record[key] != expected.record[key]:
            sys.exit(f"{key}: {actual.record[key]}, expected {expected.record[key]}")
    unpaired = actual.tensors.keys() ^ expected.tensors.keys()
    if unpaired:
        sys.exit(f"tensors of one folder only: {', '.join(sorted(unpaired))}")
    for name in ("images", "index_masks"):
        if not np.array_equal(actual.tensors[name], expected.tensors[name]):
            sys.exit(f"{name}: not the same in both folders")


def compare_tensors(differences, actual, expected):
    """All tensors but the inputs."""
    for name, tensor in expected.tensors.items():
        if name not in ("images", "index_masks"):
            differences.add(name.split("_")[0], actual.tensors[name], tensor)


def compare_scores(differences, actual, expected):
    """Evaluation and the ten steps."""
    for name in ("evaluate_batch4", "evaluate_batch5"):
        differences.add(f"{name} loss", actual[name][0], expected[name][0])
        differences.add(f"{name} metric", actual[name][1], expected[name][1])
    steps = zip(actual["train_on_batch"]["loss_dice"], expected["train_on_batch"]["loss_dice"])
    for step, recorded in steps:
        differences.add("train_on_batch loss", step[0], recorded[0])
        differences.add("train_on_batch metric", step[1], recorded[1])


def compare_fit(differences, actual, expected, metric):
    """The history of the three epochs."""
    for name in ("loss", metric, "val_loss"):
        for value, recorded in zip(actual[name], expected[name]):
            differences.add(f"fit {name}", value, recorded)
    compare_shuffled_metric(differences, actual, expected, f"val_{metric}")


def compare_shuffled_metric(differences, actual, expected, name):
    """The validation metric, whose value depends on how Keras shuffled the images.

    Where a folder says what all groupings give, both values have to be among those.
    """
    groupings = f"{name}_groupings"
    for epoch, values in enumerate(zip(actual[name], expected[name])):
        known = [record[groupings][epoch] for record in (actual, expected) if groupings in record]
        if not known:
            differences.add(f"fit {name}", *values)
        for accepted in known:
            for value in values:
                nearest = min(accepted, key=lambda one: abs(one - value))
                differences.add(f"fit {name}", value, nearest)


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("actual", type=pathlib.Path, help="golden folder")
    parser.add_argument("expected", type=pathlib.Path, help="golden folder to compare it with")
    parser.add_argument(
        "--tolerance",
        type=float,
        default=DEFAULT_TOLERANCE,
        help="largest relative difference that is accepted (default: %(default)g)",
    )
    return parser.parse_args()


def main():
    """Compares, prints, and says in the exit status whether all is within the tolerance."""
    arguments = parse_arguments()
    actual, expected = read_golden(arguments.actual), read_golden(arguments.expected)
    require_same_network(actual, expected)
    differences = Differences()
    compare_tensors(differences, actual, expected)
    compare_scores(differences, actual.record, expected.record)
    metric = metric_name(expected.options)
    compare_fit(differences, actual.record["fit"], expected.record["fit"], metric)
    agree = True
    for quantity, difference in differences.largest.items():
        within = difference <= arguments.tolerance
        agree = agree and within
        print(f"  {quantity:<32} {difference:.1e}{'' if within else '  above the tolerance'}")
    print(f"{arguments.actual}: {'equal' if agree else 'differs'} within {arguments.tolerance:g}")
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
