"""What became of one person: each source row, the record it went into, its state and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loaders.bench import bounded, scratch_name
from loaders.canonical import literal, quoted
from loaders.contract import KEYED_MATCHES
from loaders.errors import RecordUnknown
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.plan_store import Plan, audit_file, rows_file
from loaders.row_errors import row_error
from loaders.status import view_states
from loaders.taken_back import TAKEN_BACK

COLUMNS = (
    "entity", "source_system", "raw_table", "raw_id", "record_key", "patient_key",
    "state", "reason", "field", "sobject", "key", "id",
)  # fmt: skip
# The part of a Salesforce id that tells records apart; the rest is a checksum.
_ID_LENGTH = 15
_PERSON = "Contact"
_HOUSEHOLD = "Account"


@dataclass(frozen=True, slots=True)
class Trace:
    """One person (or the people of a shared record) from the source to the org."""

    run: Run
    people: int
    # By COLUMNS; source rows in the order of the closing table, then what was derived from them.
    rows: tuple[dict[str, str | None], ...]


def trace(ledger: Ledger, run: Run, plan: Plan, folder: Path, *, key: str) -> Trace:
    """
    Follow everything of a person, from the plan and the ledger alone.

    `key` is a chart, any record of it, or the Salesforce id of a record; of a masked plan it is the
    mask of a key. Charts that were merged are followed together.

    Raises:
        RecordUnknown: no record of a patient has this key or id.

    """
    with bounded(ledger.folder / scratch_name("spill")) as db:
        view_states(db, ledger, run, plan, folder)
        _take_back(db)
        for table in ("patient_records", "record_targets", "excluded_records", "merged_records"):
            path = literal(str(audit_file(folder, table)))
            db.execute(f"create temp view {table} as select * from read_parquet({path})")  # noqa: S608 - ours
        people = _find_people(db, key)
        _follow(db)
        _add_derived(db, plan, folder)
        return Trace(run, people, _rows(db, folder))


def _take_back(db: duckdb.DuckDBPyConnection) -> None:
    """Let what a rollback did to a record stand for what the push had done."""
    db.execute(
        f"""
        update states set state = undone.state, code = undone.code, field = undone.field
        from {TAKEN_BACK} as undone
        where undone.sobject = states.sobject and undone.key = states.key
        """  # noqa: S608 - a constant
    )


def _find_people(db: duckdb.DuckDBPyConnection, key: str) -> int:
    db.execute(
        f"""
        create temp table people as
        with named as (
            select record_key from record_targets as targets
            inner join states on states.sobject = targets.sobject and states.key = targets.clinic_id
            where left(states.id, {_ID_LENGTH}) = left($key, {_ID_LENGTH})
            union all select $key
        )
        select distinct person_key from patient_records
        where patient_key = $key or record_key in (select record_key from named)
        """,  # noqa: S608 - a number
        {"key": key},
    )
    found: int = db.sql("select count(*) from people").fetchall()[0][0]
    if not found:
        raise RecordUnknown(
            "no record of a patient has this key or id in the plan of this run",
            hint="give the chart as <system>:patient:<id>, or the 18 characters of a Salesforce id",
        )
    return found


def _follow(db: duckdb.DuckDBPyConnection) -> None:
    """Make `traced`: each source record of these people, and what became of it."""
    db.execute(
        """
        create temp table traced as
        select
            records.entity, records.source_system, records.raw_table, records.raw_id,
            records.record_key, records.patient_key,
            case
                when excluded.reason is not null then 'excluded'
                when merged.survivor_key is not null then 'merged'
                else coalesce(states.state, 'missing')
            end as state,
            coalesce(excluded.reason, states.code) as reason, states.field,
            coalesce(targets.sobject, survivors.sobject) as sobject,
            coalesce(targets.clinic_id, survivors.clinic_id) as key,
            coalesce(states.id, surviving.id) as id
        from patient_records as records
        inner join people on people.person_key = records.person_key
        left join excluded_records as excluded
            on excluded.entity = records.entity and excluded.record_key = records.record_key
        left join merged_records as merged
            on merged.entity = records.entity and merged.record_key = records.record_key
        left join record_targets as targets
            on targets.entity = records.entity and targets.record_key = records.record_key
        left join states on states.sobject = targets.sobject and states.key = targets.clinic_id
        left join record_targets as survivors
            on survivors.entity = records.entity and survivors.record_key = merged.survivor_key
        left join states as surviving
            on surviving.sobject = survivors.sobject and surviving.key = survivors.clinic_id
        """
    )


def _add_derived(db: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> None:
    """Add the rows that no source record is: the household, and what points to a traced row."""
    db.execute("create temp table derived (sobject varchar, key varchar)")
    for each in plan.objects:
        rows = f"read_parquet({literal(str(rows_file(folder, each)))})"
        for column in each.columns:
            if column.match in KEYED_MATCHES:
                objects = ", ".join(literal(name) for name in column.objects)
                db.execute(
                    f"""
                    insert into derived
                    select {literal(each.sobject)}, rows._key from {rows} as rows
                    where rows.{quoted(column.name)} in (
                        select key from traced where sobject in ({objects})
                    )
                    """  # noqa: S608 - names of the plan
                )
        if each.sobject == _PERSON:
            db.execute(
                f"""
                insert into derived
                select {literal(_HOUSEHOLD)}, rows.AccountId from {rows} as rows
                where rows._key in (select key from traced where sobject = {literal(_PERSON)})
                """  # noqa: S608 - names of the plan
            )
    db.execute(
        """
        insert into traced
        select distinct null, null, null, null, null, null,
            states.state, states.code, states.field, states.sobject, states.key, states.id
        from derived
        inner join states on states.sobject = derived.sobject and states.key = derived.key
        where not exists (
            select 1 from traced
            where traced.sobject = states.sobject and traced.key = states.key
        )
        """
    )


def _rows(db: duckdb.DuckDBPyConnection, folder: Path) -> tuple[dict[str, str | None], ...]:
    counts = literal(str(audit_file(folder, "row_counts")))
    found = db.execute(
        f"""
        select {", ".join(f"traced.{name}" for name in COLUMNS)} from traced
        left join (select entity, min(line) as line from read_parquet({counts}) group by entity)
            as counts on counts.entity = traced.entity
        order by counts.line nulls last, traced.entity nulls last, traced.sobject,
            traced.record_key, traced.patient_key, traced.key
        """  # noqa: S608 - our own path and names
    ).fetchall()
    return tuple(dict(zip(COLUMNS, row, strict=True)) for row in found)


def explained(row: dict[str, str | None]) -> dict[str, Any]:
    """Add to a traced row what its error means and what to do about it."""
    is_error = row["state"] in {"failed", "held"}
    error = row_error(row["reason"] or "") if is_error else None
    return {
        **row,
        "message": error.template if error else None,
        "hint": error.hint if error else None,
    }
