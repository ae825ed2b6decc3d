#!/usr/bin/env python3
"""Trains a project in PyTorch from the first epoch to the last, in float32 and PyTorch's default
memory order (NCHW)."""

import copy
import math
import statistics
import time

import torch
from torch import nn

from run_steps import (
    MIN_DELTA,
    foreground_dice,
    parse_arguments,
    read_options,
    read_split,
    report,
)
from steps import peak_bytes
from torch_model import TorchModel


def draw_weights(network):
    """As the other sides start: PyTorch's own start suits other networks."""
    for module in network.modules():
        if isinstance(module, nn.ConvTranspose2d) or module is network.head:
            nn.init.xavier_uniform_(module.weight)
        elif isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        else:
            continue
        nn.init.zeros_(module.bias)


class Pairs:
    """A split in memory, as uint8."""

    def __init__(self, split):
        self.images = torch.from_numpy(split.images).permute(0, 3, 1, 2).contiguous()
        self.class_masks = torch.from_numpy(split.class_masks)

    def __len__(self):
        return len(self.images)

    def batches(self, order, batch_size):
        """Images and class masks as the network takes them."""
        for chosen in order.split(batch_size):
            yield self.images[chosen].float(), self.class_masks[chosen].long()


class Training:
    """A model, what it learns from, and how."""

    def __init__(self, options):
        settings = options["train"]
        self.batch_size = settings["batch_size"]
        self.model = TorchModel(options["model"])
        draw_weights(self.model.network)
        self.pairs = {name: Pairs(read_split(options, name)) for name in ("train", "valid")}
        self.reducer = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.model.optimizer,
            factor=settings["reducer_factor"],
            # PyTorch reduces when this is exceeded, the others when it is reached.
            patience=settings["reducer_patience"] - 1,
            threshold=MIN_DELTA,
            threshold_mode="abs",
        )
        self.history = []
        self.lowest = math.inf
        self.best = None

    def train_epoch(self):
        """Trains on every image once; returns loss, metric and images per second."""
        start = time.perf_counter()
        order = torch.randperm(len(self.pairs["train"]))
        loss, metric = self.mean("train", order, self.model.train)
        return loss, metric, len(order) / (time.perf_counter() - start)

    def validate(self):
        """The loss and the metric of the images that are not trained on."""
        return self.mean("valid", torch.arange(len(self.pairs["valid"])), self.model.score)

    def mean(self, split, order, step):
        """Of a step's losses weighted by images, and of its metrics over batches."""
        losses, metrics = [], []
        for images, class_masks in self.pairs[split].batches(order, self.batch_size):
            loss, metric = step(images, class_masks)
            losses.append(loss * len(images))
            metrics.append(metric)
        return sum(losses) / len(order), statistics.fmean(metrics)

    def fit(self, epochs, folder):
        """All epochs, the best weights at last; returns the images per second of each."""
        speeds = []
        for _ in range(epochs):
            loss, metric, speed = self.train_epoch()
            val_loss, val_metric = self.validate()
            self.history.append((loss, metric, val_loss, val_metric))
            speeds.append(speed)
            self.reducer.step(val_loss)
            self.save(folder / "last.pt")
            if val_loss < self.lowest:
                self.lowest = val_loss
                self.best = copy.deepcopy(self.model.network.state_dict())
        return speeds

    def save(self, path):
        """Writes all that training needs to go on."""
        states = {
            "network": self.model.network.state_dict(),
            "optimizer": self.model.optimizer.state_dict(),
        }
        torch.save(states, path)

    def predict(self, images):
        """The class masks of the best weights."""
        self.model.network.load_state_dict(self.best)
        batches = torch.from_numpy(images).permute(0, 3, 1, 2).split(self.batch_size)
        predicted = [self.model.infer(batch.float().contiguous()).argmax(1) for batch in batches]
        return torch.cat(predicted).numpy()


def main():
    """Trains, and scores the best weights on the test images."""
    arguments = parse_arguments(__doc__)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    options = read_options(arguments.options)
    training = Training(options)
    start = time.perf_counter()
    speeds = training.fit(options["train"]["epochs"], arguments.folder)
    seconds, peak = time.perf_counter() - start, peak_bytes()
    test = read_split(options, "test")
    predicted = training.predict(test.images)
    dice = foreground_dice(predicted, test.class_masks, options["model"]["num_classes"])
    report(seconds, speeds, peak, dice, f"PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
