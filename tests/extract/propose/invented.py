"""Lands an invented export, the same rows every time, and reads the map that was made by hand."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from random import Random

import duckdb

from tests.extract.propose.invented_values import MAKERS

EXPORTS = Path(__file__).parent / "exports"
TUNED_ON = ("abbreviated", "german")
HOLDOUT = "vendor_holdout"
SYSTEM = "north"
SEED = 20261126
# One row of so many has a value where a column is seldom filled.
SELDOM = 8

# Table -> column -> (entity, field), as a person decided.
HandMade = Mapping[str, Mapping[str, tuple[str, str]]]


def lines_of(export: str) -> list[dict[str, str]]:
    """Read an export's columns."""
    with (EXPORTS / f"{export}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def hand_made(export: str) -> HandMade:
    """Read the map of an export."""
    made: dict[str, dict[str, tuple[str, str]]] = {}
    for line in lines_of(export):
        made.setdefault(line["table"], {})[line["column"]] = (line["entity"], line["field"])
    return made


def invent(export: str, *, share: float = 1.0) -> dict[str, list[dict[str, str]]]:
    """Make an export's rows; `share` leaves off the end of each table, as an older export would."""
    by_table = groupby(lines_of(export), itemgetter("table"))
    tables = {table: list(columns) for table, columns in by_table}
    ids = {table: list(_ids(columns[0]["values"])) for table, columns in tables.items()}
    made = {}
    for table, columns in tables.items():
        random = Random(f"{SEED} {export} {table}")  # noqa: S311 - reproducible on purpose
        rows = [
            {each["column"]: _value(each["values"], own, ids, random) for each in columns}
            for own in ids[table]
        ]
        made[table] = rows[: max(1, int(share * len(rows)))]
    return made


def _ids(values: str) -> Iterator[str]:
    _, prefix, rows = values.split("|")
    yield from (f"{prefix}{number:05}" for number in range(1, int(rows) + 1))


def _value(values: str, own: str, ids: Mapping[str, list[str]], random: Random) -> str:
    kind, *arguments = values.split("|")
    if kind == "id":
        return own
    if kind.endswith("?") and random.randrange(SELDOM):
        return ""
    kind = kind.removesuffix("?")
    return random.choice(ids[arguments[0]]) if kind == "ref" else MAKERS[kind](random, *arguments)


def land(
    database: duckdb.DuckDBPyConnection, tables: Mapping[str, list[dict[str, str]]]
) -> tuple[str, ...]:
    """Put rows where an export's rows are landed, in a database with another attached as `raw`."""
    database.execute("create schema if not exists raw.raw_files")
    for table, rows in tables.items():
        database.execute(
            f'create or replace table raw.raw_files."{table}" as'
            " select $system as system, unnest($ids) as id, null::timestamptz as last_updated,"
            " unnest($docs) as doc, '' as doc_sha256",
            {
                "system": SYSTEM,
                "ids": [next(iter(row.values())) for row in rows],
                "docs": [json.dumps(row, ensure_ascii=False) for row in rows],
            },
        )
    return tuple(tables)
