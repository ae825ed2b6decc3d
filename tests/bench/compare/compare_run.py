#!/usr/bin/env python3
"""Compares whole trainings by FlexUNet, Keras and PyTorch: time, speed at their beginning and end,
memory, and what the network has learnt.

Every run is a process of its own; the sides take turns. Exits 1 when a bar is missed, and the last
line names those.
"""

import time

from command_line import compare_each, make_parser, positive, print_judged
from run_bars import judge, table
from run_bench import RunBench
from run_projects import PROJECTS, find_project
from runner import Runner


def parse_arguments():
    """The command line."""
    parser = make_parser("compare_run.sh", __doc__)
    parser.add_argument("--config", choices=PROJECTS, help="default: one after the other")
    parser.add_argument("--epochs", type=positive, help="default: as the config says")
    return parser.parse_args()


def compare_on(name, arguments):
    """Measures one project; returns the lines of the bars that are missed, or None without data."""
    start = time.monotonic()
    arguments.work.mkdir(parents=True, exist_ok=True)
    runner = Runner(arguments.programs, arguments.threads)
    project = find_project(name, runner, arguments.work)
    if not project:
        return None
    bench = RunBench(project, arguments)
    print(f"{name}, {bench.epochs} epochs, {arguments.threads} threads", flush=True)
    results = bench.run_rounds(arguments.rounds)
    print(f"\n{table(name, results)}\n")
    print(f"FlexUNet auto computes in {bench.chosen_precision} here")
    print(f"versions: {'; '.join(bench.versions)}")
    missed = print_judged(judge(name, results))
    print(f"{name} took {time.monotonic() - start:.0f} s\n", flush=True)
    return missed


def main():
    """Compares on each project that the command line asks for."""
    arguments = parse_arguments()
    names = [arguments.config] if arguments.config else PROJECTS
    compare_each(names, compare_on, arguments)


if __name__ == "__main__":
    main()
