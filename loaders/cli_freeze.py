"""The command that proves that the source stood still, or lists what moved."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from loaders.bench import open_bench
from loaders.cli_options import AsJson, narrate, open_ledger
from loaders.errors import DONE, INCOMPLETE, WrongUsage
from loaders.freeze import Standing, compare_source, require_read_since, run_to_hold_against
from loaders.landed_source import source_file
from loaders.ledger import LATEST
from loaders.ledger_acts import Run
from loaders.paths import data_folder, make_private_folder
from loaders.plan_store import plan_folder, read_plan
from loaders.status import run_status
from loaders.tables import new_table, print_tables

_NUMBERS = ("then", "now", "new", "changed", "gone")


def freeze_command(
    run_id: Annotated[
        str, typer.Argument(metavar="RUN", help="The push to hold the source against.")
    ] = LATEST,
    org: Annotated[
        str | None, typer.Option("--org", help="The alias of the org of which latest is meant.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Prove that the source stands still since the last push was planned, or list what moved.

    That is the last push of all rows or of a delta that came to its end and was not taken back.
    What failed, is held or was never sent in it did not arrive: then nothing is proved, either.
    Before, read the whole source once more: clinic-extract run SOURCE --full, for each system.
    Counts, the newest change and a hash over all documents are compared, type by type.

    Example: clinic-load freeze --org PRODUCTION
    """
    if run_id == LATEST and org is None:
        raise WrongUsage(
            "the latest push of which org is not said", hint="clinic-load freeze --org ALIAS"
        )
    data = data_folder(os.environ)
    with open_ledger(data) as ledger, open_bench(data) as bench:
        run = run_to_hold_against(ledger, run_id, alias=org)
        plan, folder = read_plan(data.plans, run.plan), plan_folder(data.plans, run.plan)
        then, masked = source_file(folder), plan.settings.masked
        require_read_since(data, then, since=plan.created_at)
        file = make_private_folder(data.reports) / f"{run.run}-source" / "moved.csv"
        types = compare_source(bench, data, then, moved=file, masked=masked)
        moved = sum(each.moved for each in types)
        status = run_status(ledger, run, plan, folder)
        hashes = {f"{each.system} {each.type}": each.hash_now for each in types}
        said = {"run": run.run, "moved": moved, "complete": status.is_complete}
        ledger.chain.record("source_compared", {**said, "hashes": hashes})
    if as_json:
        listed = {"scope": plan.settings.scope, "types": [asdict(each) for each in types]}
        typer.echo(json.dumps({**said, **listed, "file": str(file)}, indent=2))
    else:
        _show(types, moved=moved, run=run, scope=plan.settings.scope)
    if not status.is_complete:
        narrate(f"Error: run {run.run} did not bring over everything: failed, held or not sent")
        narrate(f"Try: clinic-load status {run.run}, then plan --delta and push what is mended")
    if moved:
        narrate(f"Error: {moved:,} records moved since the plan of run {run.run}: {file}")
        narrate(f"Try: dbt build, then clinic-load plan --delta --org {run.alias}")
    raise typer.Exit(DONE if status.is_complete and not moved else INCOMPLETE)


def _show(types: list[Standing], *, moved: int, run: Run, scope: str) -> None:
    table = new_table(
        "the source then and now",
        names=("system", "type"),
        numbers=_NUMBERS,
        sentences=("last change",),
    )
    for each in types:
        numbers = (f"{getattr(each, name):,}" for name in _NUMBERS)
        table.add_row(each.system, each.type, *numbers, each.last_modified)
    print_tables([table])
    typer.echo(f"{moved:,} records moved since the plan of run {run.run} ({scope}, {run.alias})")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("freeze")(freeze_command)
