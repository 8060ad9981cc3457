"""The CSV parts: UTF-8, LF, no mark, borders between records, the same bytes every time."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import sorted_rows
from loaders.csv_parts import Cut, Part, cut_parts

CUT = Cut("rows", ("Key__c", "Text__c"), join=("Key__c",), lock="Lock__c")
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=40)


def cut(folder: Path, rows: list[tuple[str, str | None]], *, part_bytes: int) -> list[Part]:
    folder.mkdir(parents=True, exist_ok=True)
    keys, texts = [key for key, _ in rows], pa.array([text for _, text in rows], pa.string())
    # Ten rows share a parent; those of the first ten have none.
    first = set(sorted(keys)[:10])
    locks = pa.array([None if key in first else key[:-1] for key in keys], pa.string())
    names = pa.array(keys, pa.string())
    table = pa.table({"_key": names, "Key__c": names, "Text__c": texts, "Lock__c": locks})
    with duckdb.connect() as bench:
        bench.register("given", table)
        bench.execute("create temp table rows as select * from given")
        return list(cut_parts(bench, CUT, folder=folder, stem="part", part_bytes=part_bytes))


def read(part: Part) -> list[list[str]]:
    text = part.csv.read_bytes().decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(CELLS, min_size=1, max_size=30))
def test_every_cell_comes_back_as_it_was(tmp_path: Path, texts: list[str]) -> None:
    rows: list[tuple[str, str | None]] = [(f"k{n:03d}", text) for n, text in enumerate(texts)]
    parts = cut(tmp_path, rows, part_bytes=200)
    assert [tuple(row) for part in parts for row in read(part)] == rows


def test_parts_are_cut_between_records_below_the_limit_and_as_full_as_may_be(
    tmp_path: Path,
) -> None:
    rows: list[tuple[str, str | None]] = [(f"k{n:05d}", "line\n" * (n % 7)) for n in range(12_000)]
    parts = cut(tmp_path, rows, part_bytes=50_000)
    assert [tuple(row) for part in parts for row in read(part)] == rows
    assert max(part.bytes for part in parts) <= 50_000
    # The last parent that does not fit as a whole, with its ten rows, is left to the next part.
    assert min(part.bytes for part in parts[:-1]) > 49_400
    assert not any(one.may_meet(other) for one, other in pairwise(parts))
    for part in parts:
        content = part.csv.read_bytes()
        assert content.startswith(b"Key__c,Text__c\n")
        assert b"\r" not in content
        assert part.csv.stat().st_mode & 0o777 == 0o600
        assert pyarrow.parquet.read_table(part.keys)["_key"].to_pylist() == [
            row[0] for row in read(part)
        ]


def test_a_part_that_is_full_to_its_last_byte_takes_no_row_of_the_next_batch(
    tmp_path: Path,
) -> None:
    rows: list[tuple[str, str | None]] = [(f"k{n:05d}", "text") for n in range(10_001)]
    (full,) = cut(tmp_path / "full", rows[:10_000], part_bytes=10_000_000)
    parts = cut(tmp_path / "parts", rows, part_bytes=full.bytes)
    assert [part.rows for part in parts] == [10_000, 1]


def test_rows_that_lock_nothing_go_by_their_keys(tmp_path: Path) -> None:
    with duckdb.connect() as bench:
        bench.execute(
            "create temp table rows as select 'k' || (5 - n) as _key, _key as Key__c,"
            " null as Lock__c, 'x' as Text__c from range(5) as t(n)"
        )
        (part,) = cut_parts(bench, CUT, folder=tmp_path, stem="part")
    assert ([row[0] for row in read(part)], part.locks) == (["k1", "k2", "k3", "k4", "k5"], None)


def test_no_rows_are_no_part(tmp_path: Path) -> None:
    assert cut(tmp_path, [], part_bytes=100) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("part_bytes", "shared"), [(100, True), (170, False), (700, False)])
def test_parts_may_meet_only_where_a_parent_has_more_rows_than_fit(
    tmp_path: Path, part_bytes: int, *, shared: bool
) -> None:
    rows: list[tuple[str, str | None]] = [(f"k{n:05d}", "x") for n in range(1_000)]
    parts = cut(tmp_path, rows, part_bytes=part_bytes)
    assert [tuple(row) for part in parts for row in read(part)] == rows
    parents = [(part, {row[0][:-1] for row in read(part)} - {"k0000"}) for part in parts]
    meeting = [
        one.may_meet(other)
        for (one, its), (other, others) in combinations(parents, 2)
        if one.may_meet(other) or its & others
    ]
    assert all(meeting)
    assert bool(meeting) == shared


def test_rows_that_are_sorted_stretch_by_stretch_are_cut_as_if_they_were_sorted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[tuple[str, str | None]] = [
        (f"k'{n * 7919 % 20_000:05d}", "x" * (n % 50)) for n in range(20_000)
    ]
    at_once = cut(tmp_path / "once", rows, part_bytes=100_000)
    monkeypatch.setattr(sorted_rows, "_STRETCH_BYTES", 90_000)
    monkeypatch.setattr(pyarrow.parquet, "ParquetFile", seen := Seen(pyarrow.parquet.ParquetFile))
    stretches = cut(tmp_path / "stretches", rows, part_bytes=100_000)
    assert [part.sha256 for part in at_once] == [part.sha256 for part in stretches]
    # As many rows are sorted at a time as were meant to be, or not many more.
    assert len(seen.rows) > 20
    assert max(seen.rows) < 2 * 20_000 / len(seen.rows)


@dataclass
class Seen:
    """Counts the rows of each file that is opened."""

    opened: type[pyarrow.parquet.ParquetFile]
    rows: list[int] = field(default_factory=list)

    def __call__(self, path: Path, **how: bool) -> pyarrow.parquet.ParquetFile:
        file = self.opened(path, **how)
        self.rows.append(file.metadata.num_rows)
        return file


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows: list[tuple[str, str | None]] = [(f"k{n:05d}", f"tést {n}") for n in range(25_000)]
    first = cut(tmp_path / "first", rows, part_bytes=100_000)
    second = cut(tmp_path / "second", list(reversed(rows)), part_bytes=100_000)
    assert [part.sha256 for part in first] == [part.sha256 for part in second]


@pytest.mark.parametrize(
    ("cell", "sent"), [(None, ""), ("#N/A", '"#N/A"'), ("=cmd", '"=cmd"'), ('a "b"', '"a ""b"""')]
)
def test_an_absent_cell_is_empty_and_everything_else_is_quoted(
    tmp_path: Path, cell: str | None, sent: str
) -> None:
    part = cut(tmp_path, [("k", cell)], part_bytes=1_000)[0]
    assert part.csv.read_text(encoding="utf-8") == f'Key__c,Text__c\n"k",{sent}\n'
