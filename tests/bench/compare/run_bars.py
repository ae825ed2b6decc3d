"""What whole trainings by FlexUNet must reach against its peers, and the table that shows it."""

from bench import KERAS, TORCH_FLOAT32
from run_bench import OURS, SIDES

# Share of the first quarter's speed that the last quarter must have.
KEPT_SPEED = 0.95
# Seconds of the peer's training over those of our whole command: what must be reached, and what is
# aimed at.
SPEEDS = ((KERAS, 1.2, 1.5), (TORCH_FLOAT32, 1.5, 1.5))


def judge(project, results):
    """Pairs of a bar's line and whether it is met, for each of our sides by itself."""
    judged = []
    for side in OURS:
        own = results[side]
        kept = own.median("kept_speed")
        judged.append(
            (
                f"{project} {side.title}: last quarter of the epochs at {kept:.2f}x the speed of"
                f" the first (at least {KEPT_SPEED:g}x)",
                kept >= KEPT_SPEED,
            )
        )
        for peer, limit, aim in SPEEDS:
            ratio = results[peer].median("seconds") / own.median("seconds")
            aimed = f", aim {aim:g}x" if aim > limit else ""
            judged.append(
                (
                    f"{project} {side.title} against {peer.title}:"
                    f" {ratio:.2f}x as fast (at least {limit:g}x{aimed})",
                    ratio >= limit,
                )
            )
    return judged


def cell(runs, name, form, unit=1):
    """A median and the range in brackets."""
    values = [value / unit for value in runs.values(name)]
    middle = runs.median(name) / unit
    return f"{middle:{form}} ({min(values):{form}}-{max(values):{form}})"


def table(project, results):
    """The medians, and in brackets the range over the rounds, as Markdown."""
    lines = [
        f"| {project} | seconds | images/s, first quarter | last quarter | last/first | peak, MB |"
        " foreground Dice | whole process, s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for side in SIDES:
        runs = results[side]
        cells = [
            side.title,
            cell(runs, "seconds", ".1f"),
            cell(runs, "first_quarter", ".1f"),
            cell(runs, "last_quarter", ".1f"),
            cell(runs, "kept_speed", ".2f"),
            cell(runs, "peak", ",.0f", 1e6),
            cell(runs, "foreground_dice", ".3f"),
            cell(runs, "process_seconds", ".1f"),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
