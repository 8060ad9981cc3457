"""The pieces of a page layout: sections, columns, items."""

from __future__ import annotations

from loaders.schema_xml import Pair


def layout_item(field: str, behavior: str) -> Pair:
    """Give a field as a layout shows it."""
    return ("layoutItems", [("behavior", behavior), ("field", field)])


def section(label: str, columns: list[list[Pair]]) -> list[Pair]:
    """Give a section with a heading of our own, in one column or two."""
    style = "OneColumn" if len(columns) == 1 else "TwoColumnsTopToBottom"
    return [
        ("customLabel", "true"),
        ("detailHeading", "true"),
        ("editHeading", "true"),
        ("label", label),
        *(("layoutColumns", items) for items in columns),
        ("style", style),
    ]
