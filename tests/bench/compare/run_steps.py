"""What the peers' programs for whole trainings share: arguments, the data in memory, the score."""

import argparse
import dataclasses
import json
import pathlib

import numpy as np
from PIL import Image

# The plateau that the learning rate's reducer sees, as in FlexUNet.
MIN_DELTA = 1e-4


def parse_arguments(description):
    """The command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--options", type=pathlib.Path, required=True, help="the sections of the config (.json)"
    )
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="for checkpoints")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    return parser.parse_args()


def read_options(path):
    """The sections of the config, which must not ask for what the peers' programs leave out."""
    options = json.loads(path.read_text())
    for section, key, known in (
        ("model", "optimizer", "Adam"),
        ("model", "loss", "categorical_crossentropy"),
        ("model", "metrics", ["dice_coef_multiclass"]),
        ("train", "learning_rate_reducer", True),
    ):
        if options[section][key] != known:
            raise ValueError(f"[{section}] {key} = {options[section][key]}: only {known} is known")
    return options


@dataclasses.dataclass(frozen=True)
class Split:
    """Images (N,H,W,C) and class masks (N,H,W), both uint8."""

    images: np.ndarray
    class_masks: np.ndarray


def read_picture(path, options):
    """The colours (H,W,3) of a picture that has the network's size."""
    size = options["model"]["image_width"], options["model"]["image_height"]
    with Image.open(path) as picture:
        if picture.size != size:
            raise ValueError(f"{path}: {picture.size}, but the network takes {size}")
        return np.asarray(picture.convert("RGB"))


def decode_mask(colors, rgb_map):
    """The class of the colour that is nearest, the first of those that are equally near."""
    palette = np.array([color for color, _ in rgb_map], np.int32)
    classes = np.array([index for _, index in rgb_map], np.uint8)
    distances = ((colors[..., None, :].astype(np.int32) - palette) ** 2).sum(3)
    return classes[distances.argmin(2)]


def read_split(options, name):
    """All pairs of a split, by the names of their images."""
    folders = {kind: pathlib.Path(options[name][f"{kind}_dir"]) for kind in ("images", "masks")}
    masks = {path.stem: path for path in folders["masks"].iterdir()}
    images = sorted(folders["images"].iterdir())
    rgb_map = options["mask"]["rgb_map"]
    return Split(
        np.stack([read_picture(path, options) for path in images]),
        np.stack(
            [decode_mask(read_picture(masks[path.stem], options), rgb_map) for path in images]
        ),
    )


def foreground_dice(predicted, true, num_classes):
    """The mean over the classes but the background that occur; each pooled over all images."""
    scores = []
    for index in range(1, num_classes):
        found, wanted = predicted == index, true == index
        if total := int(found.sum() + wanted.sum()):
            scores.append(2 * int((found & wanted).sum()) / total)
    return sum(scores) / len(scores)


def report(seconds, speeds, peak, dice, version):
    """Prints what compare_run.py reads."""
    print(
        json.dumps(
            {
                "seconds": seconds,
                "speeds": speeds,
                "peak_bytes": peak,
                "foreground_dice": dice,
                "version": version,
            }
        )
    )
