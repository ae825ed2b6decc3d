"""What the peers' step programs share: arguments, the batch, the clock, and the line of JSON."""

import argparse
import json
import pathlib
import re
import time

import safetensors.numpy


class ListPrecisions(argparse.Action):
    """Prints the precisions and ends the program, as flexunet_step does."""

    def __call__(self, parser, namespace, values, option_string=None):
        print(json.dumps(self.const))
        parser.exit()


def parse_arguments(description, precisions=("float32",), tasks=("train", "infer")):
    """The command line, which is nearly that of flexunet_step."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--list-precisions", action=ListPrecisions, nargs=0, const=precisions)
    for name, what in (
        ("options", "the network's options (.json)"),
        ("weights", "weights to start from, or the network with them (.onnx)"),
        ("batch", "images and class masks (.safetensors)"),
    ):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help=what)
    parser.add_argument("--task", choices=tasks, default=tasks[0])
    parser.add_argument("--precision", choices=precisions, default="float32")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--steps", type=int, default=3, help="steps that are timed")
    parser.add_argument("--warm-up", type=int, default=1, help="steps before them")
    parser.add_argument("--probs", type=pathlib.Path, help="file for the probabilities")
    return parser.parse_args()


def read_options(path):
    """The options by the names of the config's [model] section."""
    return json.loads(path.read_text())


def read_batch(path):
    """Images (N,H,W,C) and class masks (N,H,W), both uint8."""
    tensors = safetensors.numpy.load_file(path)
    return tensors["images"], tensors["class_masks"]


def time_steps(step, arguments):
    """Seconds of each step after those of the warm-up."""
    seconds = []
    for _ in range(arguments.warm_up + arguments.steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds[arguments.warm_up :]


def write_probs(path, probs):
    """Probabilities as (N,classes,H,W)."""
    safetensors.numpy.save_file({"probs": probs}, path)


def peak_bytes():
    """The most memory that this process has held at once (resident set)."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024


def report(seconds, version):
    """Prints what compare.py reads."""
    print(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes(), "version": version}))
