"""Small questions to the elements of a metadata file."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.xml_reading import BadXml, child_text, local, read_xml


def parse(body: bytes) -> ElementTree.Element:
    """
    Parse a file.

    Raises:
        Problem: it is no XML that is read here.

    """
    try:
        return read_xml(body)
    except BadXml as error:
        place = (error.line, error.column)
        raise Problem(f"Error parsing file: {error}", place=place) from error


def text(element: ElementTree.Element, name: str) -> str | None:
    """Give the text of a child, null when it is missing or empty."""
    return child_text(element, name)


def flag(element: ElementTree.Element, name: str) -> bool:
    """Give a child's boolean, false when it is missing."""
    return text(element, name) in ("true", "1")


def number(element: ElementTree.Element, name: str) -> int | None:
    """Give a child's whole number; that it is one was checked with the file."""
    given = text(element, name)
    return None if given is None else int(given)


def children(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Go through the children of one name."""
    return (child for child in element if local(child) == name)


def has(element: ElementTree.Element, name: str) -> bool:
    """Tell whether there is a child of this name."""
    return next(children(element, name), None) is not None
