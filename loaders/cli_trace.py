"""The command that follows one person from the source to the org."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from loaders.cli_options import AsJson, connected_org, narrate, open_ledger
from loaders.errors import DONE, INCOMPLETE, RunNotFound
from loaders.ledger import LATEST, Ledger
from loaders.ledger_acts import Run
from loaders.masking import masked_key
from loaders.paths import data_folder
from loaders.tables import print_tables
from loaders.trace import trace
from loaders.trace_report import trace_document, trace_table, write_trace
from loaders.trace_runs import read_history

# States in which a source row did not arrive, and nobody said that it should not.
_TROUBLED = frozenset({"failed", "held", "waiting", "missing"})


def trace_command(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="A chart's key, one of its records', or an id.")
    ],
    run_id: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="One push alone, by its id; else all of them."),
    ] = None,
    org: Annotated[
        str | None, typer.Option("--org", help="The org's alias, for links that can be opened.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Follow one patient: each source row, the record it went into, its state and the reason.

    All pushes to the org of the newest one, or to that of `--org`, are told in one: of each row
    counts what was done last. What the source has no longer is found as well.

    The rows are written to private files under reports; on the screen are counts alone, unless
    `--json` asks for them.

    Example: clinic-load trace north:patient:4711 --org UAT
    """
    address, org_id = "", None
    if org is not None:
        with connected_org(org) as connected:
            address, org_id = connected.instance_url, connected.org_id
    data = data_folder(os.environ)
    with open_ledger(data) as ledger:
        run = _push_of(ledger, run_id, org_id=org_id)
        history = read_history(ledger, data.plans, run, alone=run_id is not None)
        known_as = masked_key(data, key) if history.newest.plan.settings.masked else key
        found = trace(ledger, history, key=known_as)
    document = trace_document(found, address=address)
    path = write_trace(document, data, key=key)
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        print_tables([trace_table(found)])
        if found.history.purged:
            gone = ", ".join(found.history.purged)
            narrate(f"Not in it, since their plans were purged: {gone}")
        narrate(f"Every row, with its link: {path}")
    troubled = any(row["state"] in _TROUBLED for row in found.rows)
    raise typer.Exit(INCOMPLETE if troubled else DONE)


def _push_of(ledger: Ledger, run_id: str | None, *, org_id: str | None) -> Run:
    """
    Find the push to trace, or the newest one: to an org, where one is named.

    Raises:
        RunNotFound: there is none.

    """
    pushes = [run for run in ledger.runs(kind="push") if org_id in {None, run.org_id}]
    if run_id not in {None, LATEST}:
        pushes = [run for run in pushes if run.run == run_id]
    if not pushes:
        raise RunNotFound(
            "there is no such push to this org" if org_id else "there is no such push",
            hint="clinic-load push latest --org ALIAS",
        )
    return pushes[-1]


def register(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("trace")(trace_command)
