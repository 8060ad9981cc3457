"""Reads a folder of FHIR R4 files: bundles, single resources, Bulk Data NDJSON, gzipped or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from extract.checkpoint import Landings
from extract.errors import NothingReadable
from extract.narration import Narrator
from extract.quarantine import Broken, Reason
from extract.sources.fhir_resources import (
    HEAD,
    Cut,
    Unreadable,
    cut,
    decodes,
    open_bundle,
    payloads_of_lines,
)

LINES = (".ndjson", ".jsonl")
WHOLE = (".json",)
BLOCK_BYTES = 16 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UNPACKING_FAILED = (gzip.BadGzipFile, EOFError, zlib.error)


class Manifest(msgspec.Struct):
    """What tells the manifest of a Bulk Data export from a resource."""

    transactionTime: str  # noqa: N815 - FHIR's own name
    output: list[msgspec.Raw]


def read_fhir_files(folder: Path, landings: Landings, *, narrator: Narrator) -> None:
    """
    Read every FHIR file below a folder, in the order of their names.

    Raises:
        NothingReadable: the folder is not there, or holds no such file.

    """
    if not folder.is_dir():
        raise NothingReadable(
            f"{folder} is not a folder", hint="give --from the folder that holds the FHIR files"
        )
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in every if kind_of(path)]
    if not files:
        raise NothingReadable(
            f"{folder} holds no .json or .ndjson file (nor one with .gz)",
            hint="unpack archives first, and give --from the folder that holds the FHIR files",
        )
    if len(files) < len(every):
        narrator.say(f"{len(every) - len(files)} files of other kinds are left alone")
    # Bundles are often named after the patient: their names are not told.
    landings.tally.asked["files"] = f"{len(files)} files, read as a whole"
    narrator.begin("files", total=len(files))
    for path in files:
        read_file(path, landings, origin=path.relative_to(folder).as_posix(), narrator=narrator)
        narrator.advance(1)
    narrator.end("files", count=len(files))


def kind_of(path: Path) -> tuple[str, ...] | None:
    """Tell how a file is read by its name; None when it is none of ours."""
    name = path.name.lower().removesuffix(".gz")
    if path.name.startswith("."):
        return None
    return next((kind for kind in (LINES, WHOLE) if name.endswith(kind)), None)


def read_file(path: Path, landings: Landings, *, origin: str, narrator: Narrator) -> None:
    """Read one file; what cannot be unpacked further is quarantined, what came before it lands."""
    landings.begin(origin)
    try:
        if kind_of(path) == LINES:
            read_lines(path, landings, origin=origin)
        else:
            landings.take(cut_document(unpacked(path), origin=origin), origin=origin)
    except UNPACKING_FAILED as problem:
        narrator.say(f"{origin}: cannot be unpacked")
        broken = Broken(
            origin, -1, None, Reason.UNREADABLE_FILE, type(problem).__name__, path.read_bytes()
        )
        landings.take(Cut({}, [broken]), origin=origin)
    landings.end(origin)


def unpacked(path: Path) -> bytes:
    """Return a file's content."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return content.removeprefix(BYTE_ORDER_MARK)


def cut_document(body: bytes, *, origin: str) -> Cut:
    """Cut a file that is one JSON value: a Bundle, a list of resources, or a resource."""
    payload = body.strip(b" \t\r\n")
    try:
        resource_type = HEAD.decode(payload).resourceType
    except (msgspec.DecodeError, RecursionError):
        resource_type = "Bundle" if not payload.startswith(b"[") else None
    if resource_type == "Bundle":
        return cut_bundle(payload, origin=origin)
    if payload.startswith(b"["):
        return cut_list(payload, origin=origin)
    if resource_type is None and is_manifest(payload):
        return Cut({}, [])
    return cut([payload], origin=origin, is_utf8=False)


def cut_bundle(body: bytes, *, origin: str) -> Cut:
    """Cut a Bundle; one that is beyond repair is quarantined as a whole."""
    try:
        page = open_bundle(body)
    except Unreadable as problem:
        broken = Broken(origin, 0, None, Reason.UNREADABLE_FILE, str(problem), body)
        return Cut({}, [broken])
    return cut(page.resources, origin=origin, is_utf8=page.is_utf8)


def cut_list(body: bytes, *, origin: str) -> Cut:
    """Cut a JSON array of resources."""
    try:
        payloads = [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError) as problem:
        broken = Broken(origin, 0, None, Reason.UNREADABLE_FILE, f"is no JSON: {problem}", body)
        return Cut({}, [broken])
    return cut(payloads, origin=origin, is_utf8=decodes(body))


def is_manifest(body: bytes) -> bool:
    """Tell whether a file is the manifest of a Bulk Data export, which holds no resource."""
    try:
        msgspec.json.decode(body, type=Manifest)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def read_lines(path: Path, landings: Landings, *, origin: str) -> None:
    """Read a file of one resource a line, block by block; a position is a line's number."""
    for found in cuts_of_lines(path, origin=origin):
        landings.take(found, origin=origin)


def cuts_of_lines(path: Path, *, origin: str, first_position: int = 0) -> Iterator[Cut]:
    """Cut a file of one resource a line, block by block."""
    position = first_position
    for block in blocks_of_lines(path):
        payloads = payloads_of_lines(block)
        yield cut(payloads, origin=origin, first_position=position, is_utf8=decodes(block))
        position += len(payloads)


def blocks_of_lines(path: Path, *, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield whole lines, many at a time, so that memory does not grow with the file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        rest = b""
        is_first = True
        while block := stream.read(block_bytes):
            if is_first:
                block = block.removeprefix(BYTE_ORDER_MARK)
                is_first = False
            lines, newline, tail = block.rpartition(b"\n")
            if newline:
                yield rest + lines
                rest = tail
            else:
                rest += tail
        if rest:
            yield rest
