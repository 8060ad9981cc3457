"""Decide about what the source has no longer as a person does: in the file, then plan again."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from loaders.plan_store import Plan
from tests.loaders.planning import Desk


def decide(desk: Desk, plan: Plan, decisions: Mapping[str, str], *, rest: str = "keep") -> Plan:
    """Plan with these decisions by key; about all others it is as before, or as `rest` says."""
    file = desk.folder(plan) / "deletions.csv"
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert set(decisions) <= {row["key"] for row in rows}
    decided = file.with_name("decided.csv")
    with decided.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, rows[0].keys())
        writer.writeheader()
        for row in rows:
            said = decisions.get(row["key"], row["decision"] or rest)
            writer.writerow({**row, "decision": said})
    return desk.plan(delta=True, deletions=decided)
