"""Runs the step programs of all sides on one network."""

import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys

from quiet import Watch

HERE = pathlib.Path(__file__).resolve().parent
NETWORKS = ("256", "knee")
BATCH_SIZE = 2
# Steps that are timed, and those before them, of one process.
STEPS = {"256": (10, 2), "knee": (3, 1)}
TASKS = ("train", "infer")
# Processors that other programs may use during a run that counts, and how often one is repeated.
QUIET = 0.1
REPETITIONS = 5


@dataclasses.dataclass(frozen=True)
class Side:
    """One of those that are compared."""

    name: str
    precision: str
    title: str


TORCH_FLOAT32 = Side("torch", "float32", "PyTorch float32")
TORCH_BFLOAT16 = Side("torch", "bfloat16", "PyTorch channels_last, bfloat16")
KERAS = Side("keras", "float32", "Keras float32")


class StepFailed(Exception):
    """A program that ended with an error, and what it said."""


class Bench:
    """One network: its files below a work folder, and the programs that read them."""

    batch_size = BATCH_SIZE

    def __init__(self, network, programs, work, threads):
        self.network = network
        self.programs = programs
        self.work = work / network
        self.threads = threads
        self.config = HERE.parent / f"networks/{network}.config"
        self.options_file = self.work / "options.json"
        self.keras_weights = self.work / "weights.h5"
        self.native_weights = self.work / "weights.safetensors"
        self.batch = self.work / "batch.safetensors"
        self.work.mkdir(parents=True, exist_ok=True)
        self.options_file.write_text(json.dumps(self.read_options()))

    def read_options(self):
        """The config's [model] section, read by the project's own parser."""
        inspector = self.programs / "bin/flexunet-inspect"
        model = json.loads(self.run(inspector, self.config, "--dump-config"))["model"]
        return {
            key: value["tuple"] if isinstance(value, dict) else value
            for key, value in model.items()
        }

    def run(self, *command):
        """The standard output of a program, which must succeed."""
        words = [str(word) for word in command]
        environment = {**os.environ, "OMP_NUM_THREADS": str(self.threads)}
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, env=environment
        )
        if done.returncode != 0:
            raise StepFailed(f"{' '.join(words)}\nended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def run_script(self, script, *arguments):
        """The same for a Python script beside this file."""
        return self.run(sys.executable, HERE / script, *arguments)

    def our_sides(self):
        """FlexUNet in each precision that its step program knows, float32 first."""
        listed = json.loads(self.run(self.programs / "tests/flexunet_step", "--list-precisions"))
        listed.sort(key=lambda precision: precision != "float32")
        return [Side("flexunet", precision, f"FlexUNet {precision}") for precision in listed]

    def measure(self, side, task, *more):
        """What a side's step program says after one run in a process of its own."""
        ours = side.name == "flexunet"
        arguments = [
            *(("--config", self.config) if ours else ("--options", self.options_file)),
            *("--weights", self.keras_weights if side == KERAS else self.native_weights),
            *("--batch", self.batch, "--task", task, "--precision", side.precision),
            *("--threads", self.threads, *more),
        ]
        if ours:
            return json.loads(self.run(self.programs / "tests/flexunet_step", *arguments))
        return json.loads(self.run_script(f"{side.name}_step.py", *arguments))

    def measure_quietly(self, side, task, *more):
        """The same while nobody else uses the machine; where there is no such time, the run that was
        disturbed least, with a warning."""
        runs = []
        for _ in range(REPETITIONS):
            watch = Watch()
            said = self.measure(side, task, *more)
            runs.append((watch.others(), said))
            if runs[-1][0] <= QUIET:
                return said
        others, said = min(runs, key=lambda run: run[0])
        print(f"  WARNING: {side.title}, {task}: other programs used {others:.2f} processors")
        return said

    def measure_rounds(self, sides, rounds):
        """Each side and task in turn, `rounds` times: {(side, task): Measured}."""
        steps, warm_up = STEPS[self.network]
        results = {(side, task): Measured() for side in sides for task in TASKS}
        for number in range(rounds):
            for task in TASKS:
                for side in sides:
                    said = self.measure_quietly(
                        side, task, "--steps", steps, "--warm-up", warm_up
                    )
                    results[side, task].add(said)
            print(f"  round {number + 1} of {rounds} done", flush=True)
        return results


class Measured:
    """What a side's runs of one task took; a run counts with the median of its steps."""

    def __init__(self):
        self.runs = []
        self.peaks = []
        self.operations = 0
        self.version = ""

    def add(self, said):
        """Notes the JSON of a run."""
        self.runs.append(statistics.median(said["seconds"]))
        self.peaks.append(said["peak_bytes"])
        self.operations = said.get("operations", 0)
        self.version = said["version"]

    @property
    def seconds(self):
        """Of a step: the median over the runs."""
        return statistics.median(self.runs)

    @property
    def peak(self):
        """Bytes: the median over the runs."""
        return statistics.median(self.peaks)
