"""The command that writes the runbook of a go-live."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import typer

from loaders.cli_options import AsJson, OrgAlias, RunName, connected_org, narrate, open_ledger
from loaders.errors import DONE, INCOMPLETE
from loaders.paths import data_folder, make_private_folder, write_private


def runbook_command(run_id: RunName, org: OrgAlias, as_json: AsJson = False) -> None:
    """
    Write the runbook of a go-live: steps, owners, gates, times of this run, and UAT checks.

    It is made from a push, at best the rehearsal. The checks link to records in the org. The file
    is private, and names nobody.

    Example: clinic-load runbook latest --org UAT
    """
    # Here, so that no other command imports the template engine as it starts.
    from loaders.runbook import runbook  # noqa: PLC0415
    from loaders.runbook_page import as_markdown  # noqa: PLC0415

    with connected_org(org) as connected:
        address = connected.instance_url
    data = data_folder(os.environ)
    with open_ledger(data) as ledger:
        told = runbook(ledger, data, run_id)
    path = make_private_folder(make_private_folder(data.reports) / told.run) / "runbook.md"
    write_private(path, as_markdown(told, address=address).encode())
    met = sum(gate.is_met for gate in told.gates)
    said = f"{met} of {len(told.gates)} gates are met, {len(told.checks)} people to look at"
    typer.echo(json.dumps(asdict(told), indent=2) if as_json else said)
    narrate(f"The runbook: {path}")
    raise typer.Exit(DONE if met == len(told.gates) else INCOMPLETE)


def register(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("runbook")(runbook_command)
