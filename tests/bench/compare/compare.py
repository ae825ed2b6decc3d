#!/usr/bin/env python3
"""Compares FlexUNet with PyTorch and Keras: speed and memory of training steps and predictions.

Every run is a process of its own and counts with the median of its steps; the sides take turns.
Exits 1 when a bar is missed, and the last line names those.
"""

import argparse
import os
import pathlib
import sys
import time

from bars import BARS, table
from bench import KERAS, NETWORKS, TASKS, TORCH_BFLOAT16, TORCH_FLOAT32, Bench, StepFailed
from same_function import FunctionsDiffer, check_same_function, draw_model

PEERS = [TORCH_FLOAT32, TORCH_BFLOAT16, KERAS]
DEFAULT_ROUNDS = 3


def positive(text):
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="compare.sh", description=__doc__)
    parser.add_argument(
        "--rounds", type=positive, default=DEFAULT_ROUNDS, help="default: %(default)d"
    )
    parser.add_argument("--network", choices=NETWORKS, help="default: one after the other")
    parser.add_argument(
        "--threads",
        type=positive,
        default=len(os.sched_getaffinity(0)),
        help="of every side (default: %(default)d, one a processor)",
    )
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def compare_on(network, arguments):
    """Checks and measures one network; returns the lines of the bars that are missed."""
    start = time.monotonic()
    print(f"network {network}, {arguments.threads} threads", flush=True)
    bench = Bench(network, arguments.programs, arguments.work, arguments.threads)
    ours = bench.our_sides()
    sides = [*ours, *PEERS]
    draw_model(bench)
    check_same_function(bench, sides)
    results = bench.measure_rounds(sides, arguments.rounds)
    print("\n" + table(results, sides) + "\n")
    for task in TASKS:
        print(f"operations: {results[ours[0], task].operations / 1e9:.1f} GFLOP, {task}")
    versions = {measured.version: None for measured in results.values()}
    print(f"versions: {', '.join(versions)}")
    judged = [bar.judge(network, results, ours) for bar in BARS]
    for line, met in judged:
        print(f"{'met   ' if met else 'MISSED'} {line}")
    print(f"{network} took {time.monotonic() - start:.0f} s\n", flush=True)
    return [line for line, met in judged if not met]


def main():
    """Compares on each network that the command line asks for."""
    arguments = parse_arguments()
    start = time.monotonic()
    missed = []
    try:
        for network in [arguments.network] if arguments.network else NETWORKS:
            missed += compare_on(network, arguments)
    except (FunctionsDiffer, StepFailed) as failure:
        sys.exit(f"compare.sh: {failure}")
    print(f"total: {time.monotonic() - start:.0f} s")
    if missed:
        print(f"bars missed: {'; '.join(missed)}")
        sys.exit(1)
    print("all bars are met")


if __name__ == "__main__":
    main()
