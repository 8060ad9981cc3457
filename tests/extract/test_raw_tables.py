"""The raw tables exist, empty, before anything is landed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from extract.errors import RawDatabaseBusy
from extract.raw_tables import FHIR, RAW_TABLES, RESOURCE_COLUMNS, init, table_of
from tests.extract.conftest import Extract

RESOURCE_TABLES = """
    account activity_definition appointment binary charge_item claim claim_response communication
    communication_request consent coverage diagnostic_report document_reference
    explanation_of_benefit healthcare_service insurance_plan invoice location medication_request
    observation organization patient payment_notice plan_definition practitioner
    practitioner_role questionnaire questionnaire_response related_person schedule
    service_request slot subscription task
"""


def test_each_type_has_a_table_of_its_own_name() -> None:
    assert list(FHIR.names.values()) == RESOURCE_TABLES.split()
    assert table_of("ExplanationOfBenefit") == "explanation_of_benefit"


def test_init_creates_every_declared_table_once(tmp_path: Path) -> None:
    raw = tmp_path / "raw.duckdb"
    assert init(raw) == sum(len(tables.declared()) for tables in RAW_TABLES.values())
    assert init(raw) == 0
    with duckdb.connect(raw, read_only=True) as database:
        columns = database.execute(
            "select column_name, lower(data_type) from duckdb_columns()"
            " where schema_name = 'raw_fhir' and table_name = 'patient'"
        ).fetchall()
    assert dict(columns) == RESOURCE_COLUMNS


def test_init_brings_back_a_table_that_was_dropped(tmp_path: Path) -> None:
    raw = tmp_path / "raw.duckdb"
    init(raw)
    with duckdb.connect(raw) as database:
        database.execute("drop table raw_fhir.patient")
    assert init(raw) == 1


def test_landing_changes_no_declared_column(extract: Extract, synthea: Path) -> None:
    extract.run(files=synthea)
    before = extract.folder.root / "declared.duckdb"
    init(before)
    described = (
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = 'raw_fhir' and not starts_with(table_name, '_dlt')"
        " order by table_name, column_index"
    )
    with duckdb.connect(before, read_only=True) as database:
        assert extract.query(described) == database.execute(described).fetchall()


def test_a_database_that_another_process_writes_to_is_named_in_the_error(tmp_path: Path) -> None:
    raw = tmp_path / "raw.duckdb"
    holder = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]);"
        " print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(raw)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(RawDatabaseBusy, match=r"raw\.duckdb"):
            init(raw)
        process.communicate(b"")
