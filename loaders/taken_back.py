"""What rollbacks did with the records of a push since it was made, record by record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from loaders.ledger import Ledger
from loaders.ledger_acts import RETRY, UNKNOWN, Run
from loaders.ledger_outcomes import view_outcomes
from loaders.rollback_part import part_of

TAKEN_BACK = "taken_back"
# Nothing more is to be done with these.
UNDONE = ("deleted", "restored", "retired")
# Sent, and without a final outcome.
UNSETTLED = (RETRY, UNKNOWN)
_PUSHED = "pushed_records"


@dataclass(frozen=True, slots=True)
class Undo:
    """A rollback that took back records of a push."""

    run: str
    of_run: str
    is_of_part: bool
    is_finished: bool


def undos(ledger: Ledger, run: Run) -> tuple[Undo, ...]:
    """List the rollbacks that took back what a push had left in the org, oldest first."""
    return tuple(
        Undo(
            run=each.run,
            of_run=str(each.of_run),
            is_of_part=part_of(ledger, each) is not None,
            is_finished=each.finished_at is not None,
        )
        for each in rollbacks_since(ledger, run)
    )


def rollbacks_since(ledger: Ledger, run: Run) -> list[Run]:
    """
    List the rollbacks of a push, and those of earlier pushes that were begun after it.

    What an earlier push had made, this one left unchanged or wrote over: now it is gone as well.
    Undoing a later push gives back what this one had left.
    """
    runs = [each for each in ledger.runs() if each.org_id == run.org_id]
    turn = {each.run: number for number, each in enumerate(runs)}
    return [
        each
        for each in runs[turn[run.run] :]
        if each.of_run is not None and turn[each.of_run] <= turn[run.run]
    ]


def view_push(
    db: duckdb.DuckDBPyConnection, ledger: Ledger, run: Run, rollbacks: Sequence[Run] | None = None
) -> None:
    """
    Make `outcomes`, `finals` and `touched` of a push, and the table of what was taken back since.

    The table (sobject, key, id, state, code, field) has each record's newest word: `deleted`,
    `restored` and `retired` are UNDONE; held or failed, it is still as the push left it. It is that
    of all rollbacks, where it is not said of which.
    """
    undoing = rollbacks_since(ledger, run) if rollbacks is None else rollbacks
    pushed = ledger.outcome_files(run.run)
    view_outcomes(db, pushed)
    db.execute(
        f"""
        create or replace temp table {_PUSHED} as
        select sobject, key, was from touched where {bool(undoing)}
        union all
        select sobject, key, 'deleted' from finals where first_state = 'deleted' and {bool(undoing)}
        """  # noqa: S608 - constants
    )
    view_outcomes(db, [path for each in undoing for path in ledger.outcome_files(each.run)])
    words = rollback_words(was=_PUSHED)
    db.execute(f"create or replace temp table {TAKEN_BACK} as {words}")
    db.execute(f"drop table {_PUSHED}")
    view_outcomes(db, pushed)


def rollback_words(*, was: str) -> str:
    """
    Give the query of what became of records in rollbacks, whose `finals` are on the bench.

    `was` is a table (sobject, key, was) of what a push had done with them.
    """
    return f"""
        select finals.sobject, finals.key, finals.id,
            case
                when finals.first_state != 'updated' then finals.first_state
                -- A created record that is changed, not deleted, is a user that was retired.
                when pushed.was = 'created' then 'retired' else 'restored'
            end as state,
            finals.code, finals.field
        from finals
        left join {was} as pushed on pushed.sobject = finals.sobject and pushed.key = finals.key
        -- What an interruption left in between still waits: so does a record that was given
        -- back and refilled, until `give_back` says that it is ours again.
        where finals.first_state not in {UNSETTLED}
            and not (finals.first_state = 'updated' and coalesce(pushed.was = 'deleted', false))
        """  # noqa: S608 - constants


def take_back(db: duckdb.DuckDBPyConnection, table: str) -> None:
    """Let what was undone be so in a table of states (sobject, key, state)."""
    db.execute(
        f"""
        update {table} set state = '{TAKEN_BACK}' from {TAKEN_BACK} as undone
        where undone.sobject = {table}.sobject and undone.key = {table}.key
            and undone.state in {UNDONE}
        """  # noqa: S608 - constants
    )
