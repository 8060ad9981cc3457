"""A proposed map builds as it is written, every row is accounted for, and no loader takes it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from tests.extract.propose.invented import SYSTEM, invent
from tests.extract.propose.project import project_copy


@pytest.mark.soak
@pytest.mark.parametrize(
    ("export", "patients", "born"),
    [
        ("abbreviated", "PTMSTR", "PT_DOB"),
        ("german", "Patienten", "Geburtsdatum"),
        ("vendor_holdout", "ZNV_Client", "znvBirthday"),
    ],
)
def test_a_proposed_map_builds_and_closes_and_is_refused_until_confirmed(
    export: str, patients: str, born: str, tmp_path: Path
) -> None:
    project = project_copy(tmp_path)
    files = tmp_path / "export"
    files.mkdir()
    tables = invent(export)
    # A year of two digits is nobody's to guess.
    tables[patients][0][born] = re.sub(r"\d\d(?=\d\d(\D|$))", "", tables[patients][0][born])
    for table, rows in tables.items():
        with (files / f"{table}.csv").open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    assert project.run("clinic-extract", "init").returncode == 0
    landed = project.run("clinic-extract", "run", "files", "--system", SYSTEM, "--from", str(files))
    assert landed.returncode == 0, landed.stderr
    proposed = project.run("clinic-extract", "propose", SYSTEM, "--write")
    assert proposed.returncode == 0, proposed.stderr
    built = project.run("dbt", "build")
    assert built.returncode == 0, built.stdout[-3000:]
    with duckdb.connect(project.data / "warehouse.duckdb", read_only=True) as warehouse:
        told = warehouse.execute(
            "select count(distinct raw_table || raw_id)"
            " from intermediate.int_clinic__source_records"
        ).fetchall()
        loaded = warehouse.execute("select count(*) from salesforce.sf_contact").fetchall()
        unread = warehouse.execute(
            "select count(*), count(patients.birth_date)"
            " from intermediate.int_clinic__quality_flags as flags"
            " inner join intermediate.int_clinic__patients as patients"
            " on flags.record_key = patients.patient_key"
            " where flags.flag = 'unreadable_date' and flags.column_name = 'birth_date'"
        ).fetchall()
    assert told == [(sum(map(len, tables.values())),)]
    assert loaded[0][0] > 0
    assert unread == [(1, 0)]
    refused = project.run("clinic-load", "schema", "build")
    assert refused.returncode == 3
    assert "the map is still proposed: int_north__appointments" in refused.stderr
    assert "Try: " in refused.stderr
