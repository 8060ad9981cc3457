"""A trace as a person reads it: private files with every row, and counts for the screen."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

from rich.table import Table

from loaders.masking import pseudonym
from loaders.paths import DataFolder, make_private_folder, write_private
from loaders.tables import new_table
from loaders.trace import Trace, explained


def trace_document(trace: Trace, *, address: str) -> dict[str, Any]:
    """Give the trace as the JSON that `--json` promises; `address` is where the org is opened."""
    history = trace.history
    return {
        "run": history.newest.run.run,
        "org_id": history.newest.run.org_id,
        "of_one_run": history.is_of_one,
        "pushes": [each.run.run for each in history.pushes],
        "purged": list(history.purged),
        "people": trace.people,
        "rows": [
            {**explained(row), "link": f"{address}/{row['id']}" if row["id"] else None}
            for row in trace.rows
        ],
    }


def write_trace(document: dict[str, Any], data: DataFolder, *, key: str) -> Path:
    """Write a trace as CSV and JSON; the name of the files does not give the person away."""
    folder = make_private_folder(make_private_folder(data.reports) / document["run"])
    kind = "trace-of-one-run" if document["of_one_run"] else "trace"
    name = f"{kind}-{pseudonym(data, key)}"
    rows = document["rows"]
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / f"{name}.csv"
    write_private(path, table.getvalue().encode())
    write_private(path.with_suffix(".json"), (json.dumps(document, indent=2) + "\n").encode())
    return path


def trace_table(trace: Trace) -> Table:
    """Count what was traced, by entity, object and state; without a key or a name."""
    counts = Counter(
        (
            row["entity"] or "(derived)",
            row["sobject"] or "",
            row["state"] or "",
            row["reason"] or "",
        )
        for row in trace.rows
    )
    people = "1 person" if trace.people == 1 else f"{trace.people} people"
    runs = trace.history.pushes
    told = "the only push" if len(runs) == 1 else f"all {len(runs)} pushes"
    if trace.history.is_of_one:
        told = f"run {runs[-1].run.run} alone, whatever other runs did"
    table = new_table(
        f"{people}, {told}",
        names=("entity", "object", "state", "reason"),
        numbers=("rows",),
    )
    for names, number in counts.items():
        table.add_row(names[0] or "(derived)", *names[1:], f"{number:,}")
    return table
