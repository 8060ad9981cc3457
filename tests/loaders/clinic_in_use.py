"""A clinic of many patients with record numbers, and what is asked of its rollbacks."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from loaders.errors import DONE, INCOMPLETE
from tests.loaders.loading import Loading
from tests.loaders.mini_clinic import MiniClinic, field, mini_clinic
from tests.loaders.planning import ALIAS

PATIENTS, THERE, HOUSEHOLD = 1_200, 1_000, 12


def clinic(folder: Path, *, patients: int = PATIENTS) -> MiniClinic:
    """Build a clinic of many patients with record numbers, twelve to a household."""
    made = mini_clinic(folder, only=("sf_account", "sf_contact", "sf_insurance_coverage"))
    contact, account = made.marts["sf_contact"], made.marts["sf_account"]
    contact["salesforce"]["match"] = {"strong": [["MRN__c"]]}
    contact["columns"] += [field("MRN__c", custom=True)]
    household = account["rows"][0]
    account["rows"] = [
        (f"demo:household:{number}", *household[1:3], f"Family {number}", *household[4:])
        for number in range(-(-patients // HOUSEHOLD))
    ]
    contact["rows"] = [
        (f"demo:patient:{number}", f"demo:household:{number // HOUSEHOLD}", f"New {number}", "Ann",
         "1980-02-29", False, "Individual", f"MRN-{number}")
        for number in range(patients)
    ]  # fmt: skip
    made.marts["sf_insurance_coverage"]["rows"] = [
        (f"demo:coverage:{number}", f"demo:patient:{number}", None, f"M-{number}", None, None, 1,
         None)
        for number in range(0, patients, HOUSEHOLD)
    ]  # fmt: skip
    return made.write()


def ids(desk: Loading, *numbers: int) -> list[str]:
    return [desk.record_id("Contact", f"demo:patient:{number}") for number in numbers]


def held_rows(document: dict[str, Any], sobject: str) -> dict[str, dict[str, str]]:
    """Read what is listed as held or failed of an object, by key."""
    with Path(document["held_file"]).open(encoding="utf-8", newline="") as rows:
        return {row["key"]: row for row in csv.DictReader(rows) if row["sobject"] == sobject}


def undo(desk: Loading, *options: str) -> tuple[int, dict[str, Any]]:
    done = desk.load("rollback", "latest", "--org", ALIAS, "--json", *options)
    assert done.code in {DONE, INCOMPLETE}, done.stderr
    return done.code, done.json()
