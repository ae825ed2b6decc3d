#!/usr/bin/env python3
"""Times training steps or predictions of the network in PyTorch."""

import safetensors.torch
import torch

from steps import parse_arguments, read_batch, read_options, report, time_steps, write_probs
from torch_model import TorchModel


def main():
    """Times what the command line asks for."""
    arguments = parse_arguments(__doc__, precisions=("float32", "bfloat16"))
    torch.set_num_threads(arguments.threads)
    model = TorchModel(read_options(arguments.options), arguments.precision == "bfloat16")
    model.network.load_state_dict(safetensors.torch.load_file(arguments.weights))
    images, class_masks = read_batch(arguments.batch)
    images = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    images = images.contiguous(memory_format=model.memory_format)
    class_masks = torch.from_numpy(class_masks).long()
    steps = {
        "train": lambda: model.train(images, class_masks),
        "infer": lambda: model.infer(images),
    }
    seconds = time_steps(steps[arguments.task], arguments)
    if arguments.probs:
        write_probs(arguments.probs, model.infer(images).contiguous().numpy())
    report(seconds, f"PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
