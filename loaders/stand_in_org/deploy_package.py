"""A metadata package: what its zip holds, and what its manifests name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_elements import children, parse, text
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.metadata_schema import check_file, schema
from loaders.stand_in_org.metadata_types import FOLDERS, PART_ELEMENTS
from loaders.stand_in_org.versions import LATEST
from loaders.stand_in_org.xml_reading import local

# The largest zip (contract 5.2).
_MOST_FILES = 10_000
_MOST_BYTES = 39 * 1024 * 1024
_MOST_UNPACKED = 400 * 1024 * 1024


class BadPackage(Exception):
    """Why the package as a whole cannot be read; `file` names the file that is missing."""

    def __init__(self, words: str, *, file: str | None = None) -> None:
        super().__init__(words)
        self.file = file


@dataclass(frozen=True, slots=True)
class Component:
    """One file of the package and its parsed root."""

    type: str
    full_name: str
    file_name: str
    root: ElementTree.Element


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is lost as a whole, and why."""

    type: str
    full_name: str
    file_name: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Doomed:
    """A component to be removed, and the manifest that says so."""

    type: str
    full_name: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Package:
    """The components in the zip, and the (type, member) pairs of its manifests."""

    top: str
    components: tuple[Component, ...]
    unreadable: tuple[Unreadable, ...]
    named: tuple[tuple[str, str], ...]
    doomed_first: tuple[Doomed, ...]
    doomed_last: tuple[Doomed, ...]
    version: float

    def names(self, component_type: str, full_name: str) -> bool:
        """Tell whether the manifest asks for this component."""
        return bool({(component_type, full_name), (component_type, "*")} & set(self.named))

    def names_part_of(self, object_name: str) -> bool:
        """Tell whether the manifest asks for a component inside this object's file."""
        return any(
            kind in PART_ELEMENTS and (name == "*" or name.startswith(f"{object_name}."))
            for kind, name in self.named
        )


def with_everything_named(package: Package) -> Package:
    """Add to the manifest every file that it forgets (`autoUpdatePackage`)."""
    there = ((each.type, each.full_name) for each in package.components if each.type)
    return replace(package, named=tuple(dict.fromkeys((*package.named, *there))))


def _members(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for types in children(root, "types"):
        for member in children(types, "members"):
            yield text(types, "name") or "", (member.text or "").strip()


def _unzipped(package: bytes) -> dict[str, bytes]:
    """
    Unpack the zip.

    Raises:
        BadPackage: it is no zip, or more than the org takes.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            found = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(found) > _MOST_FILES or len(package) > _MOST_BYTES:
                raise BadPackage("The zip holds more than 10,000 files or 39 MB")
            if sum(entry.file_size for entry in found) > _MOST_UNPACKED:
                raise BadPackage("The zip holds more than 400 MB")
            return {entry.filename: archive.read(entry) for entry in found}
    except zipfile.BadZipFile as error:
        raise BadPackage("The zip file could not be read") from error


def _top(names: list[str]) -> str:
    """
    Find the folder that package.xml lies in: none, or the one around everything.

    Raises:
        BadPackage: a folder at the top has no package.xml, or there is more than one package.

    """
    if "package.xml" in names:
        return ""
    folders = sorted({name.partition("/")[0] + "/" for name in names if "/" in name})
    for folder in folders or [""]:
        if f"{folder}package.xml" not in names:
            raise BadPackage("No package.xml found", file=f"{folder}package.xml")
    if len(folders) > 1:
        raise BadPackage("More than one package in one zip is not imitated by this org")
    return folders[0]


def _read_file(file_name: str, body: bytes, path: PurePosixPath) -> Component | Unreadable:
    """Read one file; a file of no known folder is a component of no type."""
    known = FOLDERS.get(str(path.parent))
    if known is None or path.suffix != f".{known.suffix}":
        return Component("", str(path), file_name, ElementTree.Element("unknown"))
    name = path.stem
    try:
        root = _checked(body, known.name, name)
    except Problem as problem:
        return Unreadable(known.name, name, file_name, problem)
    return Component(known.name, name, file_name, root)


def _checked(body: bytes, type_name: str, name: str) -> ElementTree.Element:
    kind = f"{name}Settings" if type_name == "Settings" else type_name
    if kind not in schema().types:
        raise Problem(f"Entity of type '{type_name}' named '{name}' cannot be found")
    root = parse(body)
    if local(root) != kind:
        raise Problem(f"Error parsing file: Element {root.tag} invalid at this location", at=root)
    check_file(root, kind)
    return root


def _destructive(files: Mapping[str, bytes], top: str, *names: str) -> Iterator[Doomed]:
    for name in (f"{top}{each}" for each in names):
        if name in files:
            for kind, member in _members(_manifest(files[name], name)):
                if member == "*":
                    raise BadPackage(f"{name} cannot contain wildcard members", file=name)
                yield Doomed(kind, member, name)


def _manifest(body: bytes, name: str) -> ElementTree.Element:
    try:
        root = parse(body)
        check_file(root, "Package")
    except Problem as problem:
        raise BadPackage(str(problem), file=name) from problem
    return root


def read(package: bytes) -> Package:
    """
    Read a zip in metadata form, with or without one folder around it.

    Raises:
        BadPackage: it is no zip, has no manifest, or the manifest is no XML.

    """
    files = _unzipped(package)
    top = _top(list(files))
    root = _manifest(files[f"{top}package.xml"], f"{top}package.xml")
    read_files = [
        _read_file(name, body, PurePosixPath(name.removeprefix(top)))
        for name, body in sorted(files.items())
        if not name.endswith(".xml")
    ]
    return Package(
        top=top,
        components=tuple(each for each in read_files if isinstance(each, Component)),
        unreadable=tuple(each for each in read_files if isinstance(each, Unreadable)),
        named=tuple(dict.fromkeys(_members(root))),
        doomed_first=tuple(
            _destructive(files, top, "destructiveChangesPre.xml", "destructiveChanges.xml")
        ),
        doomed_last=tuple(_destructive(files, top, "destructiveChangesPost.xml")),
        version=float(text(root, "version") or LATEST),
    )
