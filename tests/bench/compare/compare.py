#!/usr/bin/env python3
"""Compares FlexUNet with its peers: speed and memory of training steps and predictions.

Every run is a process of its own and counts with the median of its steps; the sides take turns.
Exits 1 when a bar is missed, and the last line names those.
"""

import time

from bars import BARS, ratio_line, table
from bench import KERAS, NETWORKS, ONNXRUNTIME, TASKS, TORCH_BFLOAT16, TORCH_FLOAT32, Bench
from command_line import compare_each, make_parser, print_judged
from same_function import check_same_function, draw_model


def parse_arguments():
    """The command line."""
    parser = make_parser("compare.sh", __doc__)
    parser.add_argument("--network", choices=NETWORKS, help="default: one after the other")
    return parser.parse_args()


def compare_on(network, arguments):
    """Checks and measures one network; returns the lines of the bars that are missed."""
    start = time.monotonic()
    print(f"network {network}, {arguments.threads} threads", flush=True)
    bench = Bench(network, arguments.programs, arguments.work, arguments.threads)
    ours = bench.our_sides()
    unjudged = [*bench.openvino_sides(), ONNXRUNTIME]
    sides = [*ours, *unjudged, TORCH_FLOAT32, TORCH_BFLOAT16, KERAS]
    draw_model(bench)
    check_same_function(bench, sides)
    results = bench.measure_rounds(sides, arguments.rounds)
    print("\n" + table(results, sides) + "\n")
    for task in TASKS:
        print(f"operations: {results[ours[0], task].operations / 1e9:.1f} GFLOP, {task}")
    versions = {measured.version: None for measured in results.values()}
    print(f"versions: {', '.join(versions)}")
    for own, peer in ((own, peer) for peer in unjudged for own in ours):
        if own.precision == peer.precision:
            print(f"seen   {ratio_line(network, results, own, peer)}")
    missed = print_judged(bar.judge(network, results, ours) for bar in BARS)
    print(f"{network} took {time.monotonic() - start:.0f} s\n", flush=True)
    return missed


def main():
    """Compares on each network that the command line asks for."""
    arguments = parse_arguments()
    names = [arguments.network] if arguments.network else NETWORKS
    compare_each(names, compare_on, arguments)


if __name__ == "__main__":
    main()
