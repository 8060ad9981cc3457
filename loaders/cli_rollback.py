"""The command that takes a load back, and shows first what it would do."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from loaders.cli_options import (
    AsJson,
    Forced,
    OrgAlias,
    Production,
    RunName,
    narrate,
    require_objects,
)
from loaders.errors import DONE, RollbackRefused
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import write_parquet
from loaders.org_connection import require_named
from loaders.resume import Asked, asked_for, keep_asked
from loaders.rollback import (
    Rollback,
    finish,
    look_ahead,
    require_hard_delete,
    rollback,
    undone,
)
from loaders.rollback_choice import choose_part
from loaders.rollback_part import Part, Wanted, part_file, wanted_part
from loaders.rollback_proof import proof_of
from loaders.rollback_report import (
    certify,
    held_reasons,
    proof_sentence,
    proof_table,
    undone_tables,
    write_held,
)
from loaders.runs import Desk, open_desk, rollback_run
from loaders.tables import print_tables


# Each option of a command is a parameter of its function.
def rollback_command(  # noqa: PLR0913, PLR0917
    run_id: RunName,
    org: OrgAlias,
    plan_only: Annotated[
        bool, typer.Option("--plan", help="Show what would be undone; change nothing.")
    ] = False,
    force: Forced = None,
    objects: Annotated[
        list[str] | None,
        typer.Option("--object", metavar="OBJECT", help="Undo this object alone; more than once."),
    ] = None,
    location: Annotated[
        str | None,
        typer.Option("--location", metavar="KEY", help="Undo what is at one location alone."),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option("--system", metavar="NAME", help="Undo what came from one system alone."),
    ] = None,
    patients: Annotated[
        Path | None,
        typer.Option(
            "--patients",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Undo these patients alone: a file with a chart's key on each line.",
        ),
    ] = None,
    hard: Annotated[
        bool,
        typer.Option(
            "--hard",
            help="Leave nothing in the recycle bin, where permitted; nor can it be looked at again"
            " there, to take back what somebody worked on in that moment.",
        ),
    ] = False,
    production: Production = None,
    as_json: AsJson = False,
) -> None:
    """
    Undo a push, in reverse order; what somebody changed since is held and listed.

    Of a part goes, too, what points to its records, a household with its last member and a file
    with its last link; a rollback of the whole takes the rest later. At the end the org is compared
    with what it was before the push; the certificate under reports says what was found.

    Example: clinic-load rollback latest --org UAT --plan
    """
    with open_desk(org, os.environ, writes=True) as desk:
        pushed = _undoable(desk.ledger, run_id)
        desk.require_same_org(pushed)
        plan, _ = desk.plan_of(pushed)
        forced, wanted = frozenset(force or ()), wanted_part(objects, location, system, patients)
        require_objects(plan, forced.union(wanted.objects))
        part = _choose(desk, pushed, wanted)
        if plan_only:
            _look(desk, pushed, part, forced, as_json=as_json)
            return
        require_named(desk.org, production=production)
        if hard:
            require_hard_delete(desk.line, plan.objects[0].sobject)
        run = rollback_run(desk.ledger, pushed, plan, org=desk.org, part=part)
        asked = keep_asked(desk.ledger, run, Asked(forced, hard=hard))
        code = _undo(desk, run, asked, as_json=as_json)
    raise typer.Exit(code)


def resume_rollback(desk: Desk, run: Run) -> int:
    """Finish a rollback that was cut off, as it was asked for."""
    return _undo(desk, run, asked_for(desk.ledger, run), as_json=False)


def take_back(desk: Desk, pushed: Run) -> bool:
    """
    Take a push back that nobody has worked on since; tell whether that was so.

    Where a single record would be held, nothing is undone: a person has to look first.
    """
    plan, folder = desk.plan_of(pushed)
    session = desk.session(pushed)
    look_ahead(Rollback(session, pushed, plan, folder, forced=frozenset(), hard=False))
    if any(each.held for each in undone(session)):
        return False
    run = rollback_run(desk.ledger, pushed, plan, org=desk.org)
    return _undo(desk, run, keep_asked(desk.ledger, run, Asked()), as_json=False) == DONE


def _undo(desk: Desk, run: Run, asked: Asked, *, as_json: bool) -> int:
    pushed = desk.ledger.run(str(run.of_run))
    session, part = desk.session(run), part_file(desk.ledger, run)
    work = Rollback(session, pushed, *desk.plan_of(run), asked.forced, asked.hard, part)
    code = rollback(work)
    document = certify(work, code, desk.data.reports)
    finish(work, code)
    if as_json:
        typer.echo(json.dumps(document, indent=2))
        return code
    proof = proof_of(desk.ledger, run)
    print_tables([*undone_tables(undone(session), document["held"], run), proof_table(proof)])
    typer.echo(proof_sentence(proof))
    _say_where(document)
    return code


def _say_where(document: dict[str, Any]) -> None:
    if document["bin_until"]:
        typer.echo(f"the recycle bin keeps what was deleted until {document['bin_until']}")
    if document["held"]:
        typer.echo(f"each record that is held, with its reason: {document['held_file']}", err=True)
    typer.echo(f"certificate: {document['certificate']}", err=True)


def _choose(desk: Desk, pushed: Run, wanted: Wanted) -> Part | None:
    """Choose what goes of a part, and say how much of each object before anything is done."""
    if wanted == Wanted():
        return None
    part = choose_part(desk, pushed, *desk.plan_of(pushed), wanted)
    counts = ", ".join(f"{sobject} {rows:,}" for sobject, rows in part.counts.items())
    narrate(f"this part of run {pushed.run} goes: {counts}")
    return part


def _look(
    desk: Desk, pushed: Run, part: Part | None, forced: frozenset[str], *, as_json: bool
) -> None:
    session, file = desk.session(pushed), None
    if part:
        file = desk.bench.folder / "part.parquet"
        write_parquet(file, part.rows.to_reader())
    look_ahead(Rollback(session, pushed, *desk.plan_of(pushed), forced, hard=False, part=file))
    held = held_reasons(session)
    file = write_held(session, desk.data.reports / f"{pushed.run}-rollback")
    if as_json:
        objects = [asdict(each) for each in undone(session)]
        document = {"run": pushed.run, "objects": objects, "held": held, "held_file": str(file)}
        typer.echo(json.dumps(document, indent=2))
        return
    print_tables(undone_tables(undone(session), held, pushed))
    if held:
        typer.echo(f"each record that would be held, with its reason: {file}", err=True)


def _undoable(ledger: Ledger, name: str) -> Run:
    """Find a push that can be undone; `latest` passes over those that were."""
    pushes = [run for run in ledger.runs(kind="push") if run.state != "rolled_back"]
    run = pushes[-1] if name == "latest" and pushes else ledger.run(name)
    if run.kind != "push":
        raise RollbackRefused(
            f"run {run.run} is itself a rollback", hint=f"clinic-load push {run.plan}"
        )
    return run


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("rollback")(rollback_command)
