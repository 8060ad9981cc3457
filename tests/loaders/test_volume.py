"""Many rows of one object: the loader's memory does not grow with them."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import BIN, run, serving
from tests.loaders.mini_clinic import KEY, MiniClinic, field
from tests.loaders.planning import ALIAS, Desk

LAB: dict[str, Any] = {
    "salesforce": {
        "sobject": "Lab_Result__c",
        "external_id": "Clinic_Id__c",
        "label": "Lab Result",
        "plural_label": "Lab Results",
        "name_format": "LAB-{0000000}",
    },
    "columns": [
        KEY,
        field("Test_Name__c", custom=True, label="Test Name", length=255),
        field("Result_Value__c", custom=True, label="Result Value", length=255),
        field("Result_Number__c", "decimal(18,2)", custom=True, label="Result Number",
              type="Number"),
        field("Unit__c", custom=True, label="Unit", length=40),
        field("Ordered_Date__c", "date", custom=True, label="Ordered Date"),
        field("Is_Abnormal__c", "boolean", custom=True, label="Is Abnormal"),
        field("Source_Created_At__c", "timestamp", custom=True, label="Source Created At"),
    ],
    "rows": [],
}  # fmt: skip
# Some 200 bytes a row.
FILL = """
    insert into main_salesforce.sf_lab_result
    select 'demo:observation:' || lpad(n::varchar, 12, '0'),
        'Invented test ' || n % 500 || ' of serum, by a method with a long name',
        (n % 9000)::varchar || ' in the first tube, ' || md5(n::varchar), n % 9000 / 7, 'mg/dL',
        date '2015-01-01' + (n % 3650)::integer, n % 5 = 0,
        timestamp '2015-01-01 08:00:00' + to_seconds(n * 60)
    from range({rows}) as numbers (n)
"""
# One row in a hundred says something else.
CHANGE = "update main_salesforce.sf_lab_result set Unit__c = 'mmol/L' where {key} like '%00'"


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took, as the system counts it."""

    code: int
    peak_megabytes: int
    cpu_seconds: float
    wall_seconds: float


def lab_clinic(folder: Path, *, rows: int) -> MiniClinic:
    clinic = MiniClinic(folder, {"sf_lab_result": LAB}).write()
    clinic.sql(FILL.format(rows=rows))
    return clinic


def measured(desk: Desk, *arguments: str, rows: int) -> Took:
    """Run `clinic-load` in a process of its own, and print what it took."""
    environment = {**os.environ, **desk.clinic.environ, **desk.org.environment(ALIAS)}
    command = [str(BIN / "clinic-load"), *arguments, "--org", ALIAS]
    began = time.monotonic()
    ran = run([sys.executable, "-m", "tests.loaders.measured", *command], env=environment)
    wall = time.monotonic() - began
    took = Took(**json.loads(ran.stdout.splitlines()[-1]), wall_seconds=wall)
    print(  # noqa: T201 - the figures are what the test is for
        f"{arguments[0]} of {rows:,} rows: peak {took.peak_megabytes} MB, "
        f"{took.cpu_seconds:.1f} CPU s ({rows / took.cpu_seconds:,.0f} rows/s), "
        f"{wall:.1f} s ({rows / wall:,.0f} rows/s)"
    )
    assert took.code == 0, ran.stderr
    return took


def road(tmp_path: Path, *, rows: int, steps: tuple[str, ...]) -> dict[str, Took]:
    """Take the rows through the commands, each in its own process."""
    took: dict[str, Took] = {}
    with serving(tmp_path / "org", "--sandbox") as served:
        desk = Desk(lab_clinic(tmp_path / "clinic", rows=rows), served)
        desk.deploy()
        for step in steps:
            if step == "delta":
                took |= delta(desk, rows=rows)
                continue
            latest = () if step == "plan" else ("latest",)
            took[step] = measured(desk, step, *latest, rows=rows)
            if step == "plan":
                approved = desk.load("approve", "latest", "--by", "Ada Example")
                assert approved.code == 0, approved.stderr
    return took


def delta(desk: Desk, *, rows: int) -> dict[str, Took]:
    """Change one row in a hundred, and send those alone."""
    desk.clinic.sql(CHANGE.format(key=KEY["name"]))
    took = {
        "plan --delta": measured(desk, "plan", "--delta", rows=rows),
        "push of the delta": measured(desk, "push", "latest", rows=rows),
    }
    sent = desk.load("status", "latest", "--json").json()["objects"]
    assert [each["updated"] for each in sent] == [rows // 100]
    return took


def test_the_loader_stays_below_400_megabytes_with_100_000_rows_of_one_object(
    tmp_path: Path,
) -> None:
    took = road(tmp_path, rows=100_000, steps=("plan", "push", "delta"))
    assert max(took[step].peak_megabytes for step in ("plan", "push")) < 400
    # A delta knows every row twice: as it was pushed and as it is.
    assert max(each.peak_megabytes for each in took.values()) < 500


@pytest.mark.soak
def test_the_loader_stays_below_one_gigabyte_with_1_000_000_rows_of_one_object(
    tmp_path: Path,
) -> None:
    took = road(tmp_path, rows=1_000_000, steps=("plan", "push", "verify", "rollback"))
    assert max(each.peak_megabytes for each in took.values()) < 1_000
