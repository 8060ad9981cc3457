"""The files of a mart: out of the warehouse one at a time, so that memory holds one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
    files = _each(db, rows, query=_one_file(rows, body=body))
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
    body = quoted(body_of(mart) or "")
    size = f"strlen({body}) * 3 // 4 - (strlen({body}) - strlen(rtrim({body}, '=')))"
    every = Selection(mart, (), f"select * from {mart.relation}", masked=False)  # noqa: S608
    query = f"select coalesce({size}, 0) as size from ({_one_row(mart)})"  # noqa: S608 - mapping
    for found in _each(db, every, query=query):
        yield found["size"][0].as_py()


def _facts_table(mart: Mart) -> str:
    return quoted(f"bodies_{mart.sobject}")


def _key_of(mart: Mart) -> str:
    return quoted(mart.key[0])


def _one_row(mart: Mart) -> str:
    """Ask for one row in the way that the index answers: no other row is touched."""
    return f"select * from {mart.relation} where {_key_of(mart)} = $key"  # noqa: S608 - mapping


def _one_file(rows: Selection, *, body: str) -> str:
    """Ask for a file and what is known of it; a mask of it needs the other cells of its row."""
    needed = tuple(each for each in rows.columns if rows.masked or each.name == body)
    of_one = replace(rows, columns=needed, source=_one_row(rows.mart))
    return f"""
        select body, cast(struct_pack(
            sha256 := sha256(body),
            md5 := md5(content),
            size := case when body is null then 0 else octet_length(content) end,
            whole := coalesce(
                regexp_full_match(body, '[A-Za-z0-9+/]*={{0,2}}') and strlen(body) % 4 = 0, true
            )
        ) as {FACTS}) as facts
        from (
            select {quoted(body)} as body, try(from_base64({quoted(body)})) as content
            from ({canonical_cells(of_one, with_bodies=True)})
        )
        """  # noqa: S608 - names of the mapping


def _each(db: duckdb.DuckDBPyConnection, rows: Selection, *, query: str) -> Iterator[pa.Table]:
    """Ask for each file by its key, where no other row has that key too; add both keys to it."""
    key = _key_of(rows.mart)
    column = next((each for each in rows.columns if each.name == rows.mart.key[0]), None)
    masked = masked_cell(column) if rows.masked and column else key
    keys = db.execute(
        f"""
        select raw_key, {masked} as {KEY} from (
            select {key} as raw_key, {key_expression(rows.mart)} as {key} from ({rows.source})
            where {key} is not null group by all having count(*) = 1
        ) order by raw_key
        """  # noqa: S608 - names of the mapping
    ).to_arrow_table()
    for batch in keys.to_batches():
        for raw_key, known_as in zip(batch["raw_key"], batch[KEY], strict=True):
            found = _ask(db, query, key=raw_key.as_py())
            yield found.append_column("raw_key", [[raw_key]]).append_column(KEY, [[known_as]])


def _ask(db: duckdb.DuckDBPyConnection, query: str, *, key: str) -> pa.Table:
    try:
        return db.execute(query, {"key": key}).to_arrow_table()
    except duckdb.OutOfMemoryException:
        db.execute(f"set memory_limit = '{_MEMORY_FOR_ONE}'")
        try:
            return db.execute(query, {"key": key}).to_arrow_table()
        finally:
            db.execute(f"set memory_limit = '{MEMORY}'")


def _write(files: Iterator[pa.Table], *, schema: pa.Schema, to: BinaryIO) -> None:
    """Write files as they come; small ones share a row group, and a big one has its own."""
    with pyarrow.parquet.ParquetWriter(to, schema, compression="zstd") as writer:
        waiting: list[pa.Table] = []
        size = 0
        for file in files:
            waiting.append(file.select(schema.names).cast(schema))
            size += waiting[-1].nbytes
            if len(waiting) == _GROUP_ROWS or size > _GROUP_BYTES:
                writer.write_table(pa.concat_tables(waiting))
                waiting.clear()
                size = 0
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
