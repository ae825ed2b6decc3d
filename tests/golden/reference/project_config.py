"""A project's train_eval_infer.config for a golden network; its folders need not exist."""

NETWORK_KEYS = (
    "image_width",
    "image_height",
    "image_channels",
    "input_normalize",
    "normalization",
    "num_classes",
    "base_filters",
    "base_kernels",
    "num_layers",
    "dropout_rate",
    "dilation",
    "activation",
)
SPLITS = ("train", "valid", "test")


def literal(value):
    """A value as the config spells it: pairs are tuples."""
    return repr(tuple(value) if isinstance(value, list) else value)


def rgb_map(num_classes):
    """A colour a class."""
    return "{" + ", ".join(f"({index},0,0):{index}" for index in range(num_classes)) + "}"


def project_config(options):
    """The text of the config file."""
    lines = ["[model]", 'model = "FlexUNet"']
    lines += [f"{key} = {literal(options[key])}" for key in NETWORK_KEYS if key in options]
    for split in SPLITS:
        lines += [
            f"[{split}]",
            f'images_dir = "./{split}/images/"',
            f'masks_dir = "./{split}/masks/"',
        ]
    if options["image_channels"] == 4:
        lines += ["[image]", 'file_format = "NPY"']
    lines += ["[mask]", 'mask_file_format = ".png"', f"rgb_map = {rgb_map(options['num_classes'])}"]
    return "\n".join(lines) + "\n"
