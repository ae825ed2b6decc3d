"""Tells how much of the machine other programs used while one of ours ran. Linux alone."""

import os
import pathlib
import resource
import time

# Processors that other programs may use during a run that counts.
QUIET = 0.1
# Of a processor's time in /proc/stat, by position: user, nice, system, and then idle, iowait; the
# hypervisor's other guests (steal) count as busy.
IDLE_COLUMNS = (3, 4)
COLUMNS = 8


def busy_seconds():
    """What all processors have worked since the machine started."""
    columns = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1 : 1 + COLUMNS]
    ticks = sum(int(value) for index, value in enumerate(columns) if index not in IDLE_COLUMNS)
    return ticks / os.sysconf("SC_CLK_TCK")


def own_seconds():
    """What this process and the children that ended have worked."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


class Watch:
    """Looks at the machine from its making on."""

    def __init__(self):
        self.start = self.look()

    @staticmethod
    def look():
        """The clock, and the work of all and of ours."""
        return time.monotonic(), busy_seconds(), own_seconds()

    def others(self):
        """Processors that others kept busy in the mean."""
        passed, busy, own = (now - then for now, then in zip(self.look(), self.start))
        return max(0.0, busy - own) / passed
