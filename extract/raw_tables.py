"""The raw tables: what the clinic contract reads, and what a rebuild by hand will need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extract.errors import RawDatabaseBusy
from extract.sources.cliniko_tables import ATTACHMENT_CONTENT, CLINIKO_TABLES
from extract.sources.openemr_tables import DOCUMENT_FILE, OPENEMR_TABLES

QUARANTINED = "quarantined"
NO_LIMITS: Mapping[str, str] = {}
NOT_TAKEN = "not_taken"
DELETED = "deleted"

FHIR_TYPES = (
    "Account",
    "ActivityDefinition",
    "Appointment",
    "Binary",
    "ChargeItem",
    "Claim",
    "ClaimResponse",
    "Communication",
    "CommunicationRequest",
    "Consent",
    "Coverage",
    "DiagnosticReport",
    "DocumentReference",
    "ExplanationOfBenefit",
    "HealthcareService",
    "InsurancePlan",
    "Invoice",
    "Location",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Patient",
    "PaymentNotice",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
    "Schedule",
    "ServiceRequest",
    "Slot",
    "Subscription",
    "Task",
)

RESOURCE_COLUMNS = {
    "system": "varchar",
    "id": "varchar",
    "last_updated": "timestamp with time zone",
    "doc": "varchar",
    "doc_sha256": "varchar",
    "_dlt_load_id": "varchar",
}
QUARANTINED_COLUMNS = {
    "system": "varchar",
    "origin": "varchar",
    "position": "bigint",
    "resource_type": "varchar",
    "reason": "varchar",
    "detail": "varchar",
    "doc": "varchar",
    "doc_sha256": "varchar",
    "_dlt_load_id": "varchar",
}
NOT_TAKEN_COLUMNS = {
    "system": "varchar",
    "origin": "varchar",
    "resource_type": "varchar",
    "resources": "bigint",
    "reason": "varchar",
    "_dlt_load_id": "varchar",
}


# A row that the source no longer has, as it was landed last; not written by dlt.
DELETED_COLUMNS = {
    "system": "varchar",
    "resource_type": "varchar",
    "id": "varchar",
    "doc": "varchar",
    "doc_sha256": "varchar",
    "noticed_at": "timestamp with time zone",
}


@dataclass(frozen=True, slots=True)
class RawTables:
    """The raw tables of one source: their schema, and the table of each kind of record."""

    schema: str
    names: Mapping[str, str]

    def __contains__(self, kind: str) -> bool:
        """Tell whether records of a kind are landed."""
        return kind in self.names

    def qualified(self, kind: str) -> str:
        """Return the table of a kind, with its schema; an export may call a table `order`."""
        return f'{self.schema}."{self.names[kind]}"'

    def declared(self) -> dict[str, dict[str, str]]:
        """Return every table with its columns and their types."""
        return dict.fromkeys(self.names.values(), RESOURCE_COLUMNS) | {
            QUARANTINED: QUARANTINED_COLUMNS,
            NOT_TAKEN: NOT_TAKEN_COLUMNS,
            DELETED: DELETED_COLUMNS,
        }


# Every table that holds records, whatever source they come from; the database is called `raw`.
RECORD_TABLES = """
    select schema_name as schema, table_name as name
    from duckdb_columns()
    where database_name = 'raw' and schema_name like 'raw\\_%' escape '\\'
        and schema_name not like '%\\_staging' escape '\\'
    group by schema_name, table_name
    having list_has_all(list(column_name), ['system', 'id', 'last_updated', 'doc', 'doc_sha256'])
    order by schema_name, table_name
"""


def table_of(resource_type: str) -> str:
    """Return the raw table's name of a FHIR type: `ChargeItem` -> `charge_item`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", resource_type).lower()


FHIR = RawTables("raw_fhir", {name: table_of(name) for name in FHIR_TYPES})
OPENEMR = RawTables("raw_openemr", {name: name for name in (*OPENEMR_TABLES, DOCUMENT_FILE)})
CLINIKO = RawTables("raw_cliniko", {name: name for name in (*CLINIKO_TABLES, ATTACHMENT_CONTENT)})
# Which tables an export has is known when it is there.
FILES = RawTables("raw_files", {})
RAW_TABLES = {"fhir": FHIR, "openemr": OPENEMR, "cliniko": CLINIKO, "files": FILES}


@contextmanager
def raw_database(
    path: Path, *, read_only: bool, limits: Mapping[str, str] = NO_LIMITS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Open raw.duckdb and close it again, so that the next process finds it free.

    Whoever looks at whole tables gives `limits`, or DuckDB takes most of the machine's memory.

    Raises:
        RawDatabaseBusy: another process has it open.

    """
    try:
        connection = duckdb.connect(path, read_only=read_only)
    except duckdb.IOException:
        raise RawDatabaseBusy(
            f"another process has {path.name} open, or it cannot be read",
            hint="end the other process (dbt, a SQL shell), then run the same command again",
        ) from None
    try:
        connection.execute("set TimeZone = 'UTC'")
        for name, value in limits.items():
            connection.execute(f"set {name} = $value", {"value": value})
        yield connection
    finally:
        connection.close()


def landed_elsewhere(path: Path, *, tables: RawTables, system: str) -> bool:
    """Tell whether a system's rows were landed from another source: their keys would meet."""
    with raw_database(path, read_only=True) as database:
        every = database.execute(RECORD_TABLES).fetchall()
        query = " union all ".join(
            f'select 1 from {schema}."{name}" where system = $system'  # noqa: S608 - its own names
            for schema, name in every
            if schema != tables.schema
        )
        return bool(database.execute(f"{query} limit 1", {"system": system}).fetchall())


def init(path: Path, sources: Iterable[RawTables] = tuple(RAW_TABLES.values())) -> int:
    """
    Create each declared raw table that is missing, empty, and return how many were.

    No model is ever disabled for want of a table, so that `dbt build` works on a fresh clone. No
    unique index: it would hold every id in memory; uniqueness is counted after each load instead.

    Raises:
        RawDatabaseBusy: another process has the database open.

    """
    missing = missing_tables(path, sources)
    if not missing:
        return 0
    with raw_database(path, read_only=False) as database:
        for schema in {schema for schema, _ in missing}:
            database.execute(f"create schema if not exists {schema}")
        for (schema, table), columns in missing.items():
            described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            database.execute(f'create table {schema}."{table}" ({described})')
    return len(missing)


def missing_tables(
    path: Path, sources: Iterable[RawTables]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return the declared tables that the database lacks, without locking readers out."""
    declared = {
        (tables.schema, table): columns
        for tables in sources
        for table, columns in tables.declared().items()
    }
    if not path.exists():
        return declared
    with raw_database(path, read_only=True) as database:
        present = set(
            database.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        )
    return {table: columns for table, columns in declared.items() if table not in present}
