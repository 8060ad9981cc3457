"""
What each metadata type may hold, read from Salesforce's own WSDL.

The WSDL (v63) ships with the locked client library, so no list of elements is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.xml_reading import local, read_xml

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUTHS = frozenset({"true", "false", "1", "0"})


@dataclass(frozen=True, slots=True)
class Element:
    """A child that a type may have; `type` is a type of the WSDL or one of XML Schema."""

    name: str
    type: str
    required: bool
    many: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """The types of the WSDL: their children in order, and the words that enumerations allow."""

    types: Mapping[str, Mapping[str, Element]]
    words: Mapping[str, frozenset[str]]


@cache
def schema() -> Schema:
    """Read the WSDL, once."""
    root = read_xml(files("simple_salesforce").joinpath("metadata.wsdl").read_bytes())
    found = {
        node.get("name", ""): node
        for node in root.iter(f"{_XSD}complexType")
        if node.get("name") is not None
    }
    words = {
        node.get("name", ""): frozenset(
            word.get("value", "") for word in node.iter(f"{_XSD}enumeration")
        )
        for node in root.iter(f"{_XSD}simpleType")
    }
    types = {name: _elements(found, name) for name in found}
    return Schema(types, {name: allowed for name, allowed in words.items() if allowed})


def _elements(found: Mapping[str, ElementTree.Element], name: str) -> dict[str, Element]:
    """Give the children of a type, those of the type it extends first."""
    node = found.get(name)
    if node is None:
        return {}
    extended = next(node.iter(f"{_XSD}extension"), None)
    base = "" if extended is None else _bare(extended.get("base", ""))
    own = {
        each.get("name", ""): Element(
            name=each.get("name", ""),
            type=_bare(each.get("type", "")),
            required=each.get("minOccurs") != "0" and each.get("nillable") != "true",
            many=each.get("maxOccurs") == "unbounded",
        )
        for each in node.iter(f"{_XSD}element")
    }
    return {**_elements(found, base), **own}


def _bare(name: str) -> str:
    return name.removeprefix("tns:")


def check_file(element: ElementTree.Element, kind: str) -> None:
    """
    Refuse a file that the WSDL cannot read: strange elements, scattered ones, values of no type.

    Raises:
        Problem: at the element, in the words of the org; the whole file is lost.

    """
    known, seen = schema().types[kind], [""]
    for child in element:
        name = local(child)
        if name not in known:
            raise _unreadable(f"Element {child.tag} invalid at this location in type {kind}", child)
        if name in seen and (seen[-1] != name or not known[name].many):
            raise _unreadable(
                f"Element {name} is duplicated at this location in type {kind}", child
            )
        seen.append(name)
        _check_value(child, known[name].type)


def _check_value(element: ElementTree.Element, kind: str) -> None:
    text = (element.text or "").strip()
    if element.get(_NIL) == "true" and not text:
        return
    if kind in schema().types:
        check_file(element, kind)
        return
    allowed = schema().words.get(kind)
    if allowed is not None and text not in allowed:
        raise _unreadable(f"'{text}' is not a valid value for the enum '{kind}'", element)
    whole = kind == "xsd:int" and not text.removeprefix("-").isdigit()
    if whole or (kind == "xsd:boolean" and text not in _TRUTHS):
        raise _unreadable(f"'{text}' is not a valid value for the type {kind}", element)


def _unreadable(words: str, element: ElementTree.Element) -> Problem:
    return Problem(f"Error parsing file: {words}", at=element)


def check_complete(
    element: ElementTree.Element, kind: str, *, apart: frozenset[str] = frozenset()
) -> None:
    """
    Refuse a component that lacks what its type requires; `apart` are components of their own.

    Raises:
        Problem: at the element that lacks something.

    """
    present = {local(child) for child in element}
    for wanted in schema().types[kind].values():
        if wanted.required and wanted.name not in present:
            raise Problem(f"Required field is missing: {wanted.name}", at=element)
    for child in element:
        inner = schema().types[kind][local(child)].type
        if inner in schema().types and local(child) not in apart and len(child):
            check_complete(child, inner)
