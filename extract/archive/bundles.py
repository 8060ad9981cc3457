"""Writes the originals, byte for byte, into one zip file for each patient."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from extract.audit.workspace import Database

CONTENTS = "contents.csv"
_COLUMNS = ("system", "table_name", "id", "state", "reasons", "unread_fields", "sha256")
# A row may hold a file of some megabytes.
_BATCH_ROWS = 100
# A file's name may have 255 bytes; a longer id stands in the list beside it.
_LONGEST_NAME = 200
# Zip files know no time before this: the same records give the same bytes on every day.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_OWNER_ONLY = 0o600


class Original(NamedTuple):
    """One original, and the file that it goes into."""

    file: str
    system: str
    table_name: str
    id: str
    state: str
    reasons: str
    unread_fields: str
    sha256: str
    doc: str | None


def write_bundles(database: Database, folder: Path) -> int:
    """Write each patient's file with a list of what is in it, and return how many originals."""
    written = 0
    for file, originals in groupby(_originals(database), lambda one: one.file):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        written += _write_bundle(path, originals)
    return written


def _write_bundle(path: Path, originals: Iterator[Original]) -> int:
    contents = StringIO()
    lines = csv.writer(contents, lineterminator="\n")
    lines.writerow(("file", *_COLUMNS))
    count = 0
    with ZipFile(path, "w") as bundle:
        for original in originals:
            name = _name_of(original)
            lines.writerow((name, *(getattr(original, column) for column in _COLUMNS)))
            if original.doc is not None:
                _add(bundle, name, original.doc)
            count += 1
        _add(bundle, CONTENTS, contents.getvalue())
    return count


def _add(bundle: ZipFile, name: str, text: str) -> None:
    member = ZipInfo(name, date_time=_NO_TIME)
    member.compress_type = ZIP_DEFLATED
    member.external_attr = _OWNER_ONLY << 16
    bundle.writestr(member, text.encode("utf-8"))


def _name_of(original: Original) -> str:
    """Name an original inside its file, so that any system can unpack it."""
    parts = [quote(part, safe="") for part in (original.system, original.table_name)]
    ident = quote(original.id, safe="")
    if len(ident) > _LONGEST_NAME or ident != ident.lower() or ident.startswith("."):
        # Two ids that differ in capitals alone are one file to some systems.
        told = hashlib.sha256(original.id.encode("utf-8")).hexdigest()[:16]
        ident = f"{ident.lstrip('.')[:_LONGEST_NAME]}-{told}"
    return "/".join([*parts, f"{ident}.json"])


def _originals(database: Database) -> Iterator[Original]:
    """Yield every original, patient by patient; DuckDB sorts, and spills what is too much."""
    columns = ", ".join(f"archived.{column}" for column in ("file", *_COLUMNS))
    answer = database.execute(
        f"""
        select {columns}, document.doc
        from archived
        inner join document
            on
                archived.system = document.system
                and archived.table_name = document.table_name
                and archived.id = document.id
        order by archived.file, archived.system, archived.table_name, archived.id
        """  # noqa: S608 - our own columns
    )
    for batch in answer.to_arrow_reader(_BATCH_ROWS):
        yield from map(Original, *(column.to_pylist() for column in batch.columns))
