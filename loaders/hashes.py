"""The hash of the rows that a plan holds, and whether the plan still stands for them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from loaders.bench import Bench
from loaders.canonical import key_expression, literal
from loaders.contract import Mapping
from loaders.describe import ObjectDescribe
from loaders.map_parts import map_parts, part_hashes
from loaders.plan_bodies import keep_bodies, look_again
from loaders.plan_columns import Selection, plan_columns
from loaders.plan_rows import canonical_query
from loaders.plan_scope import DELTA, GOES, NARROWED, WHOLE, source_of
from loaders.plan_store import BODIES_FILE, Plan, PlanObject, bodies_file, rows_file
from loaders.warehouse import relation_types

_ROWS_PER_BATCH = 10_000


def rows_hash(db: duckdb.DuckDBPyConnection, query: str) -> str:
    """
    Hash all row hashes of a query that has `_row_hash`, whatever the order of its rows.

    Sorted by DuckDB, which does that beyond its memory, and hashed piece by piece.
    """
    digest = hashlib.sha256()
    hashes = db.execute(f"select _row_hash from ({query}) order by _row_hash")  # noqa: S608 - theirs
    for batch in hashes.to_arrow_reader(_ROWS_PER_BATCH):
        whole = pa.ListArray.from_arrays(pa.array([0, batch.num_rows], pa.int32()), batch.column(0))
        digest.update(pc.binary_join(whole, "")[0].as_buffer())
    return digest.hexdigest()


def data_hash(objects: dict[str, str]) -> str:
    """Hash the row hashes of all objects, by object name."""
    text = "".join(f"{name} {of_rows}\n" for name, of_rows in sorted(objects.items()))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def stale_reasons(plan: Plan, folder: Path, mapping: Mapping, bench: Bench) -> list[str]:
    """
    Say why a plan no longer stands for what manifest and warehouse hold; nothing when it does.

    The warehouse must be attached to the connection, and the masks loaded. Of a plan of some rows
    only these are looked at, of a delta those that go: the others are for the next delta.
    """
    now = part_hashes(map_parts(mapping))
    if changed := [scope for scope, found in now.items() if plan.parts[scope] != found]:
        return [f"the mapping has changed since the plan was made: {', '.join(changed)}"]
    planned = {each.sobject: each for each in plan.objects}
    reasons = []
    for mart in mapping.marts:
        types = relation_types(bench.db, mart.relation)
        if types is None or set(types) != {column.name for column in mart.columns}:
            reasons.append(f"{mart.sobject}: its columns are not those of the mapping")
            continue
        each = planned[mart.sobject]
        every = source_of(mart, scope=WHOLE)
        selection = Selection(mart, each.columns, every, plan.settings.masked)
        if not _is_as_planned(bench, selection, each, folder, scope=plan.settings.scope):
            reasons.append(f"{mart.sobject}: its rows have changed since the plan was made")
    return reasons


def _is_as_planned(
    bench: Bench, rows: Selection, each: PlanObject, folder: Path, *, scope: str
) -> bool:
    planned, kept = (
        f"read_parquet({literal(str(rows_file(folder, each)))})",
        bench.folder / BODIES_FILE,
    )
    if scope == DELTA:
        going = f"from {planned} where {GOES}"
        known = bodies_file(folder, each)
        look_again(bench.db, rows, planned=known, sent=f"select _key {going}", to=kept)
        expected = rows_hash(bench.db, f"select _row_hash {going}")
        return rows_hash(bench.db, _only(rows, f"select _key {going}")) == expected
    keep_bodies(bench.db, rows, to=kept, facts_only=True)
    narrowed = scope in NARROWED
    query = _only(rows, f"select _key from {planned}") if narrowed else canonical_query(rows)  # noqa: S608
    return rows_hash(bench.db, query) == each.rows_hash


def _only(rows: Selection, keys: str) -> str:
    """Give the canonical rows of some keys; where keys are masked, all are made to find them."""
    if rows.masked:
        return f"select * from ({canonical_query(rows)}) where _key in ({keys})"  # noqa: S608 - ours
    some = f"select * from ({rows.source}) where {key_expression(rows.mart)} in ({keys})"  # noqa: S608
    return canonical_query(replace(rows, source=some))


def field_changes(plan: Plan, mapping: Mapping, described: dict[str, ObjectDescribe]) -> list[str]:
    """
    Say which fields the org has otherwise than when the plan was made.

    The org must have all that the mapping needs.
    """
    reasons = []
    for each in plan.objects:
        columns = plan_columns(mapping.mart(each.sobject), described[each.sobject])
        changed = {column.name for column in set(columns) ^ set(each.columns)}
        if changed:
            names = ", ".join(sorted(changed))
            reasons.append(f"{each.sobject}: the org changed {names} since the plan was made")
    return reasons
