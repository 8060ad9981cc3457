"""The command that asks an org who can see what a run brought."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from loaders.access import prove_access
from loaders.access_report import access_tables, write_access
from loaders.cli_options import AsJson, OrgAlias, RunName, narrate
from loaders.contract import read_mapping
from loaders.errors import DONE, INCOMPLETE, WrongUsage
from loaders.runs import open_desk, standing_push
from loaders.tables import print_tables


def access_command(
    run_id: RunName,
    org: OrgAlias,
    user: Annotated[
        list[str] | None,
        typer.Option(
            "--user",
            metavar="GROUP=USER",
            help="Ask about this user: front_desk, clinical, billing or outside.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Prove who can see what: ask the org about a user of each group, and about one outside.

    Without --user it finds somebody who holds the group's permission set alone; it makes no users
    and changes nothing. Exit 4 where somebody sees what the map does not open to them.

    Example: clinic-load access latest --org UAT --user outside=temp@clinic.example
    """
    wanted = _wanted(user or [])
    with open_desk(org, os.environ, writes=False) as desk:
        run = standing_push(desk.ledger, run_id)
        desk.require_same_org(run)
        plan, folder = desk.plan_of(run)
        mapping = read_mapping(folder / "manifest.json")
        proof = prove_access(desk.session(run), plan, folder, mapping=mapping, wanted=wanted)
        file = write_access(proof, desk.data.reports)
    if as_json:
        typer.echo(json.dumps(proof.document(), indent=2))
    else:
        print_tables(access_tables(proof))
        typer.echo(f"{len(proof.findings)} findings; {len(proof.people)} users were asked about")
    narrate(f"The proof, for the completion report: {file}")
    raise typer.Exit(DONE if proof.is_proven else INCOMPLETE)


def _wanted(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if any(not name or not user for name, _, user in pairs):
        raise WrongUsage("--user wants GROUP=USER", hint="--user billing=bea@clinic.example")
    return {name: user for name, _, user in pairs}


def register(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("access")(access_command)
