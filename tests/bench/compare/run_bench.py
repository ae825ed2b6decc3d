"""Trains one project from its first epoch to its last on every side, and notes what that took."""

import dataclasses
import json
import re
import shutil
import statistics

from bench import KERAS, TORCH_FLOAT32, Side
from quiet import QUIET, Watch
from run_projects import CONFIG_NAME
from runner import ProgramFailed, Runner

OURS = (
    Side("flexunet", "float32", "FlexUNet float32"),
    Side("flexunet", "auto", "FlexUNet auto"),
)
PEERS = (KERAS, TORCH_FLOAT32)
SIDES = (*OURS, *PEERS)
# Of the line that flexunet-train prints after each epoch; its speed leaves validation out.
EPOCH_SPEED = re.compile(r"^epoch \d+/\d+ .* ([\d.]+) images/s", re.MULTILINE)
CHOSEN_PRECISION = re.compile(r"^precision (\w+): ", re.MULTILINE)
FOREGROUND_DICE = re.compile(r"^foreground Dice +([\d.]+) +\(argmax", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Run:
    """What one training took."""

    # What is compared: of a peer its training alone, of ours the whole process.
    seconds: float
    process_seconds: float
    # Images per second while training, epoch by epoch.
    speeds: list
    # Bytes.
    peak: int
    foreground_dice: float

    def mean_speed(self, epochs):
        """Images over seconds: all epochs have equally many images."""
        return statistics.harmonic_mean(self.speeds[epochs])

    @property
    def quarter(self):
        """How many epochs that is."""
        return max(1, len(self.speeds) // 4)

    @property
    def first_quarter(self):
        """Images per second in the first quarter of the epochs."""
        return self.mean_speed(slice(self.quarter))

    @property
    def last_quarter(self):
        """Images per second in the last quarter of the epochs."""
        return self.mean_speed(slice(-self.quarter, None))

    @property
    def kept_speed(self):
        """The share of the first quarter's speed that the last one has."""
        return self.last_quarter / self.first_quarter


class Runs:
    """What a side's runs took, number by number."""

    def __init__(self):
        self.runs = []

    def values(self, name):
        """One number of every run."""
        return [getattr(run, name) for run in self.runs]

    def median(self, name):
        """The median of one number over the runs."""
        return statistics.median(self.values(name))


def found_in(pattern, output, program):
    """The part of a program's output that a pattern is for."""
    found = pattern.search(output)
    if not found:
        raise ProgramFailed(f"{program} printed nothing like {pattern.pattern}:\n{output}")
    return found[1]


class RunBench(Runner):
    """One project: its folders below a work folder, and the programs that train it."""

    def __init__(self, project, arguments):
        super().__init__(arguments.programs, arguments.threads)
        self.project = project
        self.work = arguments.work / "runs" / project.name
        self.settings = project.settings(arguments.epochs)
        self.work.mkdir(parents=True, exist_ok=True)
        self.options = self.read_config(project.config, *self.settings)
        self.options_file = self.work / "options.json"
        self.options_file.write_text(json.dumps(self.options))
        version = self.run_ours("flexunet-train", "--version").output.splitlines()
        self.versions = {", ".join(" ".join(line.split()) for line in version): None}
        self.chosen_precision = ""

    @property
    def epochs(self):
        """How many each side trains."""
        return self.options["train"]["epochs"]

    def empty_folder(self, side):
        """A new folder for the files of a run."""
        folder = self.work / f"{side.name}-{side.precision}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def run_flexunet(self, side, seed):
        """A training by flexunet-train, in a project folder of its own, and its evaluation."""
        config = self.empty_folder(side) / CONFIG_NAME
        shutil.copyfile(self.project.config, config)
        arguments = [
            *(config, *self.settings, "--device", "cpu"),
            *("--threads", self.threads, "--precision", side.precision),
        ]
        trained = self.run_ours("flexunet-train", *arguments, "--verbose", "--seed", seed)
        speeds = [float(speed) for speed in EPOCH_SPEED.findall(trained.output)]
        if len(speeds) != self.epochs:
            raise ProgramFailed(
                f"flexunet-train told {len(speeds)} speeds in {self.epochs} epochs:\n"
                f"{trained.output}"
            )
        if side.precision == "auto":
            self.chosen_precision = found_in(CHOSEN_PRECISION, trained.output, "flexunet-train")
        evaluated = self.run_ours("flexunet-evaluate", *arguments).output
        dice = float(found_in(FOREGROUND_DICE, evaluated, "flexunet-evaluate"))
        return Run(trained.seconds, trained.seconds, speeds, trained.peak, dice)

    def run_peer(self, side, seed):
        """A training by a peer's script, which says itself what it took."""
        done = self.run_script(
            f"{side.name}_run.py",
            *("--options", self.options_file, "--folder", self.empty_folder(side)),
            *("--threads", self.threads, "--seed", seed),
        )
        said = json.loads(done.output)
        self.versions[said["version"]] = None
        return Run(
            said["seconds"],
            done.seconds,
            said["speeds"],
            said["peak_bytes"],
            said["foreground_dice"],
        )

    def run_rounds(self, rounds):
        """Each side in turn, `rounds` times, seeds 1, 2, ...: {side: Runs}."""
        results = {side: Runs() for side in SIDES}
        for seed in range(1, rounds + 1):
            for side in SIDES:
                watch = Watch()
                run = self.run_flexunet if side in OURS else self.run_peer
                results[side].runs.append(run(side, seed))
                others = watch.others()
                print(
                    f"  round {seed} of {rounds}, {side.title}:"
                    f" {results[side].runs[-1].seconds:.1f} s",
                    flush=True,
                )
                if others > QUIET:
                    print(f"  WARNING: other programs used {others:.2f} processors")
        return results
