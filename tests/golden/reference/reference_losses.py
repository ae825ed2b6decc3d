"""Losses and metrics by the names that the config uses.

All take masks as one-hot (N,H,W,classes) and probs of the same shape. A metric is one number a
batch, so that Keras takes the plain mean over batches; crossentropy is what Keras computes from the
logits behind the softmax.
"""

from quiet_tensorflow import tf

PIXEL_AXES = (1, 2)
CLASS_AXIS = 3
# Weights of the two parts of dice_coef_hybrid, the defaults of hybrid_alpha and hybrid_beta.
HYBRID_ALPHA = 1.5
HYBRID_BETA = 0.5


def dice(masks, probs, axes, smooth):
    """Twice the overlap over the sum of both areas, summed over `axes`."""
    overlap = tf.reduce_sum(masks * probs, axes)
    total = tf.reduce_sum(masks, axes) + tf.reduce_sum(probs, axes)
    return (2 * overlap + smooth) / (total + smooth)


def dice_coef_multiclass(masks, probs):
    """The Dice of each sample over all pixels and classes at once; the mean over samples."""
    return tf.reduce_mean(dice(masks, probs, (*PIXEL_AXES, CLASS_AXIS), smooth=1))


def dice_coef_foreground(masks, probs):
    """The Dice of each sample and class but the background; the mean over both."""
    return tf.reduce_mean(dice(masks[..., 1:], probs[..., 1:], PIXEL_AXES, smooth=1e-6))


def dice_coef_hybrid(masks, probs):
    """The weighted mean of the two above."""
    multiclass = HYBRID_ALPHA * dice_coef_multiclass(masks, probs)
    foreground = HYBRID_BETA * dice_coef_foreground(masks, probs)
    return (multiclass + foreground) / (HYBRID_ALPHA + HYBRID_BETA)


def dice_loss_multiclass(masks, probs):
    """What dice_coef_multiclass lacks to 1."""
    return 1 - dice_coef_multiclass(masks, probs)


def categorical_focal_dice_loss(masks, probs):
    """Mean crossentropy, and what the mean of each pixel's Dice over the classes lacks to 1."""
    crossentropy = tf.keras.losses.categorical_crossentropy(masks, probs)
    pixel_dice = dice(masks, probs, CLASS_AXIS, smooth=1e-6)
    return tf.reduce_mean(crossentropy) + 1 - tf.reduce_mean(pixel_dice)


LOSSES = {
    "categorical_crossentropy": "categorical_crossentropy",
    "dice_loss_multiclass": dice_loss_multiclass,
    "categorical_focal_dice_loss": categorical_focal_dice_loss,
}
METRICS = {
    function.__name__: function
    for function in (dice_coef_multiclass, dice_coef_foreground, dice_coef_hybrid)
}


def loss_name(options):
    """The loss that the options name, by default crossentropy."""
    return options.get("loss", "categorical_crossentropy")


def metric_name(options):
    """The metric that the options name, by default the Dice over all classes."""
    return options.get("metrics", ["dice_coef_multiclass"])[0]
