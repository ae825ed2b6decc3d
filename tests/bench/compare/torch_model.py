"""The network in PyTorch with its optimiser, one batch at a time.

float32 runs in PyTorch's default memory order (NCHW); bfloat16 is channels_last with autocast.
"""

import contextlib

import torch
from torch import nn
from torch.nn import functional

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


class TorchModel:
    """Trains on and predicts batches: images (N,C,H,W) in float32, class masks (N,H,W) in int64."""

    def __init__(self, options, reduced=False):
        """The options of the config's [model] section; `reduced` is bfloat16."""
        self.clipvalue = options["clipvalue"]
        self.reduced = reduced
        self.memory_format = torch.channels_last if reduced else torch.contiguous_format
        self.network = Network(options)
        add_dropout(self.network, options["dropout_rate"])
        self.network.to(memory_format=self.memory_format)
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=options["learning_rate"], eps=1e-7
        )

    def logits(self, images):
        """The forward pass, its result in float32."""
        autocast = torch.autocast("cpu", torch.bfloat16)
        with autocast if self.reduced else contextlib.nullcontext():
            logits = self.network(images)
        return logits.float()

    def train(self, images, class_masks):
        """One training step with the metric, as Keras and FlexUNet report it; both as numbers."""
        self.network.train()
        self.optimizer.zero_grad()
        logits = self.logits(images)
        loss = functional.cross_entropy(logits, class_masks)
        loss.backward()
        nn.utils.clip_grad_value_(self.network.parameters(), self.clipvalue)
        self.optimizer.step()
        with torch.no_grad():
            metric = dice_coef_multiclass(class_masks, torch.softmax(logits, 1))
        return loss.item(), metric.item()

    def score(self, images, class_masks):
        """Loss and metric without training."""
        self.network.eval()
        with torch.inference_mode():
            logits = self.logits(images)
            loss = functional.cross_entropy(logits, class_masks)
            return loss.item(), dice_coef_multiclass(class_masks, torch.softmax(logits, 1)).item()

    def infer(self, images):
        """The probabilities."""
        self.network.eval()
        with torch.inference_mode():
            return torch.softmax(self.logits(images), 1)
