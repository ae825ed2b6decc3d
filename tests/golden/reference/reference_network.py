"""The network that FlexUNet computes, as a Keras 2 model.

The options are those of the config's [model] section. Keras lists layers and weights in the order
in which they are made here, and counts their names from the last `clear_session()`.
"""

from quiet_tensorflow import tf
from reference_losses import LOSSES, METRICS, loss_name, metric_name

layers = tf.keras.layers


def leaky_relu(x):
    """Slope 0.2; Keras 2.10 knows no activation of this name."""
    return tf.nn.leaky_relu(x, alpha=0.2)


def mish(x):
    """x tanh(softplus(x)); Keras 2.10 knows no activation of this name."""
    return x * tf.math.tanh(tf.math.softplus(x))


ACTIVATIONS_OF_OURS = {"leaky_relu": leaky_relu, "mish": mish, "silu": "swish"}


def both_extents(options, key):
    """The one number of a pair such as base_kernels."""
    first, second = options[key]
    if first != second:
        raise ValueError(f"{key} = ({first},{second}): both numbers must be equal")
    return first


class LevelBlocks:
    """Makes the pairs of convolutions that every level of the encoder and the decoder has."""

    def __init__(self, options):
        self.options = options
        self.kernel = both_extents(options, "base_kernels")
        self.dilation = both_extents(options, "dilation")
        name = options.get("activation", "relu")
        self.activation = ACTIVATIONS_OF_OURS.get(name, name)

    def filters(self, level):
        """Filters double from level to level."""
        return self.options["base_filters"] * 2**level

    def convolve(self, x, level):
        """A convolution, its activation and, where asked for, BatchNorm after that."""
        x = layers.Conv2D(
            self.filters(level),
            self.kernel if level == 0 else max(3, self.kernel - 2 * level),
            dilation_rate=max(1, self.dilation - level),
            padding="same",
            activation=self.activation,
            kernel_initializer="he_normal",
        )(x)
        if self.options["normalization"]:
            x = layers.BatchNormalization()(x)
        return x

    def apply(self, x, level):
        """Two convolutions with dropout between them, the stronger the deeper the level."""
        x = self.convolve(x, level)
        x = layers.Dropout(self.options["dropout_rate"] * level)(x)
        return self.convolve(x, level)


def build_network(options):
    """The untrained model: images (N,H,W,C) with values 0..255 -> probs (N,H,W,classes)."""
    blocks = LevelBlocks(options)
    images = layers.Input(
        (options["image_height"], options["image_width"], options["image_channels"])
    )
    x = layers.Lambda(lambda pixels: pixels / 255)(images) if options["input_normalize"] else images
    skips = []
    for level in range(options["num_layers"] - 1):
        skips.append(blocks.apply(x, level))
        x = layers.MaxPooling2D(2)(skips[-1])
    bridge = options["num_layers"] - 1
    x = blocks.apply(x, bridge)
    for level in reversed(range(bridge)):
        x = layers.Conv2DTranspose(blocks.filters(level), 2, strides=2, padding="same")(x)
        x = layers.Concatenate()([x, skips[level]])
        x = blocks.apply(x, level)
    probs = layers.Conv2D(options["num_classes"], 1, activation="softmax")(x)
    return tf.keras.Model(images, probs)


def compiled_network(options):
    """The model with optimiser, loss and metric; layer names are counted from the beginning."""
    if options["optimizer"] != "Adam":
        raise ValueError(f"optimizer {options['optimizer']}: only Adam is known here")
    tf.keras.backend.clear_session()
    model = build_network(options)
    model.compile(
        tf.keras.optimizers.Adam(options["learning_rate"], clipvalue=options["clipvalue"]),
        loss=LOSSES[loss_name(options)],
        metrics=[METRICS[metric_name(options)]],
    )
    return model
