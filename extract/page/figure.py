"""What a figure is: a finding as its title, a picture, its unit, and the table beside it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the report."""

    name: str
    # The finding itself, in words that the data wrote.
    title: str
    unit: str
    picture: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # What the reader should do or know; may be empty.
    remark: str = ""
    # The table's columns that are words; the others are numbers and stand to the right.
    words: frozenset[int] = field(default=frozenset({0}))
    # A table of many columns stands below its picture.
    is_wide: bool = False
