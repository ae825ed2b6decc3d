"""What FlexUNet must reach against its peers, and the tables that show it."""

import dataclasses

from bench import KERAS, TASKS, TORCH_BFLOAT16, TORCH_FLOAT32

TITLES = {"train": "training step", "infer": "inference"}


@dataclasses.dataclass(frozen=True)
class Bar:
    """A ratio that must be reached: the peer's seconds over ours, or our memory over the peer's."""

    task: str
    peer: object
    limit: float
    memory: bool = False
    float32_alone: bool = False

    def judge(self, network, results, ours):
        """The line of the report, and whether the bar is met."""
        side = ours[0] if self.float32_alone else fastest(results, ours, self.task)
        own, peer = results[side, self.task], results[self.peer, self.task]
        what = f"{network} {TITLES[self.task]}, {side.title} against {self.peer.title}"
        if self.memory:
            ratio = own.peak / peer.peak
            met = ratio <= self.limit
            return f"{what}: {ratio:.2f}x the memory (at most {self.limit:g}x)", met
        ratio = peer.seconds / own.seconds
        met = ratio >= self.limit
        return f"{what}: {ratio:.2f}x as fast (at least {self.limit:g}x)", met


BARS = (
    Bar("train", KERAS, 1.8),
    Bar("train", TORCH_FLOAT32, 1.8),
    Bar("train", TORCH_BFLOAT16, 1.1),
    Bar("infer", KERAS, 2.0),
    Bar("infer", TORCH_FLOAT32, 2.0),
    Bar("train", KERAS, 0.7, memory=True),
    Bar("infer", KERAS, 0.7, memory=True),
    *(
        Bar(task, peer, 1.0, float32_alone=True)
        for task in TASKS
        for peer in (KERAS, TORCH_FLOAT32)
    ),
)


def fastest(results, ours, task):
    """Our side that takes the least time; the bars are for the best that a user can choose."""
    return min(ours, key=lambda side: results[side, task].seconds)


def task_cells(measured, operations):
    """A side's cells of one task."""
    return [
        f"{measured.seconds:.3f} ({min(measured.runs):.3f}-{max(measured.runs):.3f})",
        f"{operations / measured.seconds / 1e9:.0f}",
        f"{measured.peak / 1e6:,.0f}",
    ]


def table(results, sides):
    """The medians, and in brackets the range over the rounds, as Markdown."""
    lines = [
        "| | training step, s | GFLOP/s | peak, MB | inference, s | GFLOP/s | peak, MB |"
        " cold start, s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for side in sides:
        cells = [side.title]
        for task in TASKS:
            # All sides do the operations that ours counts.
            operations = results[sides[0], task].operations
            does = task in side.tasks
            cells += task_cells(results[side, task], operations) if does else [""] * 3
        cells.append(f"{results[side, 'infer'].cold_start:.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ratio_line(network, results, own_side, peer):
    """How we do at inference against a peer for which there is no bar."""
    own, other = results[own_side, "infer"], results[peer, "infer"]
    return (
        f"{network} inference, {own_side.title} against {peer.title}:"
        f" {other.seconds / own.seconds:.2f}x as fast, {own.peak / other.peak:.2f}x the memory,"
        f" {other.cold_start / own.cold_start:.2f}x as fast from a cold start"
    )
