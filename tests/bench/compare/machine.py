"""Tells what processor the figures are of. Linux alone."""

import pathlib
import re

# Instructions that decide how fast networks run here, and in which precision.
FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def processor():
    """The processor's name, and which of these instructions it has."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    flags = re.search(r"^flags\s*: (.*)$", text, re.MULTILINE)
    known = [flag for flag in FLAGS if flags and flag in flags[1].split()]
    return f"{name[1] if name else 'unknown'} ({', '.join(known) or 'none of ' + ', '.join(FLAGS)})"
