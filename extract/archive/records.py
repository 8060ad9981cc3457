"""Tells of every original that is landed what became of it, and whose it is."""

from __future__ import annotations

from csv import DictReader
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pyarrow as pa

from extract.archive.read_fields import read_fields
from extract.audit.build import last_build
from extract.audit.evidence import DECLARED
from extract.audit.landed import relation_of
from extract.audit.workspace import Database, Row, rows, sql_about
from extract.audit.workspace import beside as text_of_the_audit
from extract.data_folder import DataFolder
from extract.errors import BuildNotCurrent
from extract.narration import Narrator
from extract.raw_tables import DELETED, QUARANTINED, RAW_TABLES, RECORD_TABLES

# What was set aside has no table of its own: its kind is said after a dot, which no table's name
# has, and a payload that could not be read is known by where it stood.
_ASIDES = (
    "select '{schema}', system, 'deleted.' || resource_type, id, doc, doc_sha256,"
    " 'deleted_in_source' from {deleted}",
    "select '{schema}', system, 'quarantined.' || coalesce(resource_type, 'unknown'),"
    " concat_ws('#', _dlt_load_id, origin, position, doc_sha256), doc, doc_sha256, 'quarantined'"
    " from {quarantined}",
)
_EQUATION = """
    create temp table equation as
    select
        document.table_name,
        document.records,
        coalesce(told.with_target, 0) as with_target,
        coalesce(told.without_target, 0) as without_target,
        coalesce(put.archived, 0) as archived,
        coalesce(told.altered, 0) as altered
    from (select table_name, count(*) as records from document group by all) as document
    left join (
        select
            table_name,
            count(*) filter (state = 'loaded') as with_target,
            count(*) filter (state != 'loaded') as without_target,
            count(*) filter (not is_intact) as altered
        from judged
        group by all
    ) as told on document.table_name = told.table_name
    left join (
        select table_name, count(distinct (system, id)) as archived from archived group by all
    ) as put on document.table_name = put.table_name
    order by document.table_name
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """The records of one raw table, by whether something of the map stands for them."""

    table: str
    records: int
    with_target: int
    without_target: int
    archived: int
    # Whose bytes are not those that were landed.
    altered: int

    def closes(self, *, without_target: bool) -> bool:
        """Tell whether every record of the source is accounted for, and unchanged."""
        kept = self.without_target if without_target else self.records
        told = self.with_target + self.without_target
        return self.records == told and self.archived == kept and not self.altered


def judge(
    database: Database,
    folder: DataFolder,
    *,
    manifest: Path,
    without_target: bool,
    narrator: Narrator,
) -> tuple[Kind, ...]:
    """
    Make the tables `archived` (an original and a patient) and `chart`, and the view `document`.

    Raises:
        BuildNotCurrent: dbt did not build what is landed now.
        ManifestUnreadable: there is no manifest.

    """
    narrator.begin("originals", total=None)
    database.execute(DECLARED)
    tables = [(str(one["schema"]), str(one["name"])) for one in rows(database, RECORD_TABLES)]
    _view_documents(database, tables)
    _keep(database, "read_field", _read_fields(manifest))
    _keep(database, "belongs", _columns_of_patients())
    database.execute("insert into landed_record select system, table_name, id from document")
    build = last_build(database, folder.warehouse)
    if not build.is_current:
        raise BuildNotCurrent(f"nothing can be told of the map: {build.why_not}", hint="dbt build")
    _find_references(database)
    database.execute("set variable without_target = $wanted", {"wanted": without_target})
    database.execute(_beside("records.sql"))
    database.execute(_EQUATION)
    kinds = tuple(_kind(row) for row in rows(database, "from equation"))
    narrator.end("originals", count=sum(kind.records for kind in kinds))
    return kinds


def _beside(name: str) -> str:
    return (files("extract.archive") / name).read_text(encoding="utf-8")


def _kind(row: Row) -> Kind:
    table, *counts = row.values()
    return Kind(str(table), *(int(str(count)) for count in counts))


def _view_documents(database: Database, tables: list[tuple[str, str]]) -> None:
    """Lay every original under one another, what was set aside with them."""
    branches = [
        f"select '{schema}', system, '{name}', id, doc, doc_sha256, cast(null as varchar)"  # noqa: S608 - found
        f" from {relation_of(schema, name)}"
        for schema, name in tables
    ]
    for source in RAW_TABLES.values():
        names = {name: relation_of(source.schema, name) for name in (DELETED, QUARANTINED)}
        branches += [branch.format(schema=source.schema, **names) for branch in _ASIDES]
    database.execute(
        "create temp view document"
        " (source_schema, system, table_name, id, doc, doc_sha256, aside) as "
        + " union all ".join(branches)
    )


def _find_references(database: Database) -> None:
    """Make the audit's table of what each document refers to, of what was set aside as well."""
    for one in rows(database, "select distinct table_name from landed_record order by all"):
        relation = f"(select * from document where table_name = '{one['table_name']}')"  # noqa: S608
        database.execute(sql_about(relation, "marks.sql"), one)
    database.execute(text_of_the_audit("connections.sql"))


def _read_fields(manifest: Path) -> pa.Table:
    read = read_fields(manifest)
    return pa.table(
        {
            # Two vendors may call a table by one name.
            "source_schema": pa.array([schema for schema, _ in read], pa.string()),
            "table_name": pa.array([table for _, table in read], pa.string()),
            "fields": pa.array([sorted(each) for each in read.values()], pa.list_(pa.string())),
        }
    )


def _columns_of_patients() -> pa.Table:
    """List the columns of OpenEMR that name a patient, or the row that does."""
    listed = list(DictReader(StringIO(_beside("columns_of_patients.csv"))))
    return pa.table({name: [row[name] for row in listed] for name in listed[0]})


def _keep(database: Database, name: str, table: pa.Table) -> None:
    """Keep a small list as a table: a registered one would end with its Python object."""
    database.register("told", table)
    database.execute(f"create temp table {name} as from told")
    database.unregister("told")
