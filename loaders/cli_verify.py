"""The command that compares the org with what was pushed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from loaders.cli_options import AsJson, OrgAlias, RunName
from loaders.errors import DONE, INCOMPLETE
from loaders.ledger_acts import Run
from loaders.runs import open_desk, standing_push
from loaders.status_report import verdict_tables
from loaders.tables import print_tables
from loaders.verify import Verdict, verify


def verify_command(
    run_id: RunName,
    org: OrgAlias,
    download_files: Annotated[
        bool,
        typer.Option(
            "--download-files", help="Compare each file's bytes as well; of a sample, always done."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Compare every field of every row in the org with the plan of a run.

    Example: clinic-load verify latest --org UAT
    """
    with open_desk(org, os.environ, writes=False) as desk:
        run = standing_push(desk.ledger, run_id)
        desk.require_same_org(run)
        plan, folder = desk.plan_of(run)
        verdict = verify(
            desk.session(run), plan, folder, reports=desk.data.reports, download=download_files
        )
    _show_verdict(verdict, run, as_json=as_json)
    raise typer.Exit(INCOMPLETE if verdict.differences else DONE)


def _show_verdict(verdict: Verdict, run: Run, *, as_json: bool) -> None:
    if as_json:
        document = {
            "run": run.run,
            "differences": verdict.differences,
            "objects": [asdict(each) for each in verdict.objects],
            "fields": [asdict(each) for each in verdict.fields],
            "normalised": [asdict(each) for each in verdict.normalised],
            "file": str(verdict.file),
        }
        typer.echo(json.dumps(document, indent=2))
        return
    print_tables(verdict_tables(verdict))
    typer.echo(f"{verdict.differences} differences")
    if verdict.differences:
        typer.echo(f"keys of what differs: {verdict.file}", err=True)


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command("verify")(verify_command)
