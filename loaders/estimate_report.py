"""An estimate as a person reads it: 80 columns, a line for each number with its formula."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from loaders.estimate import Estimate
from loaders.estimate_actual import Comparison
from loaders.estimate_axes import Axis
from loaders.estimate_lines import SECONDS, Line
from loaders.estimate_range import UNKNOWN, Range
from loaders.tables import new_table

# A push that takes more of what an org has left is asking for trouble in its midst.
MUCH = 0.8


def estimate_tables(made: Estimate) -> list[Table]:
    """Draw the axes with the grade, the numbers, the pace of each object, and the sources."""
    return [_axes(made), _lines(made), *([_pace(made)] if made.pace else []), _sources(made)]


def closing_lines(made: Estimate) -> list[str]:
    """Say which three axes would lower the grade most, what is unknown, and what is too much."""
    by_name = {axis.name: axis for axis in made.axes}
    said = [
        "would lower the grade most: "
        + ", ".join(f"{name} ({_points(by_name[name])})" for name in made.heaviest)
    ]
    unknown = [axis.name for axis in made.axes if axis.low != axis.high]
    unknown += [line.name for line in made.lines if line.amount.high is None]
    if unknown:
        said.append(f"not, or not wholly, known: {', '.join(unknown)}")
    said += [
        f"{line.name}: more than {MUCH:.0%} of the {line.left:,.0f} {line.unit}".rstrip() + " left"
        for line in made.lines
        if takes_much(line)
    ]
    return said


def takes_much(line: Line) -> bool:
    """Tell whether a number is more than a good share of what the org has left."""
    most = line.amount.high if line.amount.high is not None else line.amount.low
    return line.left is not None and most is not None and most > MUCH * line.left


def comparison_table(compared: Sequence[Comparison], *, title: str) -> Table:
    """Draw estimated against actual."""
    table = new_table(title, names=("number", "estimated", "actual", "verdict"))
    for each in compared:
        table.add_row(
            each.name,
            each.estimated.text(each.unit),
            each.actual.text(each.unit),
            each.verdict,
        )
    return table


def _axes(made: Estimate) -> Table:
    where = f"org {made.alias}" if made.alias else "no org"
    table = new_table(
        f"complexity {made.grade} ({where})",
        names=("axis", "pts", "measured", "1, 2, 3, 4 points from"),
    )
    for axis in made.axes:
        table.add_row(axis.name, _points(axis), axis.value, axis.formula)
    low, high = (sum(getattr(axis, end) for axis in made.axes) for end in ("low", "high"))
    total = str(low) if low == high else f"{low}-{high}"
    table.add_row("sum", total, f"grade {made.grade}", "A to 5, B 11, C 18, D 25; a 4: C")
    return table


def _points(axis: Axis) -> str:
    return str(axis.low) if axis.low == axis.high else f"{axis.low}-{axis.high}"


def _lines(made: Estimate) -> Table:
    table = new_table("numbers", names=("number", "amount", "formula"))
    for line in made.lines:
        amount = line.amount.text(line.unit)
        left = "" if line.left is None else f" of {line.left:,.0f}"
        table.add_row(line.name, amount + left, line.formula)
    return table


def _pace(made: Estimate) -> Table:
    table = new_table(
        "load time by object",
        names=("object",),
        numbers=("rows", "measured on", "ms/row p50", "p90", "low", "high"),
    )
    for each in made.pace:
        rate = each.rate
        measured = (UNKNOWN,) * 3 if rate is None else (
            f"{rate.rows:,}", f"{rate.median * 1000:.1f}", f"{rate.slow * 1000:.1f}"
        )  # fmt: skip
        low = Range(each.amount.low, each.amount.low).text(SECONDS)
        high = Range(each.amount.high, each.amount.high).text(SECONDS)
        table.add_row(each.sobject, f"{each.rows:,}", *measured, low, high)
    return table


def _sources(made: Estimate) -> Table:
    table = new_table("where they come from", names=("row",), sentences=("inputs",))
    inputs = [(axis.name, axis.inputs) for axis in made.axes]
    inputs += [(line.name, line.inputs) for line in made.lines]
    for name, told in inputs:
        table.add_row(name, told)
    return table
