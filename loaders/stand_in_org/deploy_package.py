"""A metadata package: what its zip holds, what its manifest names, and XML read strictly."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree

from loaders.stand_in_org.xml_reading import BadXml, read_xml

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
# Folder of the metadata form -> (file suffix, component type).
_FOLDERS = {
    "objects": (".object", "CustomObject"),
    "permissionsets": (".permissionset", "PermissionSet"),
    "globalValueSets": (".globalValueSet", "GlobalValueSet"),
    "standardValueSets": (".standardValueSet", "StandardValueSet"),
    "settings": (".settings", "Settings"),
}
_DESTRUCTIVE = (
    "destructiveChangesPre.xml",
    "destructiveChanges.xml",
    "destructiveChangesPost.xml",
)


class Problem(Exception):
    """Why one component cannot be deployed, in the org's words."""


class BadPackage(Exception):
    """Why the package as a whole cannot be read."""


@dataclass(frozen=True, slots=True)
class Component:
    """One file of the package and its parsed root."""

    type: str
    full_name: str
    file_name: str
    root: ElementTree.Element


@dataclass(frozen=True, slots=True)
class Package:
    """The components in the zip, and the (type, member) pairs of its manifests."""

    components: tuple[Component, ...]
    unreadable: Mapping[str, str]
    named: frozenset[tuple[str, str]]
    doomed: tuple[tuple[str, str], ...]

    def names(self, component_type: str, full_name: str) -> bool:
        """Tell whether the manifest asks for this component."""
        return bool({(component_type, full_name), (component_type, "*")} & self.named)


def parse(body: bytes) -> ElementTree.Element:
    """
    Parse a file.

    Raises:
        Problem: it is no XML that is read here.

    """
    try:
        return read_xml(body)
    except BadXml as error:
        raise Problem(f"Error parsing file: {error}") from error


def tag(element: ElementTree.Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.removeprefix(NAMESPACE)


def text(element: ElementTree.Element, name: str) -> str | None:
    """Give the text of a child, null when it is missing or empty."""
    found = element.find(NAMESPACE + name)
    return None if found is None or not (found.text or "").strip() else (found.text or "").strip()


def flag(element: ElementTree.Element, name: str) -> bool:
    """Give a child's boolean, false when it is missing."""
    return text(element, name) == "true"


def number(element: ElementTree.Element, name: str) -> int | None:
    """
    Give a child's whole number.

    Raises:
        Problem: it is not one.

    """
    given = text(element, name)
    if given is None:
        return None
    if not given.lstrip("-").isdigit():
        raise Problem(f"Value for {name} is not a number: {given}")
    return int(given)


def children(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Go through the children of one name."""
    return iter(element.findall(NAMESPACE + name))


def check_elements(element: ElementTree.Element, *, kind: str, allowed: frozenset[str]) -> None:
    """
    Refuse children that the type does not know, and one name's children that are scattered.

    Raises:
        Problem: in the org's words.

    """
    seen: list[str] = []
    for child in element:
        name = tag(child)
        if name not in allowed:
            raise Problem(f"Element {child.tag} invalid at this location in type {kind}")
        if name in seen and seen[-1] != name:
            raise Problem(f"Element {name} is duplicated at this location in type {kind}")
        seen.append(name)


def _members(root: ElementTree.Element) -> list[tuple[str, str]]:
    return [
        (text(types, "name") or "", (member.text or "").strip())
        for types in children(root, "types")
        for member in children(types, "members")
    ]


def _top(names: list[str]) -> str:
    """
    Find the folder that package.xml lies in.

    Raises:
        BadPackage: there is none.

    """
    found = sorted((name for name in names if PurePosixPath(name).name == "package.xml"), key=len)
    if not found:
        raise BadPackage("No package.xml found")
    return found[0].removesuffix("package.xml")


def _component(name: str, body: bytes) -> Component | None:
    path = PurePosixPath(name)
    suffix, kind = _FOLDERS.get(str(path.parent), ("", ""))
    if not kind or path.suffix != suffix:
        return None
    return Component(kind, path.stem, name, parse(body))


def _destructive(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for name in _DESTRUCTIVE:
        if name in files:
            for kind, member in _members(parse(files[name])):
                if member == "*":
                    raise BadPackage(f"{name} cannot contain wildcard members")
                yield kind, member


def read(package: bytes) -> Package:
    """
    Read a zip in metadata form, with or without one folder around it.

    Raises:
        BadPackage: it is no zip, has no manifest, or the manifest is no XML.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            top = _top(names)
            files = {
                name.removeprefix(top): archive.read(name) for name in names if name.startswith(top)
            }
    except zipfile.BadZipFile as error:
        raise BadPackage("The zip file could not be read") from error
    components: list[Component] = []
    unreadable: dict[str, str] = {}
    for name, body in sorted(files.items()):
        try:
            component = _component(name, body)
        except Problem as problem:
            unreadable[name] = str(problem)
            continue
        if component is not None:
            components.append(component)
    try:
        named = frozenset(_members(parse(files["package.xml"])))
        doomed = tuple(_destructive(files))
    except Problem as problem:
        raise BadPackage(str(problem)) from problem
    return Package(tuple(components), unreadable, named, doomed)
