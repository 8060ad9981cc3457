"""Look through files for identifiers, and say where which kind of them is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.identifiers.containers import texts_of
from tests.identifiers.forms import Finder, Identifier


def scan(place: Path, finder: Finder) -> dict[str, set[Identifier]]:
    """Name every file under a place that holds an identifier, and what it holds."""
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*"))
    found: dict[str, set[Identifier]] = {}
    for path in files:
        texts = texts_of(path) if path.is_file() else [path.name.encode()]
        if held := _held(texts, finder):
            found[str(path.relative_to(place.parent))] = held
    return found


def _held(texts: Iterable[bytes], finder: Finder) -> set[Identifier]:
    held: set[Identifier] = set()
    for text in texts:
        held |= finder.find(text)
    return held


def kinds_by_file(found: dict[str, set[Identifier]]) -> dict[str, dict[str, int]]:
    """Sum up a scan for a person who has to mend it, without telling an identifier."""
    return {name: dict(Counter(one.kind for one in held)) for name, held in found.items()}
