"""The commands of a load: push, status, resume."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from typing import Annotated, Any

import typer

from loaders.approve import duplicates_allowed
from loaders.cli_options import (
    AsJson,
    Forced,
    OrgAlias,
    Production,
    RunName,
    narrate,
    now,
    require_objects,
)
from loaders.cli_rollback import resume_rollback, take_back
from loaders.deviation import arrivals, auto_rollback_allowed, deviation_limit, worst
from loaders.errors import DONE, INCOMPLETE
from loaders.estimate_requests import record_requests
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.org_connection import require_named
from loaders.paths import DataFolder, data_folder
from loaders.plan_store import plan_folder, read_plan
from loaders.push import Push, Pushed, push
from loaders.push_gates import Wish, pass_gates, require_fresh, require_same_decisions
from loaders.resume import Asked, asked_for, keep_asked, require_resumable, unfinished_run
from loaders.runs import Desk, open_desk, push_run
from loaders.session import JOBS
from loaders.status import RunStatus, as_json, run_status
from loaders.status_live import Live, live_json, live_status, live_tables
from loaders.status_report import status_tables, write_failures
from loaders.tables import print_tables

WATCH_SECONDS = 5.0

AsItArrives = Annotated[
    list[str] | None,
    typer.Option(
        "--as-it-arrives",
        metavar="OBJECT",
        help="Do not stop where the org changes this object's first record.",
    ),
]
PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="A plan's id, or latest.")]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        help="How many jobs the org works on at a time, where none needs what another locks.",
    ),
]


# Each option of a command is a parameter of its function.
def push_command(  # noqa: PLR0913, PLR0917
    plan_id: PlanName,
    org: OrgAlias,
    production: Production = None,
    no_rehearsal: Annotated[
        str | None,
        typer.Option("--no-rehearsal", metavar="REASON", help="Why there was no rehearsal."),
    ] = None,
    force: Forced = None,
    as_it_arrives: AsItArrives = None,
    jobs: Jobs = JOBS,
    as_json: AsJson = False,
) -> None:
    """
    Send an approved plan; a second push of the same plan sends nothing.

    Example: clinic-load push latest --org UAT
    """
    forced, arriving = frozenset(force or ()), frozenset(as_it_arrives or ())
    wish = Wish(production=production, no_rehearsal=no_rehearsal)
    # Before anything is sent, and not when too much is missing.
    deviation_limit(os.environ)
    with open_desk(org, os.environ, writes=True) as desk:
        plan = read_plan(desk.data.plans, plan_id)
        require_objects(plan, forced | arriving)
        permit = pass_gates(plan, desk.org, desk.ledger, wish)
        require_same_decisions(plan, plan_folder(desk.data.plans, plan.plan))
        require_fresh(plan, desk.bench, desk.org, os.environ)
        run = push_run(desk.ledger, plan, org=desk.org, reason=permit.no_rehearsal)
        asked = keep_asked(desk.ledger, run, Asked(forced, arriving))
        pushed = _push(desk, run, asked, allow_duplicates=permit.allow_duplicates, jobs=jobs)
        _show_status(pushed.status, as_json=as_json)
    raise typer.Exit(pushed.code)


def _push(desk: Desk, run: Run, asked: Asked, *, allow_duplicates: bool, jobs: int) -> Pushed:
    plan, folder = desk.plan_of(run)
    session = desk.session(run)
    session = replace(session, sending=replace(session.sending, jobs=jobs))
    desk.progress.note(f"run {run.run}")
    work = Push(
        session,
        plan,
        folder,
        allow_duplicates=allow_duplicates,
        forced=asked.forced,
        as_it_arrives=asked.as_it_arrives,
    )
    try:
        pushed = push(work)
    finally:
        record_requests(desk.ledger, desk.org, of=run.run)
    status = replace(pushed.status, run=desk.ledger.run(run.run))
    if status.reasons:
        path = write_failures(
            desk.ledger, status, desk.bench, planned=(plan, folder), reports=desk.data.reports
        )
        desk.progress.note(f"each row that failed or is held, with its reason: {path}")
    if pushed.code != DONE:
        weigh(desk, work, status)
        # Whatever was taken back, if only in part, is so in what is shown.
        status = _status(desk.ledger, desk.data.plans, run)
    return replace(pushed, status=status)


def weigh(desk: Desk, work: Push, status: RunStatus) -> None:
    """Offer to take back a push of which too much is missing; do it where that was approved."""
    run, plan = work.session.run, work.plan
    most = worst(arrivals(work.session, status))
    limit = deviation_limit(os.environ)
    if most is None or most.percent <= limit:
        return
    share = f"{most.percent:.1f} % of {most.sobject} did not arrive, and {limit:g} % is the limit"
    desk.ledger.chain.record(
        "deviated", {"run": run.run, "sobject": most.sobject, "percent": round(most.percent, 2)}
    )
    if auto_rollback_allowed(desk.ledger, plan.map_hash):
        narrate(f"{share}: the push is taken back, as was approved")
        if take_back(desk, run):
            return
        narrate("Error: somebody has worked on what was pushed; a person has to look first")
    else:
        narrate(f"Error: {share}")
    narrate(f"Try: clinic-load rollback {run.run} --org {run.alias} --plan")


def _status(ledger: Ledger, plans: Any, run: Run) -> RunStatus:  # noqa: ANN401
    folder = plan_folder(plans, run.plan)
    return run_status(ledger, ledger.run(run.run), read_plan(plans, run.plan), folder)


def _show_status(status: RunStatus, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(as_json_document(status), indent=2))
        return
    print_tables(status_tables(status))


def as_json_document(status: RunStatus) -> dict[str, Any]:
    """Give the document that `status --json` and `push --json` promise."""
    return as_json(status)


def status_command(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or latest.")] = "latest",
    watch: Annotated[
        bool, typer.Option("--watch", help="Say it again every few seconds until the run is over.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Say what became of every row of a run, by object and by entity; asks no org.

    Of a run that is under way it also says how far each object is, how fast it goes, and which
    jobs the org has; it can be asked in another terminal at any time.

    Example: clinic-load status latest --json
    """
    data = data_folder(os.environ)
    while True:
        status, live = _look(data, run_id)
        if not as_json:
            print_tables([*(live_tables(live) if live else []), *status_tables(status)])
        if not (watch and live and live.is_at_work):
            break
        time.sleep(WATCH_SECONDS)
    if as_json:
        document = {**as_json_document(status), "live": live_json(live)}
        typer.echo(json.dumps(document, indent=2))
    if live and not live.is_at_work:
        narrate(f"Try: clinic-load resume {run_id} --org {status.run.alias}")
    raise typer.Exit(DONE if status.is_complete else INCOMPLETE)


def _look(data: DataFolder, run_id: str) -> tuple[RunStatus, Live | None]:
    """Read a run anew; of a rollback, what became of the push, and what the org still works on."""
    ledger = Ledger.open(data.ledger)
    try:
        found = ledger.run(run_id)
        pushed = ledger.run(found.of_run) if found.of_run else found
        status = _status(ledger, data.plans, pushed)
        objects = () if found.of_run else status.objects
        return status, live_status(ledger, found, objects, now=now())
    finally:
        ledger.close()


def resume_command(
    run_id: RunName,
    org: OrgAlias,
    production: Production = None,
    as_it_arrives: AsItArrives = None,
    jobs: Jobs = JOBS,
) -> None:
    """
    Finish a push or a rollback that was cut off.

    Example: clinic-load resume latest --org UAT
    """
    deviation_limit(os.environ)
    with open_desk(org, os.environ, writes=True) as desk:
        run = require_resumable(unfinished_run(desk.ledger, run_id))
        require_named(desk.org, production=production)
        desk.require_same_org(run)
        if run.kind == "rollback":
            code = resume_rollback(desk, run)
        else:
            allowed = duplicates_allowed(desk.ledger, run.map_hash)
            asked = _also_asked(desk, run, frozenset(as_it_arrives or ()))
            pushed = _push(desk, run, asked, allow_duplicates=allowed, jobs=jobs)
            _show_status(pushed.status, as_json=False)
            code = pushed.code
    raise typer.Exit(code)


def _also_asked(desk: Desk, run: Run, arriving: frozenset[str]) -> Asked:
    """Add to what a push was asked for what its canary has shown to be meant."""
    asked = asked_for(desk.ledger, run)
    if not arriving:
        return asked
    require_objects(desk.plan_of(run)[0], arriving)
    more = replace(asked, as_it_arrives=asked.as_it_arrives | arriving)
    return keep_asked(desk.ledger, run, more)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("push")(push_command)
    app.command("status")(status_command)
    app.command("resume")(resume_command)
