"""Open what a push, verify or rollback works with, and choose the run that it works on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from loaders.audit_log import require_whole
from loaders.bench import Bench, open_bench
from loaders.errors import RollbackRefused, RunNotFound, WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import NewRun, Run
from loaders.org_connection import Org, connect
from loaders.org_line import OrgLine
from loaders.paths import DataFolder, data_folder, make_private_folder
from loaders.plan_store import Plan, plan_folder, read_plan
from loaders.progress import Progress, show_progress
from loaders.rollback_part import Part, keep_part, part_of
from loaders.session import Sending, Session, sending_of

ROLLED_BACK = frozenset({"rolled_back", "partly_rolled_back"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that is open while a command runs."""

    data: DataFolder
    environ: Mapping[str, str] = field(repr=False)
    ledger: Ledger = field(repr=False)
    org: Org = field(repr=False)
    line: OrgLine = field(repr=False)
    bench: Bench = field(repr=False)
    progress: Progress = field(repr=False)

    def session(self, run: Run, *, sending: Sending | None = None) -> Session:
        """Begin to work on a run."""
        return Session(
            org=self.org,
            line=self.line,
            bench=self.bench,
            ledger=self.ledger,
            run=run,
            outbox=make_private_folder(self.data.outbox),
            sending=sending or sending_of(self.environ),
            progress=self.progress,
        )

    def plan_of(self, run: Run) -> tuple[Plan, Path]:
        """Find the plan of a run and its folder."""
        return read_plan(self.data.plans, run.plan), plan_folder(self.data.plans, run.plan)

    def require_same_org(self, run: Run) -> None:
        """
        Let a command through whose org is the one of the run.

        Raises:
            WrongUsage: it is another org.

        """
        if run.org_id != self.org.org_id:
            raise WrongUsage(
                f"run {run.run} belongs to org {run.alias}, not to {self.org.alias}",
                hint=f"add --org {run.alias}",
            )


@contextmanager
def open_desk(alias: str, environ: Mapping[str, str], *, writes: bool) -> Iterator[Desk]:
    """
    Open ledger, org and bench for a command.

    Raises:
        LedgerBusy: the command writes, and another one does already.
        Unavailable: the org cannot be reached.

    """
    data = data_folder(environ)
    with ExitStack() as stack:
        ledger = Ledger.open(data.ledger)
        stack.callback(ledger.close)
        if writes:
            stack.enter_context(ledger.writing())
            require_whole(ledger)
        org = connect(alias, environ=environ)
        stack.callback(org.close)
        bench = stack.enter_context(open_bench(data))
        progress = stack.enter_context(show_progress())
        renew = partial(org.renew, environ=environ)
        line = OrgLine(client=org.http, api_version=org.api_version, renew=renew)
        yield Desk(data, environ, ledger, org, line, bench, progress)


def push_run(ledger: Ledger, plan: Plan, *, org: Org, reason: str | None) -> Run:
    """Give the run of a plan that is still standing, or begin one."""
    for run in reversed(ledger.runs(kind="push")):
        if run.plan == plan.plan and run.org_id == org.org_id:
            if run.state in ROLLED_BACK:
                break
            return run
    return ledger.start_run(replace(_new_run("push", plan, org), reason=reason))


def rollback_run(
    ledger: Ledger, pushed: Run, plan: Plan, *, org: Org, part: Part | None = None
) -> Run:
    """
    Give the rollback of a push that was cut off, or begin one.

    Raises:
        RollbackRefused: one of a part was cut off, or of all when a part is asked for.

    """
    earlier = [run for run in ledger.runs(kind="rollback") if run.of_run == pushed.run]
    if earlier and earlier[-1].finished_at is None:
        if part or part_of(ledger, earlier[-1]):
            raise RollbackRefused(
                f"rollback {earlier[-1].run} was cut off, and is not what is asked for now",
                hint=f"clinic-load resume {earlier[-1].run} --org {pushed.alias}",
            )
        return earlier[-1]
    kept = keep_part(ledger, pushed, part) if part else None
    return ledger.start_run(replace(_new_run("rollback", plan, org), of_run=pushed.run, part=kept))


def _new_run(kind: str, plan: Plan, org: Org) -> NewRun:
    return NewRun(
        kind=kind,
        plan=plan.plan,
        of_run=None,
        alias=org.alias,
        org_id=org.org_id,
        is_sandbox=org.is_sandbox,
        map_hash=plan.map_hash,
        data_hash=plan.data_hash,
    )


def standing_push(ledger: Ledger, name: str) -> Run:
    """
    Find a push that has not been rolled back as a whole.

    Raises:
        RunNotFound: there is no such run, or nothing of it is left.

    """
    run = ledger.run(name, kind="push")
    if run.state == "rolled_back":
        raise RunNotFound(
            f"run {run.run} was rolled back: nothing of it is in the org",
            hint=f"clinic-load push {run.plan} --org {run.alias}",
        )
    return run
