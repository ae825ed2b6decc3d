#!/usr/bin/env python3
"""Writes the network with its weights for OpenVINO and ONNX Runtime, by PyTorch's export."""

import argparse
import pathlib

import safetensors.torch
import torch

from steps import read_options
from torch_network import Network


def main():
    """Writes the file: images (N,C,H,W) in float32 -> probs (N,classes,H,W), N as given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--options", type=pathlib.Path, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--weights", type=pathlib.Path, required=True, help=".safetensors")
    parser.add_argument("--onnx", type=pathlib.Path, required=True, help="file to write")
    arguments = parser.parse_args()
    options = read_options(arguments.options)
    network = Network(options)
    network.load_state_dict(safetensors.torch.load_file(arguments.weights))
    images = torch.zeros(
        arguments.batch_size,
        *(options[key] for key in ("image_channels", "image_height", "image_width")),
    )
    torch.onnx.export(
        torch.nn.Sequential(network, torch.nn.Softmax(1)).eval(),
        (images,),
        arguments.onnx,
        input_names=["images"],
        output_names=["probs"],
        # The newer exporter needs one more package.
        dynamo=False,
    )


if __name__ == "__main__":
    main()
