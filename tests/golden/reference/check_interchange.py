#!/usr/bin/env python3
"""Checks with Keras, safetensors and PyTorch themselves that models pass between them and FlexUNet.

Takes golden folders with weights_only.h5 and best_model.h5, as make_golden.py writes them. Prints a
line a check and exits 1 on the first that fails, saying what differed.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch

from golden_folder import REFERENCE_DIR, read_golden
from project_config import project_config
from reference_network import compiled_network
from torch_network import Network, from_keras_layout, names_in_keras_order, stored_names

FILES = ("weights_only.h5", "best_model.h5")
PROGRAMS_DIR = REFERENCE_DIR.parents[2] / "build/release/bin"
# Of probs, relative to the largest: rounding alone, for weights must be equal to the bit. Inputs of
# 0..255 give large logits and steep probabilities.
TOLERANCE = 1e-5
TOLERANCE_RAW_INPUT = 5e-4


class CheckFailed(Exception):
    """What differed in the first check that failed."""


def require(condition, difference):
    """Ends the checks where a condition does not hold."""
    if not condition:
        raise CheckFailed(difference)


def require_same_names(found, expected):
    """Two sets of tensor names must agree."""
    missing, surplus = sorted(expected - found), sorted(found - expected)
    require(not missing and not surplus, f"missing tensors {missing}, surplus tensors {surplus}")


class ModelCheck:
    """Takes one Keras file to FlexUNet and back."""

    def __init__(self, folder, file_name, converter, work):
        self.golden = read_golden(folder)
        self.keras_file = folder / file_name
        self.title = f"{folder.name}/{file_name}"
        self.converter = converter
        self.config = work / "train_eval_infer.config"
        self.config.write_text(project_config(self.golden.options))
        self.native_file = work / f"{self.keras_file.stem}.safetensors"
        self.returned_file = work / f"{self.keras_file.stem}_returned.h5"
        self.model = compiled_network(self.golden.options)
        self.model.load_weights(self.keras_file)
        self.keras_weights = self.model.get_weights()
        self.probs = self.expected_probs()

    def expected_probs(self):
        """The recorded probs, or Keras's own where the file holds other weights than those."""
        if self.keras_file.name == "weights_only.h5":
            return self.golden.tensors["probs"]
        return self.model.predict(self.golden.inputs(), verbose=0)

    def run(self):
        """All checks, in the order in which a model travels."""
        self.convert(self.keras_file, self.native_file)
        tensors = safetensors.torch.load_file(self.native_file)
        self.check_packages_agree(tensors)
        self.check_names(tensors)
        self.check_values(tensors)
        self.check_torch_network(tensors)
        self.convert(self.native_file, self.returned_file)
        self.check_keras_reads("by topology", self.returned_file)
        self.check_keras_reads("by name", self.returned_file, by_name=True)

    def convert(self, source, target):
        """Runs flexunet-convert, which must succeed."""
        command = [self.converter, source, target, "--config", self.config]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        require(done.returncode == 0, f"{self.converter.name}: {done.stderr.strip()}")
        self.passed(f"{self.converter.name} writes {target.suffix} from {source.suffix}")

    def check_packages_agree(self, tensors):
        """Both readers of the safetensors package open the file and see the same."""
        arrays = safetensors.numpy.load_file(self.native_file)
        require_same_names(set(arrays), set(tensors))
        for name, tensor in tensors.items():
            require(np.array_equal(arrays[name], tensor.numpy()), f"{name} differs between readers")
        self.passed("safetensors.torch and safetensors.numpy open it")

    def check_names(self, tensors):
        """The names are those of the PyTorch network's state_dict."""
        require_same_names(set(tensors), stored_names(Network(self.golden.options)))
        self.passed(f"its {len(tensors)} tensors have PyTorch's names")

    def check_values(self, tensors):
        """Each tensor is Keras's weight, in PyTorch's layout."""
        names = names_in_keras_order(self.golden.options)
        require(
            len(names) == len(self.keras_weights),
            f"{len(self.keras_weights)} weights in Keras, {len(names)} in PyTorch",
        )
        for name, weight in zip(names, self.keras_weights):
            expected, found = from_keras_layout(weight), tensors[name].numpy()
            require(
                found.shape == expected.shape, f"{name}: {found.shape}, expected {expected.shape}"
            )
            require(np.array_equal(found, expected), f"{name}: other values than in {self.title}")
        self.passed("shapes and values are Keras's, transposed")

    def check_torch_network(self, tensors):
        """PyTorch's load_state_dict takes the tensors, and the network then gives Keras's probs."""
        network = Network(self.golden.options)
        network.load_state_dict(tensors)
        network.eval()
        images = torch.from_numpy(self.golden.inputs()).permute(0, 3, 1, 2)
        with torch.no_grad():
            probs = torch.softmax(network(images), 1).permute(0, 2, 3, 1)
        self.check_probs("PyTorch", probs.numpy())

    def check_keras_reads(self, how, file, **arguments):
        """Keras's load_weights takes the file, and the model then predicts as before."""
        model = compiled_network(self.golden.options)
        model.load_weights(file, **arguments)
        for weight, found, expected in zip(model.weights, model.get_weights(), self.keras_weights):
            require(np.array_equal(found, expected), f"{weight.name}: other values, loaded {how}")
        self.check_probs(f"Keras, loading {how},", model.predict(self.golden.inputs(), verbose=0))

    def check_probs(self, who, probs):
        """The probabilities that somebody computed are the expected ones."""
        normalized = self.golden.options["input_normalize"]
        tolerance = TOLERANCE if normalized else TOLERANCE_RAW_INPUT
        difference = np.abs(probs - self.probs).max() / self.probs.max()
        require(
            difference <= tolerance,
            f"{who} gives other probs: {difference:.1e} relative, accepted {tolerance:g}",
        )
        self.passed(f"{who} gives its probs, largest difference {difference:.1e}")

    def passed(self, what):
        """Reports a check."""
        print(f"{self.title}: {what}: ok")


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folders", nargs="+", type=pathlib.Path, help="golden folders with their .h5 files"
    )
    parser.add_argument(
        "--programs",
        type=pathlib.Path,
        default=PROGRAMS_DIR,
        metavar="DIR",
        help="where flexunet-convert is (default: build/release/bin)",
    )
    return parser.parse_args()


def main():
    """Checks both files of each folder."""
    arguments = parse_arguments()
    converter = arguments.programs / "flexunet-convert"
    for needed in [converter, *(folder / name for folder in arguments.folders for name in FILES)]:
        if not needed.is_file():
            sys.exit(
                f"{needed}: not there; build FlexUNet, and let make_golden.py make the folders"
            )
    for folder in arguments.folders:
        for name in FILES:
            with tempfile.TemporaryDirectory() as work:
                try:
                    ModelCheck(folder, name, converter, pathlib.Path(work)).run()
                except CheckFailed as failure:
                    sys.exit(f"{folder.name}/{name}: FAILED: {failure}")


if __name__ == "__main__":
    main()
