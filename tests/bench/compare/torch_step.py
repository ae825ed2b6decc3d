#!/usr/bin/env python3
"""Times training steps or predictions of the network in PyTorch.

float32 runs in PyTorch's default memory order (NCHW); bfloat16 is channels_last with autocast.
"""

import contextlib

import safetensors.torch
import torch
from torch import nn
from torch.nn import functional

from steps import parse_arguments, read_batch, read_options, report, time_steps, write_probs
from torch_network import Network


def add_dropout(network, rate):
    """Puts the dropout of each level where the network without one has nothing to do."""
    blocks = [*enumerate(network.encoder), *enumerate(network.decoder)]
    for level, block in blocks:
        if not isinstance(block.norm1, nn.Identity):
            raise ValueError("normalization: not known here together with dropout")
        block.norm1 = nn.Dropout(rate * level)


def dice_coef_multiclass(class_masks, probs):
    """The metric: the Dice of each sample over all pixels and classes; the mean over samples."""
    masks = functional.one_hot(class_masks, probs.shape[1]).permute(0, 3, 1, 2)
    overlap = (masks * probs).sum((1, 2, 3))
    total = masks.sum((1, 2, 3)) + probs.sum((1, 2, 3))
    return ((2 * overlap + 1) / (total + 1)).mean()


class Steps:
    """The network, its batch and its optimiser."""

    def __init__(self, arguments):
        self.options = read_options(arguments.options)
        self.reduced = arguments.precision == "bfloat16"
        memory_format = torch.channels_last if self.reduced else torch.contiguous_format
        self.network = Network(self.options)
        self.network.load_state_dict(safetensors.torch.load_file(arguments.weights))
        add_dropout(self.network, self.options["dropout_rate"])
        self.network.to(memory_format=memory_format)
        images, class_masks = read_batch(arguments.batch)
        self.images = torch.from_numpy(images).permute(0, 3, 1, 2).float()
        self.images = self.images.contiguous(memory_format=memory_format)
        self.class_masks = torch.from_numpy(class_masks).long()
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=self.options["learning_rate"], eps=1e-7
        )

    def logits(self):
        """The forward pass, its result in float32."""
        autocast = torch.autocast("cpu", torch.bfloat16)
        with autocast if self.reduced else contextlib.nullcontext():
            logits = self.network(self.images)
        return logits.float()

    def train(self):
        """One training step with the metric, as Keras and FlexUNet report it; both as numbers."""
        self.network.train()
        self.optimizer.zero_grad()
        logits = self.logits()
        loss = functional.cross_entropy(logits, self.class_masks)
        loss.backward()
        nn.utils.clip_grad_value_(self.network.parameters(), self.options["clipvalue"])
        self.optimizer.step()
        with torch.no_grad():
            metric = dice_coef_multiclass(self.class_masks, torch.softmax(logits, 1))
        return loss.item(), metric.item()

    def infer(self):
        """The probabilities of the batch."""
        self.network.eval()
        with torch.inference_mode():
            return torch.softmax(self.logits(), 1)


def main():
    """Times what the command line asks for."""
    arguments = parse_arguments(__doc__, precisions=("float32", "bfloat16"))
    torch.set_num_threads(arguments.threads)
    steps = Steps(arguments)
    seconds = time_steps(getattr(steps, arguments.task), arguments)
    if arguments.probs:
        write_probs(arguments.probs, steps.infer().contiguous().numpy())
    report(seconds, f"PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
