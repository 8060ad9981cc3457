"""Seals a folder, so that one byte that is changed, lost or added later is found."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from extract.errors import ArchiveUnreadable

MANIFEST = "manifest.csv"
SEAL = "seal.sha256"


@dataclass(frozen=True, slots=True)
class Broken:
    """One file that is not as it was sealed, and in which way."""

    path: str
    how: str


def seal(folder: Path) -> str:
    """
    List every file of a folder with its size and sha256, and return the list's own sha256.

    The seal lies beside the list; whoever wants to know later that nobody made both anew keeps it
    somewhere else as well.
    """
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("path", "bytes", "sha256"))
    for name in _files(folder):
        lines.writerow((name, (folder / name).stat().st_size, _sha256(folder / name)))
    manifest = text.getvalue().encode("utf-8")
    (folder / MANIFEST).write_bytes(manifest)
    sealed = hashlib.sha256(manifest).hexdigest()
    (folder / SEAL).write_text(f"{sealed}  {MANIFEST}\n", encoding="utf-8")
    return sealed


def broken_files(folder: Path, *, expected: str | None = None) -> tuple[Broken, ...]:
    """
    List what is not as it was sealed: changed, missing and added files, and the list itself.

    `expected` is the seal as somebody kept it elsewhere; without it the one in the folder counts.

    Raises:
        ArchiveUnreadable: the folder has no list or no seal.

    """
    try:
        manifest = (folder / MANIFEST).read_bytes()
        written = (folder / SEAL).read_text(encoding="utf-8")
        rows = list(csv.DictReader(StringIO(manifest.decode("utf-8"))))
        listed = {row["path"]: (int(row["bytes"]), row["sha256"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        raise ArchiveUnreadable(
            f"{folder.name} has no {MANIFEST} and {SEAL} that can be read",
            hint="point at the folder that clinic-extract archive wrote",
        ) from None
    sealed = hashlib.sha256(manifest).hexdigest()
    found = []
    if written != f"{sealed}  {MANIFEST}\n" or expected not in (None, sealed):
        found.append(Broken(MANIFEST, "not the list that was sealed"))
    there = set(_files(folder))
    found += [Broken(name, "missing") for name in listed.keys() - there]
    found += [Broken(name, "added") for name in there - listed.keys()]
    found += [
        Broken(name, "changed")
        for name in listed.keys() & there
        if not _is_as_listed(folder / name, listed[name])
    ]
    return tuple(sorted(found, key=lambda one: one.path))


def _is_as_listed(path: Path, listed: tuple[int, str]) -> bool:
    size, sha256 = listed
    return path.stat().st_size == size and _sha256(path) == sha256


def _files(folder: Path) -> Iterator[str]:
    """Yield every file but the list and the seal, in an order that no file system decides."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    yield from sorted(name for name in names if name not in {MANIFEST, SEAL})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
