"""Adding to a page layout, and taking the same away: every other byte of the file stays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

from loaders.schema_xml import NAMESPACE, Pair, indented

RELATED = "relatedLists"
SECTION = "layoutSections"
_NAME = "relatedList"
# Text, start and end of a parser's elements: the root is the first level, its parts the second.
_PARTS = 2


@dataclass(frozen=True, slots=True)
class _Part:
    """An element right below the root, and the bytes that it takes."""

    tag: str
    start: int
    end: int


def list_names(layout: bytes) -> list[str]:
    """Name the related lists of a layout, in their order."""
    return [_name(element) for element in _root(layout).iterfind(_tag(RELATED))]


def shown_fields(layout: bytes) -> frozenset[str]:
    """Name the fields that a layout shows, in whatever section."""
    items = _root(layout).iter(_tag("layoutItems"))
    return frozenset(item.findtext(_tag("field")) or "" for item in items)


def with_parts(layout: bytes, tag: str, parts: Iterable[list[Pair]]) -> bytes:
    """Add elements behind the last of their kind, or where the WSDL has them."""
    text = "".join(f"\n{indented((tag, pairs))}" for pairs in parts).encode("utf-8")
    before = [part for part in _parts(layout) if part.tag <= tag]
    # Sections come before lists, and no layout is without one.
    place = before[-1].end
    return layout[:place] + text + layout[place:]


def without_lists(layout: bytes, names: Collection[str]) -> bytes:
    """Take related lists away."""
    return _without(layout, RELATED, lambda element: _name(element) in names)


def without_section(layout: bytes, label: str, fields: Collection[str]) -> bytes:
    """Take a section away, unless somebody put a field of their own into it."""

    def is_ours(element: ElementTree.Element) -> bool:
        shown = {item.findtext(_tag("field")) for item in element.iter(_tag("layoutItems"))}
        return element.findtext(_tag("label")) == label and shown <= set(fields)

    return _without(layout, SECTION, is_ours)


def _without(layout: bytes, tag: str, goes: Callable[[ElementTree.Element], bool]) -> bytes:
    elements = list(_root(layout))
    for part, element in reversed(list(zip(_parts(layout), elements, strict=True))):
        if part.tag == tag and goes(element):
            layout = layout[: part.start].rstrip() + layout[part.end :]
    return layout


def _name(element: ElementTree.Element) -> str:
    return element.findtext(_tag(_NAME)) or ""


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _root(layout: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(layout)  # noqa: S314 - from the org that we are logged in to


def _parts(layout: bytes) -> list[_Part]:
    """Find where each element right below the root starts and ends."""
    found: list[_Part] = []
    starts: list[int] = []
    parser = expat.ParserCreate()

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        starts.append(parser.CurrentByteIndex)

    def end(tag: str) -> None:
        begun = starts.pop()
        if len(starts) == _PARTS - 1:
            found.append(_Part(tag, begun, layout.index(b">", parser.CurrentByteIndex) + 1))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(layout, True)
    return found
