"""What is wrong with a component, and where in its file."""

from __future__ import annotations

from xml.etree import ElementTree

from loaders.stand_in_org.xml_reading import Placed


class Problem(Exception):
    """Why one component cannot be deployed, in the org's words; `place` is line and column."""

    def __init__(
        self,
        words: str,
        *,
        at: ElementTree.Element | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(words)
        self.place = place_of(at) if place is None else place


def place_of(element: ElementTree.Element | None) -> tuple[int, int] | None:
    """Say where an element stands, when it was read from a file."""
    return (element.line, element.column) if isinstance(element, Placed) else None
