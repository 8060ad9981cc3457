"""The runbook of a go-live: what a rehearsal took, where its gates stand, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.bench import bounded, scratch_name
from loaders.canonical import literal, quoted
from loaders.completion import Completion, Timing, completion
from loaders.completion_undos import taken_back_words
from loaders.contract import KEYED_MATCHES
from loaders.ledger import Ledger
from loaders.paths import DataFolder
from loaders.plan_store import Plan, PlanColumn, PlanObject, plan_folder, rows_file
from loaders.preflight_extracts import read_extracts
from loaders.runbook_times import step_seconds
from loaders.status import view_states

PERSON, APPOINTMENT = "Contact", "Event"
# How many people the admin looks at: those with the most kinds of records, who show the most.
_PEOPLE = 5
_ARRIVED = "state in ('created', 'updated', 'unchanged') and id is not null"


@dataclass(frozen=True, slots=True)
class Related:
    """The records of one object that point to a person by one field."""

    sobject: str
    field: str
    records: int
    example: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """One field of a record that opens another record."""

    id: str
    field: str
    target: str


@dataclass(frozen=True, slots=True)
class Check:
    """One person in the org, and what has to be found there."""

    id: str
    related: tuple[Related, ...]
    lookups: tuple[Lookup, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a go-live, and what the run has to say of it."""

    what: str
    is_met: bool
    found: str


@dataclass(frozen=True, slots=True)
class Runbook:
    """Everything that the runbook tells."""

    run: str
    plan: str
    alias: str
    org_id: str
    is_sandbox: bool
    masked: bool
    map_hash: str
    # Whether the plan named an owner for what matches no user.
    has_default_owner: bool
    # Source and name of each system that was read.
    systems: tuple[tuple[str, str], ...]
    # Of each step that was timed (see runbook_times).
    seconds: dict[str, float]
    rows: int
    objects: tuple[Timing, ...]
    gates: tuple[Gate, ...]
    checks: tuple[Check, ...]


def runbook(ledger: Ledger, data: DataFolder, name: str) -> Runbook:
    """
    Gather a runbook from a push: the ledger, its plan and its last verify. It asks no org.

    Raises:
        RunNotFound: there is no such run.

    """
    told = completion(ledger, data, name)
    with bounded(ledger.folder / scratch_name("spill")) as db:
        folder = plan_folder(data.plans, told.plan.plan)
        view_states(db, ledger, told.run, told.plan, folder)
        checks = _checks(db, told.plan, folder)
    return Runbook(
        run=told.run.run,
        plan=told.plan.plan,
        alias=told.run.alias,
        org_id=told.run.org_id,
        is_sandbox=told.run.is_sandbox,
        masked=told.plan.settings.masked,
        map_hash=told.run.map_hash,
        has_default_owner=told.plan.settings.default_owner is not None,
        systems=tuple(sorted({(each["source"], each["system"]) for each in read_extracts(data)})),
        seconds=step_seconds(ledger, data, told.run),
        rows=sum(each.rows for each in told.plan.objects),
        objects=told.timings,
        gates=_gates(told),
        checks=checks,
    )


def _gates(told: Completion) -> tuple[Gate, ...]:
    refused = sum(each.failed + each.held + each.waiting for each in told.status.objects)
    approved = "as this run sent it" if told.approvals else "not approved"
    differences = "not verified" if told.differences is None else f"{told.differences:,} different"
    gates = (
        Gate("The map is approved", bool(told.approvals), approved),
        Gate(
            "Every source record is accounted for",
            told.is_reconciled,
            f"{told.unexplained:,} unexplained",
        ),
        Gate("Every row arrived", refused == 0, f"{refused:,} failed, held or waiting"),
        Gate("The org was read back and is as planned", told.differences == 0, differences),
        Gate("It still stands", told.stands, taken_back_words(told) or "not rolled back"),
    )
    if told.access is None:
        # A step of its own; until somebody has the permission sets there is nothing to ask.
        return gates
    found = len(told.access["findings"])
    return (*gates, Gate("Who can see what is as the map says", not found, f"{found:,} findings"))


def _checks(db: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> tuple[Check, ...]:
    """Choose people by what points to them, and say what has to be found at each."""
    db.execute(
        "create temp table related"
        " (person varchar, sobject varchar, field varchar, records bigint, example varchar)"
    )
    for each in plan.objects:
        for column in _lookups_to(each, PERSON):
            db.execute(f"insert into related {_related(each, column, folder)}")
    people = db.execute(
        f"""
        select related.person, min(states.id)
        from related
        inner join states on states.sobject = '{PERSON}' and states.key = related.person
        where states.{_ARRIVED}
        group by related.person
        order by count(*) desc, sum(related.records) desc, related.person limit {_PEOPLE}
        """  # noqa: S608 - constants
    ).fetchall()
    return tuple(
        Check(id=id_, related=_of_person(db, key), lookups=_lookups(db, plan, folder, person=key))
        for key, id_ in people
    )


def _lookups_to(each: PlanObject, sobject: str) -> list[PlanColumn]:
    return [
        column
        for column in each.columns
        if column.match in KEYED_MATCHES and sobject in column.objects
    ]


def _related(each: PlanObject, column: PlanColumn, folder: Path) -> str:
    return f"""
        select planned.{quoted(column.name)}, states.sobject, {literal(column.name)},
            count(*), min(states.id)
        from read_parquet({literal(str(rows_file(folder, each)))}) as planned
        inner join states
            on states.sobject = {literal(each.sobject)} and states.key = planned._key
        where states.{_ARRIVED} and planned.{quoted(column.name)} is not null
        group by all
        """  # noqa: S608 - names of the plan


def _of_person(db: duckdb.DuckDBPyConnection, person: str) -> tuple[Related, ...]:
    rows = db.execute(
        "select sobject, field, records, example from related where person = $person"
        " order by sobject, field",
        {"person": person},
    ).fetchall()
    return tuple(Related(*row) for row in rows)


def _lookups(
    db: duckdb.DuckDBPyConnection, plan: Plan, folder: Path, *, person: str
) -> tuple[Lookup, ...]:
    """Follow the lookups of one appointment of a person: its provider, its place."""
    each = next((each for each in plan.objects if each.sobject == APPOINTMENT), None)
    if each is None:
        return ()
    found: list[Lookup] = []
    columns = _lookups_to(each, PERSON)
    others = [
        column for column in each.columns if column.match in KEYED_MATCHES and column not in columns
    ]
    of_person = " or ".join(f"planned.{quoted(column.name)} = $person" for column in columns)
    for column in others:
        objects = ", ".join(literal(name) for name in column.objects)
        found += [
            Lookup(*row)
            for row in db.execute(
                f"""
                select min(states.id), {literal(column.name)}, arg_min(targets.id, states.id)
                from read_parquet({literal(str(rows_file(folder, each)))}) as planned
                inner join states on states.sobject = {literal(each.sobject)}
                    and states.key = planned._key and states.{_ARRIVED}
                inner join states as targets on targets.sobject in ({objects})
                    and targets.key = planned.{quoted(column.name)} and targets.id is not null
                where {of_person}
                having count(*) > 0
                """,  # noqa: S608 - names of the plan
                {"person": person},
            ).fetchall()
        ]
    return tuple(found)
