"""Runs programs to their end and tells what they printed and took."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


class ComparisonFailed(Exception):
    """Why there are no figures."""


class ProgramFailed(ComparisonFailed):
    """A program that ended with an error, and what it said."""


@dataclasses.dataclass(frozen=True)
class Done:
    """A program that ended well."""

    output: str
    seconds: float
    # Bytes of the largest resident set. The system counts what the process held before it became
    # this program, too: what starts others here must stay smaller than they are.
    peak: int


def plain(value):
    """A value of --dump-config, where tuples and dicts are marked as such, as JSON alone."""
    return value.get("tuple", value.get("dict")) if isinstance(value, dict) else value


class Runner:
    """Runs the project's programs and the scripts beside this file with a number of threads."""

    def __init__(self, programs, threads):
        self.programs = programs
        self.threads = threads

    def run(self, *command):
        """Waits for a program, which must succeed."""
        words = [str(word) for word in command]
        environment = {**os.environ, "OMP_NUM_THREADS": str(self.threads)}
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            start = time.monotonic()
            try:
                with subprocess.Popen(
                    words, stdout=output, stderr=errors, env=environment
                ) as process:
                    # Not process.wait(), which does not tell the memory.
                    _, status, usage = os.wait4(process.pid, 0)
                    process.returncode = os.waitstatus_to_exitcode(status)
            except OSError as error:
                raise ProgramFailed(f"{words[0]}: cannot be started: {error.strerror}") from error
            seconds = time.monotonic() - start
            output.seek(0)
            errors.seek(0)
            if process.returncode != 0:
                raise ProgramFailed(
                    f"{' '.join(words)}\nended with {process.returncode}:\n{errors.read()}"
                )
            return Done(output.read(), seconds, usage.ru_maxrss * 1024)

    def run_ours(self, name, *arguments):
        """The same for one of the project's programs, by its name in bin."""
        return self.run(self.programs / "bin" / name, *arguments)

    def run_script(self, script, *arguments):
        """The same for a Python script beside this file."""
        return self.run(sys.executable, HERE / script, *arguments)

    def read_config(self, config, *settings):
        """The sections of a config with all that `--set` changes, read by the project's parser."""
        dumped = self.run_ours("flexunet-inspect", config, *settings, "--dump-config").output
        return {
            section: {key: plain(value) for key, value in keys.items()}
            for section, keys in json.loads(dumped).items()
        }
