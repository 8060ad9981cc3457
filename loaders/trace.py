"""What became of one person: each source row, the record it went into, its state and the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import duckdb

from loaders.bench import bounded, scratch_name
from loaders.canonical import literal, quoted
from loaders.contract import KEYED_MATCHES
from loaders.errors import RecordUnknown
from loaders.ledger import Ledger
from loaders.plan_store import rows_file
from loaders.row_errors import row_error
from loaders.trace_runs import History, Pushed, lay_words, rows_of_id, view_audit

COLUMNS = (
    "entity", "source_system", "raw_table", "raw_id", "record_key", "patient_key", "in_source",
    "state", "reason", "field", "sobject", "key", "id", "run",
)  # fmt: skip
# The part of a Salesforce id that tells records apart; the rest is a checksum.
_ID_LENGTH = 15
_ID = re.compile(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?")
_PERSON = "Contact"
_HOUSEHOLD = "Account"


@dataclass(frozen=True, slots=True)
class Trace:
    """One person (or the people of a shared record) from the source to the org."""

    history: History
    people: int
    # By COLUMNS; source rows in the order of the closing table, then what was derived from them.
    rows: tuple[dict[str, str | None], ...]


def trace(ledger: Ledger, history: History, *, key: str) -> Trace:
    """
    Follow everything of a person through pushes, from their plans and the ledger alone.

    `key` is a chart, any record of it, or the Salesforce id of a record; of a masked plan it is the
    mask of a key. Charts that were merged are followed together. Of a record counts what the
    newest plan that knows it says, and of its row the newest word of any run.

    Raises:
        RecordUnknown: no record of a patient has this key or id.

    """
    with bounded(ledger.folder / scratch_name("spill")) as db:
        view_audit(db, history)
        _name(db, ledger, history, key)
        people = _find_people(db, key)
        _follow(db)
        _derive(db, history)
        lay_words(db, ledger, history)
        _settle(db, history)
        return Trace(history, people, _rows(db))


def _name(db: duckdb.DuckDBPyConnection, ledger: Ledger, history: History, key: str) -> None:
    """Make `named`: the records of the source that a key, or a Salesforce id, may mean."""
    db.execute("create temp table named (record_key varchar)")
    db.execute("insert into named values ($key)", {"key": key})
    if not _ID.fullmatch(key):
        return
    for row in rows_of_id(db, ledger, history, beginning=key[:_ID_LENGTH]):
        db.execute(
            "insert into named select record_key from record_targets"
            " where sobject = ? and clinic_id = ?",
            row,
        )


def _find_people(db: duckdb.DuckDBPyConnection, key: str) -> int:
    """Make `charts`, each with the person whose it is by its newest word, and choose `people`."""
    db.execute(
        """
        create temp table charts as
        with newest as (
            select patient_key, arg_max(person_key, number) as person_key
            from patient_records group by patient_key
        )
        -- Who was merged into a chart that was merged itself since is one with both.
        select newest.patient_key, coalesce(survivors.person_key, newest.person_key) as person_key
        from newest
        left join newest as survivors on survivors.patient_key = newest.person_key
        """
    )
    db.execute(
        """
        create temp table people as
        select distinct person_key from charts
        where patient_key = $key or patient_key in (
            select patient_key from patient_records
            where record_key in (select record_key from named)
            -- Whoever had it before is not asked for.
            qualify number = max(number) over (partition by entity, record_key)
        )
        """,
        {"key": key},
    )
    found: int = db.sql("select count(*) from people").fetchall()[0][0]
    if not found:
        raise RecordUnknown(
            "no record of a patient has this key or id in the plans of these pushes",
            hint="give the chart as <system>:patient:<id>, or the 18 characters of a Salesforce id",
        )
    return found


def _follow(db: duckdb.DuckDBPyConnection) -> None:
    """Make `traced`: each source record of these people, and the row that it went into."""
    db.execute(
        """
        create temp table traced as
        with theirs as (
            select patient_records.* from patient_records
            inner join charts on charts.patient_key = patient_records.patient_key
            inner join people on people.person_key = charts.person_key
        ),
        -- A record may be somebody else's by now.
        newest as (
            select entity, record_key, max(number) as number from patient_records
            semi join theirs
                on theirs.entity = patient_records.entity
                and theirs.record_key = patient_records.record_key
            group by entity, record_key
        ),
        records as (
            select theirs.* from theirs
            inner join newest on newest.entity = theirs.entity
                and newest.record_key = theirs.record_key and newest.number = theirs.number
        )
        select
            records.number, records.entity, records.source_system, records.raw_table,
            records.raw_id, records.record_key, records.patient_key,
            case
                when excluded.reason is not null then 'excluded'
                when merged.survivor_key is not null then 'merged'
            end as state,
            excluded.reason,
            coalesce(targets.sobject, survivors.sobject) as sobject,
            coalesce(targets.clinic_id, survivors.clinic_id) as key
        from records
        left join excluded_records as excluded on excluded.number = records.number
            and excluded.entity = records.entity and excluded.record_key = records.record_key
        left join merged_records as merged on merged.number = records.number
            and merged.entity = records.entity and merged.record_key = records.record_key
        left join record_targets as targets on targets.number = records.number
            and targets.entity = records.entity and targets.record_key = records.record_key
        left join record_targets as survivors on survivors.number = records.number
            and survivors.entity = records.entity
            and survivors.record_key = merged.survivor_key
        """
    )


def _derive(db: duckdb.DuckDBPyConnection, history: History) -> None:
    """Find the rows that no source record is: the household, and what points to a traced row."""
    db.execute(
        "create temp table derived"
        " (number integer, sobject varchar, key varchar, holder_sobject varchar, holder varchar)"
    )
    for each in history.pushes:
        _derive_of(db, each)
    db.execute(
        """
        create temp table wanted as
        select sobject, key from traced where key is not null union select sobject, key from derived
        """
    )


def _derive_of(db: duckdb.DuckDBPyConnection, pushed: Pushed) -> None:
    for each in pushed.plan.objects:
        rows = f"read_parquet({literal(str(rows_file(pushed.folder, each)))})"
        for column in each.columns:
            if column.match in KEYED_MATCHES:
                objects = ", ".join(literal(name) for name in column.objects)
                db.execute(
                    f"""
                    insert into derived
                    select {pushed.number}, {literal(each.sobject)}, rows._key,
                        {literal(each.sobject)}, rows._key
                    from {rows} as rows
                    where rows.{quoted(column.name)} in (
                        select key from traced where sobject in ({objects})
                    )
                    """  # noqa: S608 - names of the plan
                )
        if each.sobject == _PERSON:
            db.execute(
                f"""
                insert into derived
                select {pushed.number}, {literal(_HOUSEHOLD)}, rows.AccountId,
                    {literal(_PERSON)}, rows._key
                from {rows} as rows
                where rows._key in (select key from traced where sobject = {literal(_PERSON)})
                """  # noqa: S608 - names of the plan
            )


def _settle(db: duckdb.DuckDBPyConnection, history: History) -> None:
    """
    Make `settled`: each row with its newest word.

    A derived one counts where the newest plan of the row that holds the lookup still has it: what
    points to somebody else by now is not theirs.
    """
    runs = ", ".join(f"({each.number}, {literal(each.run.run)})" for each in history.pushes)
    db.execute(
        f"""
        create temp table settled as
        with newest as (
            select sobject, key,
                arg_max({{'state': state, 'code': code, 'field': field, 'run': run}}, number)
                    as last,
                arg_max(id, number) as id, max(number) filter (is_planned) as planned
            from words group by sobject, key
        ),
        linked as (
            select distinct derived.sobject, derived.key from derived
            inner join newest as holders on holders.sobject = derived.holder_sobject
                and holders.key = derived.holder and holders.planned = derived.number
            anti join traced on traced.sobject = derived.sobject and traced.key = derived.key
        ),
        every_row as (select * from traced union all by name select * from linked)
        select every_row.* exclude (state, reason),
            if(coalesce(every_row.number, newest.planned) < {history.newest_whole}, 'no', 'yes')
                as in_source,
            coalesce(every_row.state, newest.last.state, 'missing') as state,
            if(every_row.state is null, newest.last.code, every_row.reason) as reason,
            if(every_row.state is null, newest.last.field, null) as field,
            newest.id,
            if(every_row.state is null, newest.last.run, pushes.run) as run
        from every_row
        left join newest on newest.sobject = every_row.sobject and newest.key = every_row.key
        left join (values {runs}) as pushes (number, run) on pushes.number = every_row.number
        """  # noqa: S608 - numbers, and runs of our own
    )


def _rows(db: duckdb.DuckDBPyConnection) -> tuple[dict[str, str | None], ...]:
    found = db.execute(
        f"""
        select {", ".join(f"settled.{name}" for name in COLUMNS)} from settled
        left join (select entity, min(line) as line from row_counts group by entity) as counts
            on counts.entity = settled.entity
        order by counts.line nulls last, settled.entity nulls last, settled.sobject,
            settled.record_key, settled.patient_key, settled.key
        """  # noqa: S608 - our own names
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
