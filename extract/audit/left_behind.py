"""What no record of the new system can hold: schedule templates and automations, for a rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extract.audit.landed import Landed, RawTable
from extract.audit.workspace import Database, document_batches, whole
from extract.raw_tables import table_of

# Types of how a practice works, and not of what happened in it.
REBUILT_BY_HAND = {
    "activity_definition": "care plans and protocols",
    "healthcare_service": "services that can be booked",
    "plan_definition": "care plans and protocols",
    "questionnaire": "form templates",
    "schedule": "schedule templates",
    "slot": "free and busy times of the schedules",
    "subscription": "automations that call other systems",
    "task": "work items of automations",
}


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """One type that stays behind, and where its records are kept for the rebuild."""

    table: str
    what: str
    records: int
    # Beside the report; empty where nothing was landed that could be exported.
    file: str


def left_behind(database: Database, landed: Landed, folder: Path) -> list[LeftBehind]:
    """
    Export what has to be rebuilt by hand, each document as it came.

    What the clinic's server has and no table was declared for is counted all the same.
    """
    exported = [
        export(database, table, folder) for table in landed.tables if table.name in REBUILT_BY_HAND
    ]
    there = {one.table for one in exported}
    for row in landed.not_taken:
        table = table_of(str(row["resource_type"]))
        if table in REBUILT_BY_HAND and table not in there:
            count = whole(row, "resources")
            exported.append(LeftBehind(table, REBUILT_BY_HAND[table], count, ""))
    return sorted(exported, key=lambda one: one.table)


def export(database: Database, table: RawTable, folder: Path) -> LeftBehind:
    """Write a table's documents as one JSON array, in the order of their ids."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{table.name}.json"
    with (folder / name).open("w", encoding="utf-8") as file:
        before = "["
        for documents in document_batches(database, table.relation):
            file.write(before + ",\n".join(documents))
            before = ",\n"
        file.write("]\n")
    return LeftBehind(table.name, REBUILT_BY_HAND[table.name], table.records, f"rebuild/{name}")
