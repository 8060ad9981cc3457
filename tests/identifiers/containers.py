"""What is inside of a file: the texts of databases, archives and tables, told by their content."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

_COMPRESSED = re.compile(rb"eJ[A-Za-z0-9+/]{20,}={0,2}")


def texts_of(path: Path) -> Iterator[bytes]:
    """Give everything that can be read in a file, its own name first."""
    yield path.name.encode()
    yield from _opened(path.read_bytes(), path)


def _opened(content: bytes, path: Path | None = None) -> Iterator[bytes]:
    yield content
    for is_one, read in _FILES:
        if is_one(content):
            yield from _on_disk(content, path, read)
    if content.startswith(b"\x1f\x8b"):
        yield from _opened(gzip.decompress(content))
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield member.filename.encode()
                yield from _opened(archive.read(member))
    yield from _compressed(content)


def _compressed(content: bytes) -> Iterator[bytes]:
    """Open what is compressed and written as base64: so dlt keeps its state."""
    for match in _COMPRESSED.finditer(content):
        try:
            yield zlib.decompress(base64.b64decode(match.group() + b"=="))
        except (zlib.error, binascii.Error):
            continue


def _on_disk(
    content: bytes, path: Path | None, read: Callable[[str], Iterator[bytes]]
) -> Iterator[bytes]:
    """Read a file that only a database can: where it lies, or from a copy if it lies in another."""
    if path is not None:
        yield from read(str(path))
        return
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(content)
        copy.flush()
        yield from read(copy.name)


def _sqlite(path: str) -> Iterator[bytes]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        db.text_factory = bytes
        for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in db.execute(f'select * from "{name.decode()}"'):
                for cell in row:
                    yield from _opened(cell if isinstance(cell, bytes) else str(cell).encode())
    db.close()


def _duckdb(path: str) -> Iterator[bytes]:
    with duckdb.connect(path, read_only=True) as db:
        for schema, name in db.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            yield from _rows(db, f'"{schema}"."{name}"')


def _parquet(path: str) -> Iterator[bytes]:
    with duckdb.connect() as db:
        yield from _rows(db, f"read_parquet('{path}')")


def _rows(db: duckdb.DuckDBPyConnection, relation: str) -> Iterator[bytes]:
    with tempfile.NamedTemporaryFile() as written:
        db.execute(f"copy (from {relation}) to '{written.name}' (format csv)")
        text = Path(written.name).read_bytes()
    yield text
    yield from _compressed(text)


_FILES: tuple[tuple[Callable[[bytes], bool], Callable[[str], Iterator[bytes]]], ...] = (
    (lambda content: content.startswith(b"SQLite format 3\0"), _sqlite),
    (lambda content: content[8:12] == b"DUCK", _duckdb),
    (lambda content: content.startswith(b"PAR1"), _parquet),
)
