"""The scan itself: planted on purpose, every identifier is found, wherever and however it lies."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import duckdb
import pytest

from tests.identifiers.forms import Finder, Identifier
from tests.identifiers.planted import COUNT, planted
from tests.identifiers.scan import scan

PLANTED = planted()
VALUES = [one.value for one in PLANTED]


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder(PLANTED)


def log(values: list[str]) -> bytes:
    return "".join(f"10:31:07 WARNING row of {value}: refused\n" for value in values).encode()


def traceback(values: list[str]) -> bytes:
    return "".join(f"ValueError: not a number: {value!r}\n" for value in values).encode()


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.log.gz", content)
    return packed.getvalue()


def encoded(content: bytes, *, beginning: bytes = b"") -> bytes:
    return b'{"doc": "%s"}' % base64.b64encode(beginning + content)


def state(values: list[str]) -> bytes:
    return b'{"state": "%s"}' % base64.b64encode(zlib.compress(log(values)))


def each(write: Callable[[str], str]) -> Callable[[list[str]], bytes]:
    return lambda values: "\n".join(f"<{write(value)}>" for value in values).encode()


IN_A_FILE: dict[str, Callable[[list[str]], bytes]] = {
    "log": log,
    "shouted log": lambda values: log(values).upper(),
    "traceback": traceback,
    "json": lambda values: json.dumps({"rows": values}).encode(),
    "json in json": lambda values: json.dumps(json.dumps({"rows": values})).encode(),
    "html": each(html.escape),
    "address": each(quote_plus),
    "utf-16": lambda values: log(values).decode().encode("utf-16"),
    "base64": lambda values: encoded(log(values)),
    "base64 one further": lambda values: encoded(log(values), beginning=b"-"),
    "base64 two further": lambda values: encoded(log(values), beginning=b"--"),
    "compressed state": state,
    "gzip": lambda values: gzip.compress(log(values)),
    "gzip in zip": lambda values: zipped(gzip.compress(log(values))),
}


@pytest.mark.parametrize("written", IN_A_FILE)
def test_all_identifiers_are_found_in_a_file(written: str, finder: Finder, tmp_path: Path) -> None:
    (tmp_path / "some.file").write_bytes(IN_A_FILE[written](VALUES))
    assert missed(tmp_path, finder) == []


def test_all_identifiers_are_found_in_databases(finder: Finder, tmp_path: Path) -> None:
    tables = {name: tmp_path / name for name in ("a.duckdb", "a.parquet", "a.sqlite", "b.sqlite")}
    with duckdb.connect(str(tables["a.duckdb"])) as db:
        db.execute("create schema of_its_own; create table of_its_own.rows (cell varchar)")
        db.execute("insert into of_its_own.rows select unnest($1)", [VALUES])
        copy = f"copy of_its_own.rows to '{tables['a.parquet']}' (format parquet, compression zstd)"
        db.execute(copy)
    for name, cells in (("a.sqlite", VALUES), ("b.sqlite", [gzip.compress(log(VALUES))])):
        with sqlite3.connect(tables[name]) as lite:
            lite.execute("create table rows (cell)")
            lite.executemany("insert into rows values (?)", [(cell,) for cell in cells])
        lite.close()
    for path in tables.values():
        assert missed(path, finder) == [], path.name


def test_an_identifier_in_a_name_is_found(finder: Finder, tmp_path: Path) -> None:
    (tmp_path / "Jubo'Zpfi77 scan 9.pdf").mkdir()
    assert missed(tmp_path, finder) == [one for one in PLANTED if one.value != VALUES[9]]


def test_phone_without_its_dashes_is_found(finder: Finder) -> None:
    phone = next(one for one in PLANTED if one.kind == "phone")
    digits = "".join(one for one in phone.value if one.isdigit())
    assert finder.find(f"called {digits} twice".encode()) == {phone}


def test_of_two_identifiers_that_begin_alike_both_are_found() -> None:
    pair = {Identifier("name", "Zarquonian"), Identifier("name", "Zarquonian Smith")}
    assert Finder(pair).find(b"by zarquonian smith") == pair


def test_what_holds_none_is_told_to_hold_none(finder: Finder, tmp_path: Path) -> None:
    (tmp_path / "run.log").write_bytes(log(["row 1", "MRN448216990", "+1 (555) 306-5127"]))
    assert (len(PLANTED), len(set(VALUES))) == (COUNT, COUNT)
    assert scan(tmp_path, finder) == {}


def missed(place: Path, finder: Finder) -> list[Identifier]:
    found = set().union(*scan(place, finder).values())
    return [one for one in PLANTED if one not in found]
