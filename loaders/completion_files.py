"""The completion report on disk: a page, its facts as JSON, and a CSV for each list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loaders.bench import bounded, copy_privately, scratch_name
from loaders.canonical import literal, quoted
from loaders.completion import Completion
from loaders.completion_figures import remedies
from loaders.completion_page import as_page, headline
from loaders.ledger import Ledger
from loaders.paths import DataFolder, make_private_folder, write_private
from loaders.plan_store import plan_folder, rows_file
from loaders.status import as_json

PAGE, FACTS, RECALLS = "completion.html", "completion.json", "recall_configuration.csv"
RECALL = "Recall_Configuration__c"
_FILES = {
    FACTS: "all that this page tells, for programs",
    "entities.csv": "what became of the source records of each entity",
    "objects.csv": "what became of the planned rows of each object",
    "failed.csv": "every row that is not in the org as planned, with reason and hint",
    "left_out.csv": "records excluded and merged, by reason",
    "side_by_side.csv": "the records side by side, values whole",
    "todo.csv": "what is left to do",
    RECALLS: "the recall settings as planned, for those who build the flows that remind patients",
}


# Rows, with the keys and values of patients where a run is not masked: not for the screen.
_ROWS = frozenset({"failed", "side_by_side"})


def facts_aloud(told: Completion) -> dict[str, Any]:
    """Give the report as the JSON that `--json` promises: all of completion.json but its rows."""
    return {name: each for name, each in document(told).items() if name not in _ROWS}


def document(told: Completion) -> dict[str, Any]:
    """Give the report as completion.json has it."""
    status = as_json(told.status)
    for line, each in zip(status["entities"], told.status.entities, strict=True):
        line["unexplained"] = each.unexplained
    return {
        **status,
        "report": told.title,
        "headline": headline(told),
        "opens_production": told.opens_gate,
        "covered": [asdict(each) for each in told.covered],
        "differing": [list(each) for each in told.differing],
        "normalised": [asdict(each) for each in told.normalised],
        "complete": told.is_complete,
        "reconciled": told.is_reconciled,
        "unexplained": told.unexplained,
        "org": told.run.alias,
        "org_id": told.run.org_id,
        "is_sandbox": told.run.is_sandbox,
        "scope": told.plan.settings.scope,
        "masked": told.plan.settings.masked,
        "started_at": told.run.started_at,
        "finished_at": told.run.finished_at,
        "map_hash": told.run.map_hash,
        "data_hash": told.run.data_hash,
        "undone_by": told.undone_by,
        "stands": told.stands,
        "taken_back": told.status.taken_back,
        "held_by_rollbacks": told.held_back,
        "rollbacks": [asdict(each) for each in told.undos],
        "differences": told.differences,
        "left_out": [asdict(each) for each in told.left_out],
        "failed": [asdict(each) for each in told.refused],
        "side_by_side": [asdict(each) for each in told.cells],
        "timings": [asdict(each) for each in told.timings],
        "measured": {
            name: {**asdict(amount), "source": source}
            for name, (amount, source) in told.measured.items()
        },
        "estimated": [{**asdict(each), "verdict": each.verdict} for each in told.estimated],
        "approvals": [asdict(each) for each in told.approvals],
        "audited": told.rebuild is not None,
        "rebuild": [dict(each) for each in told.rebuild or ()],
        "access": told.access,
        "todo": [list(each) for each in remedies(told)],
    }


def write_completion(told: Completion, data: DataFolder, ledger: Ledger) -> Path:
    """Write the report anew into its own folder; the same facts give the same bytes."""
    run = make_private_folder(make_private_folder(data.reports) / told.run.run)
    folder = make_private_folder(run / "completion")
    facts = document(told)
    tables = {
        "entities.csv": facts["entities"],
        "objects.csv": facts["objects"],
        "failed.csv": facts["failed"],
        "left_out.csv": facts["left_out"],
        "side_by_side.csv": facts["side_by_side"],
        "todo.csv": [
            dict(zip(("where", "what", "records", "how"), each, strict=True))
            for each in facts["todo"]
        ],
    }
    for name, rows in tables.items():
        write_private(folder / name, _csv(rows))
    _write_recalls(told, data, ledger, folder / RECALLS)
    write_private(folder / FACTS, (json.dumps(facts, indent=2) + "\n").encode())
    there = {name: what for name, what in _FILES.items() if (folder / name).exists()}
    write_private(folder / PAGE, as_page(told, there).encode())
    return folder / PAGE


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write a list of alike documents; an empty list is an empty file."""
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    if rows:
        writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode()


def _write_recalls(told: Completion, data: DataFolder, ledger: Ledger, path: Path) -> None:
    for each in told.plan.objects:
        if each.sobject != RECALL:
            continue
        columns = ", ".join(quoted(column.name) for column in each.columns)
        rows = literal(str(rows_file(plan_folder(data.plans, told.plan.plan), each)))
        query = f"select {columns} from read_parquet({rows}) order by _key"  # noqa: S608 - plan
        with bounded(ledger.folder / scratch_name("spill")) as db:
            copy_privately(db, query, path)
