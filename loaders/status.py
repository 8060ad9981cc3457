"""What became of every row of a run: by object, and by entity with its equation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loaders.bench import bounded, scratch_name
from loaders.canonical import literal
from loaders.gone_states import GONE_STATES, GoneStatus, gone_status, view_gone
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.plan_store import Plan, audit_file, planned_rows
from loaders.row_errors import row_error
from loaders.taken_back import TAKEN_BACK, take_back, view_push


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """One object of a run."""

    sobject: str
    rows: int
    created: int
    updated: int
    unchanged: int
    failed: int
    held: int
    # Neither sent nor failed yet.
    waiting: int
    # By a rollback, of a part or of all: no longer there, or as it was before.
    taken_back: int


@dataclass(frozen=True, slots=True)
class EntityStatus:
    """One line of the equation: source = loaded + merged + excluded + failed + taken back."""

    line: int
    entity: str
    source: int
    loaded: int
    merged: int
    excluded: int
    failed: int
    taken_back: int

    @property
    def unexplained(self) -> int:
        """Count the source records that nothing accounts for; below 0: more than there were."""
        explained = self.loaded + self.merged + self.excluded + self.failed + self.taken_back
        return self.source - explained

    @property
    def closes(self) -> bool:
        """Tell whether every source record is accounted for."""
        return self.unexplained == 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows of an object failed or were held."""

    sobject: str
    state: str
    code: str
    field: str
    rows: int
    template: str
    hint: str


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Everything that `status` tells of a run."""

    run: Run
    objects: tuple[ObjectStatus, ...]
    entities: tuple[EntityStatus, ...]
    # What the source has no longer, where a delta found any.
    gone: tuple[GoneStatus, ...]
    reasons: tuple[Reason, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing failed, nothing is held or waiting, and every line closes."""
        untroubled = all(each.failed == each.held == each.waiting == 0 for each in self._counted)
        return untroubled and all(each.closes for each in self.entities)

    @property
    def taken_back(self) -> int:
        """Count the records that rollbacks undid."""
        return sum(each.taken_back for each in self._counted)

    def shown(self, states: tuple[str, ...]) -> tuple[str, ...]:
        """Leave out what was taken back where nothing was."""
        return states if self.taken_back else tuple(each for each in states if each != TAKEN_BACK)

    @property
    def _counted(self) -> tuple[ObjectStatus | GoneStatus, ...]:
        return (*self.objects, *self.gone)


def run_status(ledger: Ledger, run: Run, plan: Plan, folder: Path) -> RunStatus:
    """Work out the state of every row from the plan and the ledger, without asking the org."""
    with bounded(ledger.folder / scratch_name("spill")) as db:
        view_states(db, ledger, run, plan, folder)
        return status_of(db, run, folder)


def status_of(db: duckdb.DuckDBPyConnection, run: Run, folder: Path) -> RunStatus:
    """Count the `states` that are on the bench."""
    return RunStatus(
        run=run,
        objects=_objects(db),
        entities=_entities(db, folder),
        gone=gone_status(db),
        reasons=_reasons(db),
    )


def view_states(
    db: duckdb.DuckDBPyConnection, ledger: Ledger, run: Run, plan: Plan, folder: Path
) -> None:
    """
    Make `states` beside `finals`: every planned row with its one state and its record's id.

    What the source has no longer is no planned row, and has a table of its own. In both of them,
    what a rollback undid since is `taken_back`.
    """
    view_push(db, ledger, run)
    view_gone(db, plan, folder)
    db.execute(f"create temp table states as {state_rows(plan, folder)}")
    for table in ("states", GONE_STATES):
        take_back(db, table)


def state_rows(plan: Plan, folder: Path) -> str:
    """Give the query of every planned row with what its push, whose `finals` are there, says."""
    planned = planned_rows(plan, folder, "_key as key, _op, _id")
    return f"""
        select planned.position, planned.sobject, planned.key,
            case
                when planned._op in ('unchanged', 'alias') then 'unchanged'
                when finals.state in ('created', 'updated', 'failed', 'held') then finals.state
                when planned._op in ('failed', 'held') then planned._op
                else 'waiting'
            end as state,
            coalesce(finals.id, planned._id) as id, finals.code, finals.field, finals.template
        from ({planned}) as planned
        left join finals on finals.sobject = planned.sobject and finals.key = planned.key
        """  # noqa: S608 - names of the plan


def _objects(db: duckdb.DuckDBPyConnection) -> tuple[ObjectStatus, ...]:
    states = ("created", "updated", "unchanged", "failed", "held", "waiting", TAKEN_BACK)
    counts = ", ".join(f"count(*) filter (state = '{state}')" for state in states)
    rows = db.execute(
        f"select sobject, count(*), {counts} from states group by position, sobject "  # noqa: S608
        "order by position"
    ).fetchall()
    return tuple(ObjectStatus(*row) for row in rows)


def _entities(db: duckdb.DuckDBPyConnection, folder: Path) -> tuple[EntityStatus, ...]:
    """
    Count every source record by its primary row.

    A held row counts as failed here: what it should say is not in the org.
    """
    counts, targets = (
        literal(str(audit_file(folder, name))) for name in ("row_counts", "record_targets")
    )
    rows = db.execute(
        f"""
        with targets as (
            select
                targets.entity,
                count(*) filter (states.state in ('created', 'updated', 'unchanged')) as loaded,
                count(*) filter (states.state in ('failed', 'held')) as failed,
                count(*) filter (states.state = '{TAKEN_BACK}') as taken_back
            from read_parquet({targets}) as targets
            left join states
                on states.sobject = targets.sobject and states.key = targets.clinic_id
            group by targets.entity
        ),
        counts as (
            select
                min(line) as line, entity, max(source_rows) as source_rows,
                max(merged_rows) as merged_rows, max(excluded_rows) as excluded_rows
            from read_parquet({counts}) group by entity
        )
        select counts.line, counts.entity, counts.source_rows, coalesce(targets.loaded, 0),
            counts.merged_rows, counts.excluded_rows, coalesce(targets.failed, 0),
            coalesce(targets.taken_back, 0)
        from counts left join targets on targets.entity = counts.entity
        order by counts.line, counts.entity
        """  # noqa: S608 - our own paths
    ).fetchall()
    return tuple(
        EntityStatus(int(row[0]), str(row[1]), *(int(number) for number in row[2:])) for row in rows
    )


def _reasons(db: duckdb.DuckDBPyConnection) -> tuple[Reason, ...]:
    cells = "position, sobject, state, code, field"
    rows = db.execute(
        f"""
        select sobject, state, coalesce(code, ''), coalesce(field, ''), count(*)
        from (select {cells} from states union all select {cells} from {GONE_STATES})
        where state in ('failed', 'held')
        group by {cells} order by position, count(*) desc, code, field
        """  # noqa: S608 - constants
    ).fetchall()
    return tuple(
        Reason(
            sobject=str(row[0]),
            state=str(row[1]),
            code=str(row[2]),
            field=str(row[3]),
            rows=int(row[4]),
            template=row_error(str(row[2])).template,
            hint=row_error(str(row[2])).hint,
        )
        for row in rows
    )


def as_json(status: RunStatus) -> dict[str, Any]:
    """Give the status as the JSON that `--json` promises."""
    return {
        "run": status.run.run,
        "kind": status.run.kind,
        "plan": status.run.plan,
        "state": status.run.state,
        "exit_code": status.run.exit_code,
        "objects": [_slots(each) for each in status.objects],
        "entities": [{**_slots(each), "closes": each.closes} for each in status.entities],
        "gone": [_slots(each) for each in status.gone],
        "reasons": [_slots(each) for each in status.reasons],
        "complete": status.is_complete,
    }


def _slots(value: ObjectStatus | EntityStatus | GoneStatus | Reason) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
