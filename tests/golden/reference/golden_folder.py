"""Golden folders: numbers and tensors of one network, as the C++ golden tests read them."""

import dataclasses
import json
import pathlib

import numpy as np
import torch

REFERENCE_DIR = pathlib.Path(__file__).resolve().parent
RECORDED_DIR = REFERENCE_DIR.parent / "data"


@dataclasses.dataclass
class Golden:
    """golden.json, and golden.pt as numpy arrays by name."""

    record: dict
    tensors: dict

    @property
    def options(self):
        """The network's options, by the names of the config's [model] section."""
        return self.record["options"]

    def numbered(self, prefix):
        """The tensors `prefix`_NNN by their position in Keras's list of weights."""
        return {
            int(name.rsplit("_", 1)[1]): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix + "_")
        }

    def weights(self):
        """The starting weights in Keras's order."""
        return [tensor for _, tensor in sorted(self.numbered("weight").items())]

    def inputs(self):
        """The images as float32, 0..255."""
        return self.tensors["images"].astype(np.float32)


def tensor_name(prefix, position):
    """The name under which a golden.pt keeps one of Keras's weights."""
    return f"{prefix}_{position:03d}"


def read_golden(folder):
    """Reads a golden folder."""
    folder = pathlib.Path(folder)
    record = json.loads((folder / "golden.json").read_text())
    tensors = torch.load(folder / "golden.pt")
    return Golden(record, {name: tensor.numpy() for name, tensor in tensors.items()})


def write_golden(folder, golden):
    """Writes golden.json and golden.pt into an existing folder."""
    folder = pathlib.Path(folder)
    (folder / "golden.json").write_text(json.dumps(golden.record, indent=1) + "\n")
    torch.save(
        {name: torch.from_numpy(np.array(tensor)) for name, tensor in golden.tensors.items()},
        folder / "golden.pt",
    )
