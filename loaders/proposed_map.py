"""Refuses a map in which something is only proposed: a person has to confirm it first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loaders.errors import MapStillProposed

MOST_NAMES = 5


def require_confirmed(nodes: Iterable[dict[str, Any]]) -> None:
    """
    Let a map through in which no model and no seed carries the mark `proposed`.

    `clinic-extract propose` writes the mark (`config.meta.proposed`: the tables, columns or fields
    that nobody confirmed); whoever reviewed them takes it out.

    Raises:
        MapStillProposed: the mark stands somewhere; everything that it names is listed.

    """
    marked = {node["name"]: mark for node in nodes if (mark := _mark(node))}
    if marked:
        raise MapStillProposed(
            [f"{name}: {_named(mark)}" for name, mark in sorted(marked.items())],
            hint="review these in models/ and seeds/, delete what `proposed` lists in their YAML,"
            " then dbt build",
        )


def _mark(node: dict[str, Any]) -> list[str]:
    mark = (node.get("config", {}).get("meta") or {}).get("proposed") or []
    return [str(each) for each in mark] if isinstance(mark, list) else [str(mark)]


def _named(mark: list[str]) -> str:
    more = len(mark) - MOST_NAMES
    return ", ".join(mark[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
