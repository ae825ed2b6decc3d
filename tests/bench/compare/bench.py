"""Runs the step programs of all sides on one network."""

import dataclasses
import json
import statistics

from quiet import QUIET, Watch
from runner import HERE, Runner

NETWORKS = ("256", "knee")
BATCH_SIZE = 2
# Steps that are timed, and those before them, of one process.
STEPS = {"256": (10, 2), "knee": (3, 1)}
TASKS = ("train", "infer")
# How often a run is made until one counts.
REPETITIONS = 5


@dataclasses.dataclass(frozen=True)
class Side:
    """One of those that are compared."""

    name: str
    precision: str
    title: str
    tasks: tuple = TASKS


TORCH_FLOAT32 = Side("torch", "float32", "PyTorch float32")
TORCH_BFLOAT16 = Side("torch", "bfloat16", "PyTorch channels_last, bfloat16")
KERAS = Side("keras", "float32", "Keras float32")
OPENVINO_FLOAT32 = Side("openvino", "float32", "OpenVINO float32", ("infer",))
OPENVINO_BFLOAT16 = Side("openvino", "bfloat16", "OpenVINO bfloat16", ("infer",))
ONNXRUNTIME = Side("onnxruntime", "float32", "ONNX Runtime float32", ("infer",))


class Bench(Runner):
    """One network: its files below a work folder, and the programs that read them."""

    batch_size = BATCH_SIZE

    def __init__(self, network, programs, work, threads):
        super().__init__(programs, threads)
        self.network = network
        self.work = work / network
        self.step_program = programs / "tests/flexunet_step"
        self.config = HERE.parent / f"networks/{network}.config"
        self.options_file = self.work / "options.json"
        self.keras_weights = self.work / "weights.h5"
        self.native_weights = self.work / "weights.safetensors"
        self.onnx_network = self.work / "network.onnx"
        self.batch = self.work / "batch.safetensors"
        self.work.mkdir(parents=True, exist_ok=True)
        self.options_file.write_text(json.dumps(self.read_config(self.config)["model"]))

    def our_sides(self):
        """FlexUNet in each precision that its step program knows, float32 first."""
        listed = json.loads(self.run(self.step_program, "--list-precisions").output)
        listed.sort(key=lambda precision: precision != "float32")
        return [Side("flexunet", precision, f"FlexUNet {precision}") for precision in listed]

    def openvino_sides(self):
        """OpenVINO in each precision that this processor has instructions for."""
        listed = json.loads(self.run_script("openvino_step.py", "--list-precisions").output)
        if OPENVINO_BFLOAT16.precision in listed:
            return [OPENVINO_FLOAT32, OPENVINO_BFLOAT16]
        print(f"  {OPENVINO_BFLOAT16.title}: left out, it finds no bfloat16 in this processor")
        return [OPENVINO_FLOAT32]

    def weights_of(self, side):
        """The file that a side reads its weights from."""
        if side == KERAS:
            return self.keras_weights
        reads_onnx = side.name in (OPENVINO_FLOAT32.name, ONNXRUNTIME.name)
        return self.onnx_network if reads_onnx else self.native_weights

    def measure(self, side, task, *more):
        """What a side's step program says after one run in a process of its own, and its time."""
        ours = side.name == "flexunet"
        arguments = [
            *(("--config", self.config) if ours else ("--options", self.options_file)),
            *("--weights", self.weights_of(side)),
            *("--batch", self.batch, "--task", task, "--precision", side.precision),
            *("--threads", self.threads, *more),
        ]
        if ours:
            done = self.run(self.step_program, *arguments)
        else:
            done = self.run_script(f"{side.name}_step.py", *arguments)
        return {**json.loads(done.output), "process_seconds": done.seconds}

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
        results = {(side, task): Measured() for side in sides for task in side.tasks}
        for number in range(rounds):
            for task in TASKS:
                for side in (side for side in sides if task in side.tasks):
                    said = self.measure_quietly(side, task, "--steps", steps, "--warm-up", warm_up)
                    results[side, task].add(said)
            for side in sides:
                said = self.measure_quietly(side, "infer", "--steps", 1, "--warm-up", 0)
                results[side, "infer"].cold_starts.append(said["process_seconds"])
            print(f"  round {number + 1} of {rounds} done", flush=True)
        return results


class Measured:
    """What a side's runs of one task took; a run counts with the median of its steps."""

    def __init__(self):
        self.runs = []
        self.peaks = []
        # Seconds of whole processes that predict once.
        self.cold_starts = []
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

    @property
    def cold_start(self):
        """Seconds: the median over the rounds."""
        return statistics.median(self.cold_starts)
