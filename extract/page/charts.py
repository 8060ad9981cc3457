"""Draws the report's charts as SVG, with nothing but text: no script, no font, no request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 640
# A label takes the room that it needs, between these bounds.
LABELS = (150.0, 318.0)
LETTER = 6.1
VALUES = 64
ROW = 24
BAR = 15
INK = "#23303b"
FAINT = "#5d6b78"
GRID = "#dfe5ea"
ACCENT = "#0f6b6b"
SEVERITY_COLOURS = {
    "repair": "#b5432a",
    "excluded": "#c98a1b",
    "settled": "#5b7fa6",
    "note": "#a9b6c1",
}
# Apart in lightness too, so that they can be told in print and by those who see few colours.
SERIES = ("#0f6b6b", "#7fb5a8", "#c98a1b", "#5b7fa6", "#b5432a", "#a9b6c1", "#8a6d9c")
HEAT = ("#f1ece3", "#d6e3dc", "#a3c8bd", "#5c9f98", "#0f6b6b")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label, its parts from left to right, and what stands behind them."""

    label: str
    parts: tuple[float, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of cells, each filled to a share between 0 and 1."""

    label: str
    cells: tuple[float, ...]
    said: str


def bars(rows: Sequence[Bar], *, colours: Sequence[str], legend: Sequence[str] = ()) -> str:
    """Draw horizontal bars, stacked where a row has several parts."""
    longest = max((sum(row.parts) for row in rows), default=0) or 1
    top = 26 if legend else 4
    left = room_for([row.label for row in rows])
    drawn = legend_of(legend, colours, left=left) if legend else []
    for place, row in enumerate(rows):
        y = top + place * ROW
        drawn += [label_of(row.label, left, y), rule(left, y + BAR + 2)]
        x = left
        for part, colour in zip(row.parts, colours, strict=False):
            width = part / longest * (WIDTH - left - VALUES)
            drawn.append(box(x, y, max(width, 1.5 if part else 0), BAR, colour))
            x += width
        drawn.append(text(x + 6, y + 12, row.said, fill=FAINT))
    return svg(drawn, height=top + len(rows) * ROW + 2)


def columns(rows: Sequence[Bar], *, colour: str = ACCENT, below: str = "") -> str:
    """Draw a histogram: upright columns in the order given, their values above them."""
    tallest = max((row.parts[0] for row in rows), default=0) or 1
    floor, roof = 168, 22
    step = min(96.0, (WIDTH - 20) / max(len(rows), 1))
    drawn = [box(10, floor, step * len(rows), 1, INK)]
    for place, row in enumerate(rows):
        height = max(row.parts[0] / tallest * (floor - roof), 1.5 if row.parts[0] else 0)
        middle = 10 + step * (place + 0.5)
        drawn.append(box(middle - step * 0.36, floor - height, step * 0.72, height, colour))
        drawn.append(text(middle, floor - height - 6, row.said, anchor="middle", fill=FAINT))
        drawn.append(text(middle, floor + 17, row.label, anchor="middle"))
    if below:
        drawn.append(
            text(10 + step * len(rows) / 2, floor + 37, below, anchor="middle", fill=FAINT)
        )
    return svg(drawn, height=floor + (46 if below else 26))


def strips(rows: Sequence[Strip], *, legend: Sequence[str]) -> str:
    """Draw a heat strip for each row, its cells in the order given."""
    left = room_for([row.label for row in rows])
    drawn = legend_of(legend, HEAT, left=left)
    for place, row in enumerate(rows):
        y = 28 + place * ROW
        drawn.append(label_of(row.label, left, y))
        width = (WIDTH - left - VALUES) / max(len(row.cells), 1)
        for index, cell in enumerate(row.cells):
            colour = HEAT[min(len(HEAT) - 1, int(cell * len(HEAT)))]
            gap = 1 if width > 4 else 0.3  # noqa: PLR2004 - narrow cells would be all gap
            drawn.append(box(left + index * width, y, width - gap, BAR, colour))
        drawn.append(text(WIDTH - VALUES + 6, y + 12, row.said, fill=FAINT))
    return svg(drawn, height=30 + len(rows) * ROW)


def room_for(labels: Sequence[str]) -> float:
    """Return where the bars begin, so that the longest label finds room."""
    least, most = LABELS
    return min(most, max([least, *(len(label) * LETTER + 14 for label in labels)]))


def label_of(label: str, left: float, y: float) -> str:
    """Write a row's label to the left of its bar; the table has it whole, should it be cut."""
    fits = int((left - 12) / LETTER) + 1
    shown = label if len(label) <= fits else label[: fits - 1] + "…"
    return text(left - 10, y + 12, shown, anchor="end")


def legend_of(names: Sequence[str], colours: Sequence[str], *, left: float) -> list[str]:
    """Draw what the colours mean, above the chart."""
    drawn = []
    x = max(0.0, min(left, WIDTH - sum(len(name) * LETTER + 30 for name in names)))
    for name, colour in zip(names, colours, strict=False):
        drawn += [box(x, 3, 11, 11, colour), text(x + 16, 13, name, fill=FAINT)]
        x += len(name) * LETTER + 30
    return drawn


def svg(drawn: Sequence[str], *, height: float) -> str:
    """Put shapes together; what the picture says is told by the table beside it."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
        f' aria-hidden="true" focusable="false">{"".join(drawn)}</svg>'
    )


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Draw a filled rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )


def rule(x: float, y: float) -> str:
    """Draw the thin line that a bar stands on."""
    return box(x, y + 2, WIDTH - x, 0.6, GRID)


def text(x: float, y: float, said: str, *, anchor: str = "start", fill: str = INK) -> str:
    """Write a word into the picture."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(said)}</text>'
    )
