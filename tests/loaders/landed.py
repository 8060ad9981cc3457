"""The landed records beside a small clinic: landed, and built into its warehouse."""

from __future__ import annotations

import json
from datetime import timedelta

import duckdb

from tests.loaders.mini_clinic import MiniClinic
from tests.loaders.planning import Desk, clock

# As the raw tables of a source are.
_RAW = """
create schema raw_fhir;
create table raw_fhir._dlt_loads (load_id varchar, inserted_at timestamptz);
create table raw_fhir.patient
    (system varchar, id varchar, last_updated timestamptz, doc varchar, doc_sha256 varchar);
insert into raw_fhir.patient
    select 'demo', 'p' || n, timestamptz '2026-01-01', '{}', sha256('p' || n) from range(5) as t(n);
"""
_BUILT = """
create schema if not exists intermediate;
create or replace table intermediate.int_clinic__source_records as
    select system as source_system, 'patient' as raw_table, id as raw_id
    from raw.raw_fhir.patient;
create schema if not exists audit;
create table if not exists audit.audit_row_counts as from main_audit.audit_row_counts;
create table if not exists audit.audit_excluded_records as from main_audit.audit_excluded_records;
create or replace table audit.last_dbt_build as select '{why}' as why_not_whole;
"""


def land(clinic: MiniClinic, statement: str = _RAW) -> None:
    """Change what is landed, as an extract does."""
    with duckdb.connect(str(clinic.folder / "data" / "raw.duckdb")) as db:
        db.execute(f"{statement}; insert into raw_fhir._dlt_loads values ('load', now())")


def build(clinic: MiniClinic, *, why_not_whole: str = "") -> None:
    """Say in the warehouse what is landed now, as dbt build does, and how that build ended."""
    raw = clinic.folder / "data" / "raw.duckdb"
    clinic.sql(f"attach '{raw}' as raw (read_only); {_BUILT.format(why=why_not_whole)}")


def read_source(desk: Desk, *, full: bool = True, ended: bool = True) -> None:
    """Say that the source was read since the last plan, and nothing new was found."""
    at = (clock() + timedelta(seconds=1)).isoformat()
    line = {"at": at, "system": "demo", "full": full, "ended": ended, "approval": None}
    said = json.dumps(line) + "\n"
    (desk.data.root / "extracts.jsonl").write_text(said, encoding="utf-8")
