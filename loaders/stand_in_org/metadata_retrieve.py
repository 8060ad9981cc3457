"""Retrieves: a zip of what the org has of the metadata that was asked for."""

from __future__ import annotations

import io
import secrets
import string
import threading
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from loaders.stand_in_org.metadata_present import Present, object_with
from loaders.stand_in_org.metadata_types import NAMES, PART_ELEMENTS, file_of
from loaders.stand_in_org.metadata_writing import branch, file_text, leaf
from loaders.stand_in_org.record_ids import long_id


@dataclass(frozen=True, slots=True)
class Retrieve:
    """One retrieve, done as soon as it is asked for."""

    id: str
    zipped: bytes = field(repr=False)
    found: tuple[tuple[str, str], ...]
    prefix: str
    messages: tuple[str, ...]


class Retrieves:
    """The retrieves since the server started, by id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Retrieve] = {}

    def put(self, retrieve: Retrieve) -> None:
        """Keep a retrieve."""
        with self._lock:
            self._held[retrieve.id] = retrieve

    def find(self, retrieve_id: str) -> Retrieve | None:
        """Find a retrieve."""
        with self._lock:
            return self._held.get(long_id(retrieve_id))


def new_retrieve_id() -> str:
    """Make an id of the kind that retrieves have: 18 characters, starting 09S."""
    letters = string.ascii_letters + string.digits
    return long_id("09S" + "".join(secrets.choice(letters) for _ in range(12)))


def retrieve(
    present: Present, asked: Iterable[tuple[str, str]], *, version: str, single_package: bool
) -> Retrieve:
    """Collect what was asked for; what there is not becomes a message."""
    wanted, messages = _resolved(present, asked)
    found: dict[tuple[str, str], ElementTree.Element] = {}
    for kind, name in wanted:
        element = present.find(kind, name)
        if element is None:
            messages.append(f"Entity of type '{kind}' named '{name}' cannot be found")
        else:
            found[kind, name] = element
    prefix = "" if single_package else "unpackaged/"
    files = {"package.xml": _manifest(list(found), version), **_files(found)}
    return Retrieve(
        id=new_retrieve_id(),
        zipped=_zip({f"{prefix}{name}": body for name, body in files.items()}),
        found=tuple(found),
        prefix=prefix,
        messages=tuple(messages),
    )


def _resolved(
    present: Present, asked: Iterable[tuple[str, str]]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Put names for wildcards; parts of objects and standard value sets have none."""
    wanted: dict[tuple[str, str], None] = {}
    messages: list[str] = []
    for kind, name in asked:
        if kind not in NAMES:
            messages.append(f"Entity type: '{kind}' is unknown")
        elif name != "*":
            wanted[kind, name] = None
        elif kind not in PART_ELEMENTS and kind != "StandardValueSet":
            wanted.update(dict.fromkeys((kind, each) for each in present.names(kind)))
    return list(wanted), messages


def _files(found: dict[tuple[str, str], ElementTree.Element]) -> dict[str, bytes]:
    """Write each component to its file; single parts of one object share one."""
    parts: dict[str, list[ElementTree.Element]] = {}
    files: dict[str, bytes] = {}
    for (kind, name), element in found.items():
        if kind in PART_ELEMENTS:
            parts.setdefault(name.partition(".")[0], []).append(element)
        else:
            files[file_of(kind, name)] = file_text(element)
    for owner, elements in parts.items():
        # The whole object holds its parts already.
        files.setdefault(file_of("CustomObject", owner), file_text(object_with(elements)))
    return files


def _manifest(found: list[tuple[str, str]], version: str) -> bytes:
    types = [
        branch(
            "types",
            *(leaf("members", name) for each, name in sorted(found) if each == kind),
            leaf("name", kind),
        )
        for kind in sorted({kind for kind, _ in found})
    ]
    return file_text(branch("Package", *types, leaf("version", version)))


def _zip(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return content.getvalue()
