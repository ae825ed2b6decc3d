"""The same network as a PyTorch user would write it, to open FlexUNet's checkpoints with."""

import torch
from torch import nn
from torch.nn import functional

ACTIVATIONS = {
    "relu": torch.relu,
    "elu": functional.elu,
    "selu": torch.selu,
    "gelu": functional.gelu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": functional.softplus,
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
    "swish": functional.silu,
    "silu": functional.silu,
    "mish": functional.mish,
}


class ConvBlock(nn.Module):
    """The two convolutions of a level."""

    def __init__(self, options, level, in_channels):
        super().__init__()
        kernel, dilation = options["base_kernels"][0], options["dilation"][0]
        kernel = kernel if level == 0 else max(3, kernel - 2 * level)
        dilation = max(1, dilation - level)
        filters = options["base_filters"] * 2**level
        self.activation = ACTIVATIONS[options.get("activation", "relu")]
        self.conv1 = nn.Conv2d(in_channels, filters, kernel, padding="same", dilation=dilation)
        self.conv2 = nn.Conv2d(filters, filters, kernel, padding="same", dilation=dilation)
        has_norms = options["normalization"]
        self.norm1 = nn.BatchNorm2d(filters, eps=1e-3) if has_norms else nn.Identity()
        self.norm2 = nn.BatchNorm2d(filters, eps=1e-3) if has_norms else nn.Identity()

    def forward(self, x):
        """x (N,C,H,W) -> (N,filters,H,W)."""
        x = self.norm1(self.activation(self.conv1(x)))
        return self.norm2(self.activation(self.conv2(x)))


class DecoderLevel(ConvBlock):
    """Doubles both sides of what comes from below, and convolves it with the encoder's skip."""

    def __init__(self, options, level):
        filters = options["base_filters"] * 2**level
        super().__init__(options, level, 2 * filters)
        self.up = nn.ConvTranspose2d(2 * filters, filters, 2, stride=2)

    def forward(self, below, skip):
        """below (N,2*filters,H/2,W/2), skip (N,filters,H,W) -> (N,filters,H,W)."""
        return super().forward(torch.cat([self.up(below), skip], 1))


class Network(nn.Module):
    """Images (N,C,H,W) with values 0..255 -> logits (N,classes,H,W)."""

    def __init__(self, options):
        super().__init__()
        levels, filters = options["num_layers"], options["base_filters"]
        self.divisor = 255 if options["input_normalize"] else 1
        self.encoder = nn.ModuleList(
            ConvBlock(
                options,
                level,
                options["image_channels"] if level == 0 else filters * 2 ** (level - 1),
            )
            for level in range(levels)
        )
        self.decoder = nn.ModuleList(DecoderLevel(options, level) for level in range(levels - 1))
        self.head = nn.Conv2d(filters, options["num_classes"], 1)

    def forward(self, images):
        """The logits; softmax over axis 1 gives the probs."""
        x = images / self.divisor
        skips = []
        for block in self.encoder[:-1]:
            skips.append(block(x))
            x = functional.max_pool2d(skips[-1], 2)
        x = self.encoder[-1](x)
        for level in reversed(range(len(self.decoder))):
            x = self.decoder[level](x, skips[level])
        return self.head(x)


def stored_names(network):
    """The tensors that a checkpoint holds: all but BatchNorm's counters of batches."""
    return {name for name in network.state_dict() if not name.endswith("num_batches_tracked")}


def names_in_keras_order(options):
    """The network's tensor names in the order in which Keras lists its weights."""
    names = []

    def add(module, kinds=("weight", "bias")):
        names.extend(f"{module}.{kind}" for kind in kinds)

    def add_block(block):
        for half in (1, 2):
            add(f"{block}.conv{half}")
            if options["normalization"]:
                add(f"{block}.norm{half}", ("weight", "bias", "running_mean", "running_var"))

    for level in range(options["num_layers"]):
        add_block(f"encoder.{level}")
    for level in reversed(range(options["num_layers"] - 1)):
        add(f"decoder.{level}.up")
        add_block(f"decoder.{level}")
    add("head")
    return names


def from_keras_layout(weight):
    """Keras's (kh,kw,in,out), or (kh,kw,out,in) of a transposed one, in PyTorch's order."""
    return weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight
