"""What compare.py and compare_run.py have in common for those who call and read them."""

import argparse
import os
import pathlib
import sys
import time

from machine import processor
from runner import ComparisonFailed

DEFAULT_ROUNDS = 3


def positive(text):
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def make_parser(program, description):
    """The options of both."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.set_defaults(program=program)
    parser.add_argument(
        "--rounds", type=positive, default=DEFAULT_ROUNDS, help="default: %(default)d"
    )
    parser.add_argument(
        "--threads",
        type=positive,
        default=len(os.sched_getaffinity(0)),
        help="of every side (default: %(default)d, one a processor)",
    )
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser


def print_judged(judged):
    """Prints pairs of a bar's line and whether it is met; returns the lines that are missed."""
    missed = []
    for line, met in judged:
        print(f"{'met   ' if met else 'MISSED'} {line}")
        if not met:
            missed.append(line)
    return missed


def compare_each(names, compare_on, arguments):
    """Compares on one after the other, by a function that returns the lines of missed bars, or None
    where it measured nothing; prints the last lines and sets the exit code."""
    start = time.monotonic()
    print(f"processor: {processor()}")
    try:
        measured = [compare_on(name, arguments) for name in names]
    except ComparisonFailed as failure:
        sys.exit(f"{arguments.program}: {failure}")
    measured = [lines for lines in measured if lines is not None]
    if not measured:
        sys.exit(f"{arguments.program}: nothing was measured")
    missed = sum(measured, [])
    print(f"total: {time.monotonic() - start:.0f} s")
    if missed:
        print(f"bars missed: {'; '.join(missed)}")
        sys.exit(1)
    print("all bars are met")
