"""The files of a mart: a few small ones or one big one at a time, so that memory holds no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet

from loaders.bench import MEMORY
from loaders.canonical import BASE64, key_expression, kind, literal, quoted
from loaders.contract import Mart
from loaders.csv_parts import KEY
from loaders.masking import masked_cell
from loaders.paths import open_private
from loaders.plan_columns import Selection, canonical_cells
from loaders.plan_store import BODY

# What a plan's rows hold in place of a body. `whole` says whether it is base64 at all; `sha256` is
# that of the base64 text, the others are of the bytes. Nothing at all stands where nobody can
# tell which row a body belongs to: its key is missing, or there twice.
FACTS = "struct(sha256 varchar, md5 varchar, size bigint, whole boolean)"
_SCHEMA = pa.schema(
    {
        KEY: pa.string(),
        "raw_key": pa.string(),
        "facts": pa.struct(
            {"sha256": pa.string(), "md5": pa.string(), "size": pa.int64(), "whole": pa.bool_()}
        ),
        BODY: pa.string(),
    }
)
# The memory for a file that the bench cannot hold; it goes back after that file.
_MEMORY_FOR_ONE = "12GB"
# Small files share a row group, so that many of them do not each carry a description of one.
_GROUP_BYTES, _GROUP_ROWS = 8 << 20, 1_000
# So many are asked for at once, as long as they are small: the index finds any number of keys.
_AT_ONCE = 50
_RAW_KEY = "raw_key"
# Turns the query of some rows, with their keys as they are, into that of what is wanted of them.
Wanted = Callable[[str], str]


def body_of(mart: Mart) -> str | None:
    """Name the column of a mart that holds files."""
    return next((column.name for column in mart.columns if kind(column) == BASE64), None)


def keep_bodies(
    db: duckdb.DuckDBPyConnection, rows: Selection, *, to: Path, facts_only: bool = False
) -> None:
    """
    Write the files of some rows to a parquet (_key, raw_key, facts, body), sorted by their keys.

    What is known of each goes on the bench as well. A mart without files leaves nothing.
    """
    body = body_of(rows.mart)
    if body is None:
        return
    files = _each(db, rows, body=body, wanted=partial(_files, rows, body))
    schema = _SCHEMA.remove(_SCHEMA.get_field_index(BODY)) if facts_only else _SCHEMA
    with open_private(to) as file:
        _write(files, schema=schema, to=file)
    db.execute(
        f"create or replace temp table {_facts_table(rows.mart)} as"  # noqa: S608 - the mapping's
        f" select raw_key, facts from read_parquet({literal(str(to))})"
    )


def look_again(
    db: duckdb.DuckDBPyConnection, rows: Selection, *, planned: Path, sent: str, to: Path
) -> None:
    """
    Put on the bench what is known of each file: the plan's word, and anew of what it sends.

    `planned` is where the plan keeps the files, `sent` the query of the keys of rows that go. What
    a delta leaves alone is not read: a file that changed since is for the next delta.
    """
    if body_of(rows.mart) is None:
        return
    known = f"read_parquet({literal(str(planned))})"
    going = f"select raw_key from {known} where {quoted(KEY)} in ({sent})"  # noqa: S608 - ours
    source = f"select * from ({rows.source}) where {_key_of(rows.mart)} in ({going})"  # noqa: S608
    keep_bodies(db, replace(rows, source=source), to=to, facts_only=True)
    db.execute(
        f"insert into {_facts_table(rows.mart)} select raw_key, facts from {known}"  # noqa: S608
        f" where {quoted(KEY)} not in ({sent})"
    )


def with_facts(rows: Selection) -> Selection:
    """Take the same rows with what is known of each file in its place."""
    body = body_of(rows.mart)
    if body is None:
        return rows
    source = f"""
        select source.* replace (known.facts as {quoted(body)}) from ({rows.source}) as source
        left join {_facts_table(rows.mart)} as known
            on known.raw_key = source.{_key_of(rows.mart)}
        """  # noqa: S608 - names of the mapping
    return replace(rows, source=source)


def body_sizes(db: duckdb.DuckDBPyConnection, mart: Mart) -> Iterator[int]:
    """Give the size in bytes of each file of a mart, as the length of its base64 text tells it."""
    body = body_of(mart) or ""
    text = quoted(body)
    size = f"strlen({text}) * 3 // 4 - (strlen({text}) - strlen(rtrim({text}, '=')))"
    every = Selection(mart, (), f"select * from {mart.relation}", masked=False)  # noqa: S608

    def sized(source: str) -> str:
        return f"select {_RAW_KEY}, coalesce({size}, 0) as size from ({source})"  # noqa: S608 - ours

    for found in _each(db, every, body=body, wanted=sized):
        yield from found["size"].to_pylist()


def _facts_table(mart: Mart) -> str:
    return quoted(f"bodies_{mart.sobject}")


def _key_of(mart: Mart) -> str:
    return quoted(mart.key[0])


def _some_rows(mart: Mart, number: int) -> str:
    """Ask for so many rows in the way that the index answers: no other row is touched."""
    key, listed = _key_of(mart), ", ".join("?" * number)
    return f"select *, {key} as {_RAW_KEY} from {mart.relation} where {key} in ({listed})"  # noqa: S608 - mapping


def _files(rows: Selection, body: str, source: str) -> str:
    """Ask for files and what is known of them; a mask of one needs the other cells of its row."""
    needed = tuple(each for each in rows.columns if rows.masked or each.name == body)
    of_some = replace(rows, columns=needed, source=source, beside=(_RAW_KEY,))
    return f"""
        select {_RAW_KEY}, body, cast(struct_pack(
            sha256 := sha256(body),
            md5 := md5(content),
            size := case when body is null then 0 else octet_length(content) end,
            whole := coalesce(
                regexp_full_match(body, '[A-Za-z0-9+/]*={{0,2}}') and strlen(body) % 4 = 0, true
            )
        ) as {FACTS}) as facts
        from (
            select {_RAW_KEY}, {quoted(body)} as body,
                try(from_base64({quoted(body)})) as content
            from ({canonical_cells(of_some, with_bodies=True)})
        )
        """  # noqa: S608 - names of the mapping


def _each(
    db: duckdb.DuckDBPyConnection, rows: Selection, *, body: str, wanted: Wanted
) -> Iterator[pa.Table]:
    """
    Ask for the files by their keys, where no other row has that key too; add their other key.

    Small ones come together, since most of the time goes into asking; a big one comes alone.
    """
    key = _key_of(rows.mart)
    column = next((each for each in rows.columns if each.name == rows.mart.key[0]), None)
    masked = masked_cell(column) if rows.masked and column else key
    keys = db.execute(
        f"""
        select {_RAW_KEY}, {masked} as {KEY} from (
            select {key} as {_RAW_KEY}, {key_expression(rows.mart)} as {key} from ({rows.source})
            where {key} is not null group by all having count(*) = 1
        ) order by {_RAW_KEY}
        """  # noqa: S608 - names of the mapping
    ).to_arrow_table()
    for batch in keys.to_batches(max_chunksize=_AT_ONCE):
        sizes = _sizes(db, rows.mart, batch[_RAW_KEY].to_pylist(), body=body)
        for start, number in _together(sizes):
            some = batch.slice(start, number)
            found = _ask(db, rows.mart, some[_RAW_KEY].to_pylist(), wanted=wanted)
            yield found.append_column(KEY, [some[KEY]])


def _sizes(
    db: duckdb.DuckDBPyConnection, mart: Mart, keys: Sequence[str], *, body: str
) -> list[int]:
    """Measure the files of some keys; all are big where the bench cannot hold them together."""
    size = f"coalesce(strlen({quoted(body)}), 0)"
    query = f"select {size} from ({_some_rows(mart, len(keys))}) order by {_RAW_KEY}"  # noqa: S608 - mapping
    try:
        return [int(row[0]) for row in db.execute(query, list(keys)).fetchall()]
    except duckdb.OutOfMemoryException:
        return [_GROUP_BYTES] * len(keys)


def _together(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut files into stretches (first, number) that memory holds with ease."""
    start, held = 0, 0
    for place, size in enumerate(sizes):
        if place > start and held + size > _GROUP_BYTES:
            yield start, place - start
            start, held = place, 0
        held += size
    if len(sizes) > start:
        yield start, len(sizes) - start


def _ask(
    db: duckdb.DuckDBPyConnection, mart: Mart, keys: Sequence[str], *, wanted: Wanted
) -> pa.Table:
    query = wanted(_some_rows(mart, len(keys)))
    if len(keys) > 1:
        query = f"select * from ({query}) order by {_RAW_KEY}"  # noqa: S608 - ours
    try:
        return db.execute(query, list(keys)).to_arrow_table()
    except duckdb.OutOfMemoryException:
        db.execute(f"set memory_limit = '{_MEMORY_FOR_ONE}'")
        try:
            return db.execute(query, list(keys)).to_arrow_table()
        finally:
            db.execute(f"set memory_limit = '{MEMORY}'")


def _write(files: Iterator[pa.Table], *, schema: pa.Schema, to: BinaryIO) -> None:
    """Write files as they come; small ones share a row group, and a big one has its own."""
    with pyarrow.parquet.ParquetWriter(to, schema, compression="zstd") as writer:
        waiting: list[pa.Table] = []
        rows = size = 0
        for file in files:
            waiting.append(file.select(schema.names).cast(schema))
            rows, size = rows + file.num_rows, size + waiting[-1].nbytes
            if rows >= _GROUP_ROWS or size > _GROUP_BYTES:
                writer.write_table(pa.concat_tables(waiting))
                waiting.clear()
                rows = size = 0
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
