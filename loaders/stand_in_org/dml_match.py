"""Which records the rows of a write mean: found by the key, one round after the other."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import BEFORE, DRAFT, MATCH, Change
from loaders.stand_in_org.dml_draft import comparable
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.store import literal, quoted


def match(change: Change, *, turn: int) -> int:
    """
    Find what the rows of this round mean, and the records as they are; count the new rows.

    `_match` gets a line for each row of the round, with its place among the new, or the other,
    rows.
    """
    met = (
        "SELECT CAST(NULL AS BIGINT) AS _n, CAST(NULL AS VARCHAR) AS _id,"
        " CAST(NULL AS BIGINT) AS _row, 0 AS _times, false AS _gone"
    )
    if change.key is not None:
        met = (
            "SELECT d._n, min(t.Id) AS _id, arg_min(t.rowid, t.Id) AS _row, count(*) AS _times,"
            f" bool_or(t.IsDeleted) AS _gone FROM {_met(change, change.key, turn=turn)}"
            " GROUP BY d._n"
        )
    change.run(
        f"CREATE OR REPLACE TEMP TABLE {MATCH} AS WITH met AS ({met})"
        " SELECT d._n, _id, _row, _times, CAST(NULL AS VARCHAR) AS _ids, _gone,"
        " row_number() OVER (PARTITION BY _id IS NULL ORDER BY d._n) - 1 AS _place"
        f" FROM {DRAFT} AS d LEFT JOIN met ON met._n = d._n WHERE d._round = {turn}"
    )
    if change.key is not None:
        _name_all(change, change.key, turn=turn)
        change.run(
            f"CREATE OR REPLACE TEMP TABLE {BEFORE} AS SELECT t.*"
            f" FROM {quoted(change.sobject.table)} AS t"
            f" WHERE t.rowid IN (SELECT _row FROM {MATCH} WHERE _id IS NOT NULL)"
        )
    return int(change.world.one(f"SELECT count(*) FROM {MATCH} WHERE _id IS NULL") or 0)


def _met(change: Change, key: int, *, turn: int) -> str:
    """Give the SQL of the records `t` that the rows `d` of this round name by their key."""
    field = change.targets[key].field
    column = comparable(field, f"t.{quoted(field.name)}")
    alive = "true" if field.type == "id" else "NOT t.IsDeleted"
    if "isarchived" in change.sobject.fields and field.type != "id":
        # Archived activities answer to their id only (contract 11).
        alive += " AND NOT t.IsArchived"
    return (
        f"{quoted(change.sobject.table)} AS t INNER JOIN {DRAFT} AS d"
        f" ON {column} = {comparable(field, f'd.v{key}')}"
        f" WHERE d._round = {turn} AND {alive}"
    )


def _name_all(change: Change, key: int, *, turn: int) -> None:
    """List the records of the rows that mean several, which is rare and dear."""
    if change.world.one(f"SELECT count(*) FROM {MATCH} WHERE _times > 1"):
        change.run(
            f"UPDATE {MATCH} SET _ids = named.ids FROM (SELECT d._n,"
            f" string_agg(t.Id, ', ' ORDER BY t.Id) AS ids FROM {_met(change, key, turn=turn)}"
            f" GROUP BY d._n) AS named WHERE named._n = {MATCH}._n"
        )


def match_error(change: Change) -> str:
    """Give the SQL of what is wrong with how a row `d` met its record `m`."""
    if change.key is None:
        return "NULL"
    field = change.targets[change.key].field
    if field.type == "id":
        gone = error_struct("ENTITY_IS_DELETED", literal("entity is deleted"), ())
        lost = error_struct(
            "INVALID_CROSS_REFERENCE_KEY", literal("invalid cross reference id"), ()
        )
        unmet = f"m._id IS NULL AND d.v{change.key} IS NOT NULL"
        return f"CASE WHEN m._gone THEN {gone} WHEN {unmet} THEN {lost} END"
    message = (
        f"{literal(field.label + ': more than one record found for external id field: [')}"
        f" || m._ids || ']'"
    )
    several = error_struct("DUPLICATE_EXTERNAL_ID", message, (field.name,))
    return f"CASE WHEN m._times > 1 THEN {several} END"
