"""Finds the files of an export, and what is in its archives; which of them are read, and how."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, cast

from extract.errors import NothingReadable
from extract.quarantine import Reason

ENCRYPTED = 0x1


class Kind(StrEnum):
    """How a file is read."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    JSON = "json"
    PARQUET = "parquet"


KINDS = {
    ".csv": Kind.CSV,
    ".tsv": Kind.TSV,
    ".tab": Kind.TSV,
    ".ndjson": Kind.NDJSON,
    ".jsonl": Kind.NDJSON,
    ".json": Kind.JSON,
    ".parquet": Kind.PARQUET,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file of an export: where it lies, in which archive, and how it is read."""

    origin: str
    path: Path
    member: str | None
    kind: Kind

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open its content, unpacked; nothing of an archive is ever written to a disk."""
        with ExitStack() as opened:
            if self.member is None:
                stream: IO[bytes] = opened.enter_context(self.path.open("rb"))
            else:
                archive = opened.enter_context(zipfile.ZipFile(self.path))
                stream = opened.enter_context(archive.open(self.member))
            if self.origin.lower().endswith(".gz"):
                unpacked = opened.enter_context(gzip.GzipFile(fileobj=stream))
                stream = cast("IO[bytes]", unpacked)
            yield stream


@dataclass(frozen=True, slots=True)
class Export:
    """All that lies in a folder: what is read, what is left alone, and what must not be opened."""

    files: tuple[Found, ...]
    others: tuple[str, ...]
    refused: tuple[tuple[str, Reason], ...]


def find_files(folder: Path) -> Export:
    """
    List the files of an export in the order of their names.

    Raises:
        NothingReadable: the folder is not there, or holds no file that could be read.

    """
    if not folder.is_dir():
        raise NothingReadable(
            f"{folder} is not a folder", hint="give --from the folder that holds the export"
        )
    files: list[Found] = []
    others: list[str] = []
    refused: list[tuple[str, Reason]] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        origin = path.relative_to(folder).as_posix()
        if path.suffix.lower() == ".zip":
            inside = find_members(path, origin=origin)
            files += inside.files
            others += inside.others
            refused += inside.refused
        elif kind := kind_of(origin):
            files.append(Found(origin, path, None, kind))
        else:
            others.append(origin)
    if not files and not refused:
        raise NothingReadable(
            f"{folder} holds no file that could be read",
            hint=f"give --from a folder with {', '.join(KINDS)} files (also .gz, or in a .zip)",
        )
    return Export(tuple(files), tuple(others), tuple(refused))


def find_members(path: Path, *, origin: str) -> Export:
    """List what is in an archive; a member that points out of it, or is locked, is refused."""
    files: list[Found] = []
    others: list[str] = []
    refused: list[tuple[str, Reason]] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError):
        return Export((), (), ((origin, Reason.UNREADABLE_FILE),))
    seen: set[str] = set()
    for member in sorted(members, key=lambda each: each.filename):
        inner = f"{origin}/{member.filename}"
        kind = kind_of(member.filename)
        if points_outside(member.filename) or member.filename in seen:
            refused.append((inner, Reason.UNSAFE_MEMBER))
        elif kind is None:
            others.append(inner)
        elif member.flag_bits & ENCRYPTED:
            refused.append((inner, Reason.ENCRYPTED_FILE))
        else:
            files.append(Found(inner, path, member.filename, kind))
        seen.add(member.filename)
    return Export(tuple(files), tuple(others), tuple(refused))


def points_outside(name: str) -> bool:
    """Tell whether a member's name leaves its archive on this system or on another."""
    windows = PureWindowsPath(name)
    return bool(name.startswith("/") or windows.drive or windows.root or ".." in windows.parts)


def kind_of(name: str) -> Kind | None:
    """Tell how a file is read by its name; None when it is none of ours."""
    last = PurePosixPath(name).name
    if last.startswith(".") or "__MACOSX" in name:
        return None
    return KINDS.get(PurePosixPath(last.lower().removesuffix(".gz")).suffix)
