"""Every push to an org in its turn: whose each record was, and the newest word on each row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.canonical import literal
from loaders.errors import PlanNotFound
from loaders.gone_states import GONE_STATES, view_gone
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.plan_scope import NARROWED
from loaders.plan_store import Plan, audit_file, plan_folder, read_plan
from loaders.status import state_rows
from loaders.taken_back import TAKEN_BACK, view_push

_AUDIT = (
    "row_counts", "patient_records", "record_targets", "excluded_records", "merged_records",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push with its plan; `number` is its turn among all runs of the ledger."""

    number: int
    run: Run
    plan: Plan
    folder: Path


@dataclass(frozen=True, slots=True)
class History:
    """The pushes that a trace is made of, oldest first, and what rollbacks undid of them."""

    pushes: tuple[Pushed, ...]
    # Their turns, and the push that each is of.
    rollbacks: tuple[tuple[int, Run, Pushed], ...]
    # Pushes whose plans were purged: nothing is known of their rows.
    purged: tuple[str, ...]
    # Whether it was asked for one push, whatever others did.
    is_of_one: bool

    @property
    def newest(self) -> Pushed:
        """Give the last push."""
        return self.pushes[-1]

    @property
    def newest_whole(self) -> int:
        """Give the turn of the last push whose plan was of all that the source had."""
        whole = [each for each in self.pushes if each.plan.settings.scope not in NARROWED]
        return whole[-1].number if whole else 0


def read_history(ledger: Ledger, plans: Path, newest: Run, *, alone: bool) -> History:
    """
    Read the pushes to the org of a push, or that one alone.

    Those that are masked otherwise than it are none of its: not a row of them can be in the org.

    Raises:
        PlanNotFound: its own plan is gone.

    """
    masked = read_plan(plans, newest.plan).settings.masked
    runs = list(enumerate(ledger.runs()))
    pushes, purged = [], []
    for number, run in runs:
        if run.kind != "push" or run.org_id != newest.org_id or (alone and run != newest):
            continue
        try:
            plan = read_plan(plans, run.plan)
        except PlanNotFound:
            # Nothing is left in the org of what was rolled back.
            purged += [run.run] if run.state != "rolled_back" else []
            continue
        if plan.settings.masked == masked:
            pushes.append(Pushed(number, run, plan, plan_folder(plans, run.plan)))
    by_run = {each.run.run: each for each in pushes}
    undoing = ((number, run, by_run.get(str(run.of_run))) for number, run in runs)
    rollbacks = tuple((number, run, pushed) for number, run, pushed in undoing if pushed)
    return History(tuple(pushes), rollbacks, tuple(purged), alone)


def view_audit(db: duckdb.DuckDBPyConnection, history: History) -> None:
    """Lay out the audit tables of all plans one below the other, each row with its turn."""
    for table in _AUDIT:
        every = " union all by name ".join(
            f"select {each.number} as number, * "  # noqa: S608 - our own paths
            f"from read_parquet({literal(str(audit_file(each.folder, table)))})"
            for each in history.pushes
        )
        db.execute(f"create temp view {table} as {every}")


def lay_words(db: duckdb.DuckDBPyConnection, ledger: Ledger, history: History) -> None:
    """
    Make `words` of the rows in `wanted`: what each run said of each, in its turn.

    A push says it of what was planned and of what the source had no longer, a rollback of what it
    looked at: what it undid, held or could not undo.
    """
    db.execute(
        "create temp table words (number integer, run varchar, sobject varchar, key varchar,"
        " state varchar, id varchar, code varchar, field varchar, is_planned boolean)"
    )
    for each in history.pushes:
        view_push(db, ledger, each.run, ())
        view_gone(db, each.plan, each.folder)
        planned = f"({state_rows(each.plan, each.folder)})"
        _add(db, each.number, each.run, planned, is_planned=True)
        _add(db, each.number, each.run, GONE_STATES)
    for number, run, pushed in history.rollbacks:
        view_push(db, ledger, pushed.run, (run,))
        _add(db, number, run, TAKEN_BACK)


def _add(
    db: duckdb.DuckDBPyConnection, number: int, run: Run, source: str, *, is_planned: bool = False
) -> None:
    db.execute(
        f"""
        insert into words
        select {number}, {literal(run.run)}, said.sobject, said.key, said.state, said.id,
            said.code, said.field, {is_planned}
        from {source} as said
        semi join wanted on wanted.sobject = said.sobject and wanted.key = said.key
        """  # noqa: S608 - names and queries of our own
    )


def rows_of_id(
    db: duckdb.DuckDBPyConnection, ledger: Ledger, history: History, *, beginning: str
) -> Iterator[tuple[str, str]]:
    """Find the rows (sobject, key) that went into the record of a Salesforce id, by its start."""
    for each in history.pushes:
        view_push(db, ledger, each.run, ())
        yield from db.execute(
            f"select sobject, key from ({state_rows(each.plan, each.folder)}) "  # noqa: S608 - ours
            "where starts_with(id, $beginning)",
            {"beginning": beginning},
        ).fetchall()
