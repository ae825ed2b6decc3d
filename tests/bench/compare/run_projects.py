"""The projects whose whole training is measured: their configs and their data."""

import dataclasses
import pathlib

from runner import HERE

ROOT = HERE.parents[2]
SHARED = ROOT.parent / "shared"
CONFIG_NAME = "train_eval_infer.config"
SPLITS = ("train", "valid", "test")


@dataclasses.dataclass(frozen=True)
class RunProject:
    """A config, and the folder that holds its data as train, valid and test."""

    name: str
    config: pathlib.Path
    data: pathlib.Path

    def settings(self, epochs):
        """What --set changes: equally many epochs for all sides, no previews, where the data is."""
        values = {
            f"{split}.{kind}_dir": str(self.data / split / kind)
            for split in SPLITS
            for kind in ("images", "masks")
        }
        values["infer.images_dir"] = values["test.images_dir"]
        values |= {"train.patience": 0, "train.epoch_change_infer": False}
        if epochs:
            values["train.epochs"] = epochs
        # Values are Python literals.
        return [word for key, value in values.items() for word in ("--set", f"{key}={value!r}")]


PROJECTS = {
    project.name: project
    for project in (
        RunProject(
            "phantom",
            ROOT / "projects/FlexUNet/Phantom" / CONFIG_NAME,
            ROOT / "dataset/Phantom",
        ),
        RunProject(
            "crystal",
            SHARED / "golden/crystal_trained" / CONFIG_NAME,
            SHARED / "data/Crystal-Clean-Brain-Tumor",
        ),
    )
}


def draw_phantom(runner, work):
    """The data set of scripts/quickstart.sh, drawn below the work folder; returns its folder."""
    # Each program's folder appears when it is complete.
    scans, master, data = (work / f"Phantom{ending}" for ending in ("-scans", "-master", ""))
    if data.is_dir():
        return data
    if not scans.is_dir():
        runner.run_ours("flexunet-phantom", scans, "--dicom", "--count", 120, "--size", 128)
    if not master.is_dir():
        runner.run_ours(
            "flexunet-generate",
            *(scans / "images", scans / "masks", master),
            *("--recolor", "255=(128,40,40)", "--no-augmentation"),
        )
    runner.run_ours("flexunet-split", master, data)
    return data


def find_project(name, runner, work):
    """The project with its data, or None with a line that says what is absent."""
    project = PROJECTS[name]
    if name == "phantom" and not project.data.is_dir():
        return dataclasses.replace(project, data=draw_phantom(runner, work))
    for path in (project.config, project.data):
        if not path.exists():
            print(f"{name}: left out, there is no {path}\n")
            return None
    return project
