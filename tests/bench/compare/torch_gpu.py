#!/usr/bin/env python3
"""Times training steps of the network in PyTorch on a GPU, beside gpu_steps.

As a PyTorch user writes it who cares for speed: channels_last, autocast, cudnn.benchmark, fused Adam,
batches in pinned memory, no number read back before the end.
"""

import argparse
import contextlib
import time

import torch
from torch import nn
from torch.nn import functional

from torch_network import Network
from torch_step import add_dropout, dice_coef_multiclass

OPTIONS = {
    "256": {"image_width": 256, "num_layers": 6, "base_kernels": (3, 3)},
    "knee": {"image_width": 512, "num_layers": 8, "base_kernels": (11, 11)},
}
COMMON = {
    "image_channels": 3,
    "num_classes": 2,
    "base_filters": 16,
    "dilation": (1, 1),
    "dropout_rate": 0.05,
    "input_normalize": True,
    "normalization": False,
}


def make_step(options, batch_size, reduced):
    """A function that does one training step and returns loss and metric on the GPU."""
    network = Network(options)
    add_dropout(network, options["dropout_rate"])
    network = network.cuda().to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, eps=1e-7, fused=True)
    size = options["image_width"]
    images = torch.randint(256, (batch_size, size, size, 3), dtype=torch.uint8).pin_memory()
    class_masks = torch.randint(2, (batch_size, size, size), dtype=torch.uint8).pin_memory()
    autocast = torch.autocast("cuda", torch.bfloat16) if reduced else contextlib.nullcontext()

    def step():
        x = images.to("cuda", non_blocking=True).permute(0, 3, 1, 2).float()
        masks = class_masks.to("cuda", non_blocking=True).long()
        optimizer.zero_grad()
        with autocast:
            logits = network(x)
        logits = logits.float()
        loss = functional.cross_entropy(logits, masks)
        loss.backward()
        nn.utils.clip_grad_value_(network.parameters(), 0.5)
        optimizer.step()
        with torch.no_grad():
            return loss.detach(), dice_coef_multiclass(masks, torch.softmax(logits, 1))

    return step


def milliseconds(step, steps):
    """Of a step, after some that are not counted."""
    for _ in range(20):
        step()
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    torch.cuda.synchronize()
    return 1e3 * (time.perf_counter() - start) / steps


def main():
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=OPTIONS, default="256")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[2, 16])
    parser.add_argument("--steps", type=int, default=200)
    arguments = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    print(f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}")
    print("| network | batch | precision | ms | images/s |\n|---|---|---|---|---|")
    for batch_size in arguments.batch_sizes:
        for reduced in (False, True):
            step = make_step({**COMMON, **OPTIONS[arguments.network]}, batch_size, reduced)
            each = milliseconds(step, arguments.steps)
            precision = "bfloat16" if reduced else "float32"
            print(
                f"| {arguments.network} | {batch_size} | {precision} | {each:.2f} | "
                f"{1e3 * batch_size / each:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
