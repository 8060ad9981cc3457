"""Metadata files: nested pairs become XML, always with the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias
from xml.sax.saxutils import escape

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"

# A tag with its text, or with its children in order.
Pair: TypeAlias = "tuple[str, str | list[Pair]]"


def render(root: str, children: Iterable[Pair]) -> bytes:
    """Write a metadata file of this root element."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for child in children:
        lines += _lines(child, indent="    ")
    lines.append(f"</{root}>")
    return ("\n".join(lines) + "\n").encode("utf-8")


def indented(pair: Pair) -> str:
    """Write an element as it stands right below a root, without a line end."""
    return "\n".join(_lines(pair, indent="    "))


def _lines(pair: Pair, *, indent: str) -> list[str]:
    tag, content = pair
    if isinstance(content, str):
        return [f"{indent}<{tag}>{escape(content)}</{tag}>"]
    inner = [line for child in content for line in _lines(child, indent=indent + "    ")]
    return [f"{indent}<{tag}>", *inner, f"{indent}</{tag}>"]


def flag(value: bool) -> str:
    """Write a truth value."""
    return "true" if value else "false"


def sorted_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    """Put a component's own properties in the order of the WSDL: by name, full name first."""
    return sorted(pairs, key=_full_name_first)


def _full_name_first(pair: Pair) -> tuple[bool, str]:
    return pair[0] != "fullName", pair[0]
