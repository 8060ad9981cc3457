"""The same package as a Salesforce DX project: one file a field, as `sf` deploys it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from loaders.org_connection import API_VERSION
from loaders.paths import make_private_folder, write_private
from loaders.schema_package import Package
from loaders.schema_xml import NAMESPACE, Pair, render

PROJECT_FILE = "sfdx-project.json"
# What a project takes out of an object's file: element, folder, ending and root of its own file.
_APART = {
    "businessProcesses": ("businessProcesses", "businessProcess", "BusinessProcess"),
    "compactLayouts": ("compactLayouts", "compactLayout", "CompactLayout"),
    "fields": ("fields", "field", "CustomField"),
    "recordTypes": ("recordTypes", "recordType", "RecordType"),
}


def project_files(packages: Iterable[tuple[str, Package]]) -> tuple[tuple[str, bytes], ...]:
    """
    Give the files of a project with one folder for each package, in the order of deploying them.

    The last one is the default: it is the schema, and the settings before it have to be on.
    """
    parts = tuple(packages)
    files = [
        (f"{folder}/main/default/{path}", content)
        for folder, package in parts
        for path, content in source_files(package)
    ]
    folders = [{"path": folder, "default": folder == parts[-1][0]} for folder, _ in parts]
    project = {"packageDirectories": folders, "namespace": "", "sourceApiVersion": API_VERSION}
    return ((PROJECT_FILE, (json.dumps(project, indent=2) + "\n").encode("utf-8")), *files)


def source_files(package: Package) -> tuple[tuple[str, bytes], ...]:
    """Give a package in source format, sorted by path; package.xml has no place there."""
    found: dict[str, bytes] = {}
    for path, content in package.files:
        if path.startswith("objects/"):
            found |= _object_apart(PurePosixPath(path).stem, content)
        elif path != "package.xml":
            found[f"{path}-meta.xml"] = content
    return tuple(sorted(found.items()))


def _object_apart(name: str, content: bytes) -> dict[str, bytes]:
    """Take an object's file apart; what is left of it is the object's own, if anything is."""
    folder = f"objects/{name}"
    own: list[Pair] = []
    files: dict[str, bytes] = {}
    for child in ElementTree.fromstring(content):  # noqa: S314 - written by ourselves
        pair = _pair(child)
        if pair[0] not in _APART:
            own.append(pair)
            continue
        place, ending, root = _APART[pair[0]]
        inner = pair[1] if isinstance(pair[1], list) else []
        full_name = next(text for tag, text in inner if tag == "fullName")
        files[f"{folder}/{place}/{full_name}.{ending}-meta.xml"] = render(root, inner)
    if own:
        files[f"{folder}/{name}.object-meta.xml"] = render("CustomObject", own)
    return files


def _pair(element: ElementTree.Element) -> Pair:
    tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    children = [_pair(child) for child in element]
    return (tag, children) if children else (tag, element.text or "")


def write_project(files: Iterable[tuple[str, bytes]], folder: Path) -> Path:
    """Write the project and give its folder."""
    for path, content in files:
        target = folder / path
        make_private_folder(target.parent)
        write_private(target, content)
    return folder
