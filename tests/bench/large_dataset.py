#!/usr/bin/env python3
"""A data set that outgrows memory: what training on it holds in memory, how long it waits for data,
and how much sooner a second start trains. See README.md.

    tests/bench/large_dataset.py                    # 20,000 images of 512x512: 21 GB on disk, hours
    tests/bench/large_dataset.py --images 2402 --seconds 0
"""

import argparse
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DISTINCT = 40  # pairs that are drawn, which takes longer than decoding; the rest are links to these
FEW = 20  # images of the run that shows what network and libraries take by themselves
MEMORY_BAR = 1e9  # bytes without a file behind them, above that of the run with few images
WAITING_BAR = 3.0  # per cent of the epoch
SECOND_START_BAR = 5.0  # times as soon
SAMPLES_A_SECOND = 20

CONFIG = """[model]
image_width    = {size}
image_height   = {size}
num_classes    = 2
base_filters   = 4
num_layers     = 3
dropout_rate   = 0.0
[dataset]
cache = "{cache}"
[train]
epochs     = 1
batch_size = 4
images_dir = "{data}/images"
masks_dir  = "{data}/masks"
epoch_change_infer = False
[valid]
images_dir = "{valid}/images"
masks_dir  = "{valid}/masks"
[mask]
mask_file_format = ".png"
rgb_map = {{(0,0,0):0, (128,40,40):1}}
"""


class Run:
    """One training: its output, peak of anonymous memory and the time to its first step."""

    def __init__(self, program, project, threads, seconds=None):
        """`seconds`: so long after its first step it is told to stop."""
        self.peak = 0
        self.first_step = None
        self.text = ""
        start = time.monotonic()
        child, terminal = pty.fork()  # a terminal, for the progress bar tells of the first step
        if child == 0:
            os.chdir(project)
            os.execv(program, [str(program), "--verbose", "--device", "cpu", "--threads",
                               str(threads)])
        watcher = threading.Thread(target=self._watch_memory, args=(child,), daemon=True)
        watcher.start()
        while True:
            select.select([terminal], [], [])
            try:
                piece = os.read(terminal, 65536).decode(errors="replace")
            except OSError:  # the program has closed its side
                break
            if not piece:
                break
            self.text += piece
            if self.first_step is None and "epoch 1/1 [" in self.text:
                self.first_step = time.monotonic() - start
                if seconds is not None:
                    threading.Timer(seconds, os.kill, (child, signal.SIGTERM)).start()
        status = os.waitpid(child, 0)[1]
        code = os.waitstatus_to_exitcode(status)
        if self.first_step is None or code != (0 if seconds is None else 143):
            sys.exit(f"flexunet-train ended with {code}:\n{self.text}")

    def _watch_memory(self, child):
        while True:
            try:
                status = pathlib.Path(f"/proc/{child}/status").read_text()
            except OSError:
                return
            found = re.search(r"RssAnon:\s+(\d+) kB", status)
            if not found:
                return
            self.peak = max(self.peak, 1024 * int(found[1]))
            time.sleep(1 / SAMPLES_A_SECOND)

    def waiting(self):
        """Per cent of the epoch, and seconds."""
        found = re.search(r"waited ([\d.]+) s for data, ([\d.]+) %", self.text)
        return float(found[2]), float(found[1])

    def line(self, start):
        """The line of the output that begins so."""
        return re.search(rf"^{start}[^\r\n]*", self.text, re.MULTILINE)[0]


def make_data(programs, folder, images, size):
    """Splits train (`images` pairs), few and valid."""
    subprocess.run([programs / "flexunet-phantom", folder / "drawn", "--count", str(DISTINCT),
                    "--size", str(size)], check=True)
    for split, source, count in (("train", "train", images), ("few", "train", FEW),
                                 ("valid", "valid", 4)):
        for kind in ("images", "masks"):
            files = sorted((folder / "drawn" / source / kind).iterdir())
            target = folder / split / kind
            target.mkdir(parents=True)
            for number in range(count):
                (target / f"{number:06}.png").symlink_to(files[number % len(files)])


def make_project(folder, name, data, arguments):
    project = folder / name
    project.mkdir()
    (project / "train_eval_infer.config").write_text(CONFIG.format(
        size=arguments.size, cache=arguments.cache, data=folder / data, valid=folder / "valid"))
    return project


def report(few, first, second, arguments):
    """Prints what was seen; the bars that were missed."""
    missed = []

    def show(text, met):
        print(("  " if met else "! ") + text)
        if not met:
            missed.append(text)

    print(f"  {first.line('(dataset cache|samples):')}\n  {second.line('(dataset cache|samples):')}")
    ratio = first.first_step / second.first_step
    show(f"first step after {first.first_step:.1f} s, at the second start after "
         f"{second.first_step:.1f} s: {ratio:.1f}x as soon (at least {SECOND_START_BAR:g}x)",
         ratio >= SECOND_START_BAR or arguments.cache != "disk")
    beyond = max(first.peak, second.peak) - few.peak
    show(f"anonymous memory {second.peak / 1e6:.0f} MB, at the first start "
         f"{first.peak / 1e6:.0f} MB, with {FEW} images {few.peak / 1e6:.0f} MB: "
         f"{beyond / 1e6:.0f} MB more (below {MEMORY_BAR / 1e6:.0f} MB)", beyond < MEMORY_BAR)
    if arguments.seconds is None:
        share, seconds = second.waiting()
        show(f"waited {seconds:.2f} s for data, {share:.1f} % of the epoch "
             f"(below {WAITING_BAR:g} %)", share < WAITING_BAR)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--images", type=int, default=20000)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--cache", default="disk", choices=("disk", "memory", "none"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float,
                        help="train for so long only, which does not tell the share of waiting")
    parser.add_argument("--build", type=pathlib.Path, default=SOURCE / "build/release")
    parser.add_argument("--folder", type=pathlib.Path, default=SOURCE / "build",
                        help="where data and cache are for the time being")
    arguments = parser.parse_args()
    programs = arguments.build.resolve() / "bin"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="large-dataset-", dir=arguments.folder.resolve()))
    needed = arguments.images * arguments.size ** 2 * 4
    if arguments.cache == "disk" and shutil.disk_usage(folder).free < 1.2 * needed:
        sys.exit(f"{folder}: {needed / 1e9:.0f} GB are needed")
    try:
        make_data(programs, folder, arguments.images, arguments.size)
        train = programs / "flexunet-train"
        few = Run(train, make_project(folder, "few_project", "few", arguments),
                  arguments.threads)
        project = make_project(folder, "project", "train", arguments)
        first = Run(train, project, arguments.threads, 0)
        second = Run(train, project, arguments.threads, arguments.seconds)
        missed = report(few, first, second, arguments)
    finally:
        shutil.rmtree(folder)
    sys.exit(f"missed: {'; '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
