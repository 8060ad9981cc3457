"""Writes to the org: set-wise SQL from the incoming table to one INSERT and one UPDATE."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import pyarrow as pa

from loaders.stand_in_org import dml_image as image
from loaders.stand_in_org import rules
from loaders.stand_in_org.change import IMAGE, OUTCOME, Change, World
from loaders.stand_in_org.dml_draft import check_keys, find_parents, make_draft
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.store import literal

RESULT = pa.schema(
    [
        ("id", pa.string()),
        ("success", pa.bool_()),
        ("created", pa.bool_()),
        ("status_code", pa.string()),
        ("message", pa.string()),
        ("fields", pa.list_(pa.string())),
    ]
)

_ROLLED_BACK = error_struct(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    literal(
        "Record rolled back because not all records were valid and the request was using"
        " AllOrNone header"
    ),
    (),
)


def start_outcome(world: World) -> None:
    """Make the empty table of what became of each row."""
    world.run(
        f"CREATE OR REPLACE TEMP TABLE {OUTCOME} (_n BIGINT, id VARCHAR, created BOOLEAN,"
        " error STRUCT(code VARCHAR, message VARCHAR, fields VARCHAR[]))"
    )


def read_outcome(world: World) -> pa.Table:
    """Give the outcome in input order."""
    found = world.run(
        "SELECT id, error IS NULL AS success, created, error.code AS status_code,"
        " error.message AS message, coalesce(error.fields, []) AS fields"
        f" FROM {OUTCOME} ORDER BY _n"
    ).to_arrow_table()
    return found.cast(RESULT)


def _one_round(change: Change, *, turn: int, all_or_none: bool) -> None:
    image.make_image(change, turn=turn)
    image.check_writable(change)
    rules.fill(change)
    image.check_required(change)
    image.check_unique(change)
    rules.check(change)
    if all_or_none and change.world.one(f"SELECT count(*) FROM {IMAGE} WHERE _e IS NOT NULL"):
        change.run(f"UPDATE {IMAGE} SET _e = {_ROLLED_BACK} WHERE _e IS NULL")
    if change.good():
        image.write(change)
        rules.after(change)
    change.run(
        f"INSERT INTO {OUTCOME} SELECT _n,"
        " CASE WHEN _e IS NULL OR NOT _new THEN Id END, _e IS NULL AND _new, _e"
        f" FROM {IMAGE}"
    )


def save(change: Change, rows: pa.Table, *, all_or_none: bool) -> pa.Table:
    """Insert, update or upsert the rows; one result row for each, in their order."""
    start_outcome(change.world)
    make_draft(change, rows)
    find_parents(change)
    for turn in range(check_keys(change)):
        _one_round(change, turn=turn, all_or_none=all_or_none)
    return read_outcome(change.world)
