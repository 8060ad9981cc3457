"""Rows written in their order, however many stretches they are sorted in."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from loaders import sorted_rows
from loaders.sorted_rows import Unsorted, write_sorted

ROWS = 20_000
COLUMNS = ("key", "parent", "note", "file")
FILL = f"""
    create table unsorted as
    select 'k''' || lpad((n * 7919 % {ROWS})::varchar, 5, '0') as key,
        case when n % 7 > 0 then 'p' || n % 13 end as parent,
        case when n % 3 > 0 then repeat('x', n % 50) end as note,
        struct_pack(md5 := md5(n::varchar), size := n) as file
    from range({ROWS}) as numbers (n)
"""


@pytest.mark.parametrize("parent", ["parent", "key"])
def test_rows_are_all_there_and_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parent: str
) -> None:
    written = tmp_path / "rows.parquet"
    with duckdb.connect() as db:
        db.execute(FILL)
        rows = Unsorted("unsorted", COLUMNS, parent=parent, key="key")
        write_sorted(db, rows, to=written)
        monkeypatch.setattr(sorted_rows, "_STRETCH_BYTES", 90_000)
        write_sorted(db, rows, to=written)
        asked = f"select * from unsorted order by coalesce({parent}, ''), key"
        wanted = db.execute(asked).fetchall()
        assert db.execute("from read_parquet(?)", [str(written)]).fetchall() == wanted
    assert len(wanted) == ROWS
    assert [file.name for file in tmp_path.iterdir()] == ["rows.parquet"]
    assert written.stat().st_mode & 0o777 == 0o600


def test_no_rows_are_a_file_with_columns(tmp_path: Path) -> None:
    written = tmp_path / "rows.parquet"
    with duckdb.connect() as db:
        db.execute(f"{FILL} limit 0")
        write_sorted(db, Unsorted("unsorted", COLUMNS, parent="parent", key="key"), to=written)
        found = db.execute("describe from read_parquet(?)", [str(written)]).fetchall()
    assert [column[0] for column in found] == list(COLUMNS)
