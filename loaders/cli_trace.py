"""The command that follows one person from the source to the org."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from loaders.cli_options import AsJson, connected_org, narrate, open_ledger
from loaders.errors import DONE, INCOMPLETE
from loaders.masking import masked_key
from loaders.paths import data_folder
from loaders.plan_store import plan_folder, read_plan
from loaders.tables import print_tables
from loaders.trace import trace
from loaders.trace_report import trace_document, trace_table, write_trace

# States in which a source row did not arrive, and nobody said that it should not.
_TROUBLED = frozenset({"failed", "held", "waiting", "missing"})


def trace_command(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="A chart's key, one of its records', or an id.")
    ],
    run_id: Annotated[
        str, typer.Option("--run", metavar="RUN", help="A push's id, or latest.")
    ] = "latest",
    org: Annotated[
        str | None, typer.Option("--org", help="The org's alias, for links that can be opened.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Follow one patient: each source row, the record it went into, its state and the reason.

    The rows are written to private files under reports; on the screen are counts alone, unless
    `--json` asks for them.

    Example: clinic-load trace north:patient:4711 --org UAT
    """
    address = ""
    if org is not None:
        with connected_org(org) as connected:
            address = connected.instance_url
    data = data_folder(os.environ)
    with open_ledger(data) as ledger:
        run = ledger.run(run_id, kind="push")
        plan, folder = read_plan(data.plans, run.plan), plan_folder(data.plans, run.plan)
        known_as = masked_key(data, key) if plan.settings.masked else key
        found = trace(ledger, run, plan, folder, key=known_as)
    document = trace_document(found, address=address)
    path = write_trace(document, data.reports, key=key)
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        print_tables([trace_table(found)])
        narrate(f"Every row, with its link: {path}")
    troubled = any(row["state"] in _TROUBLED for row in found.rows)
    raise typer.Exit(INCOMPLETE if troubled else DONE)


def register(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("trace")(trace_command)
