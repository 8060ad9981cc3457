"""The command that proves that the source stood still, or lists what moved."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import typer

from loaders.bench import open_bench
from loaders.cli_options import AsJson, narrate, open_ledger
from loaders.errors import DONE, INCOMPLETE
from loaders.freeze import Standing, compare_source, require_read_since, source_file
from loaders.paths import data_folder, make_private_folder
from loaders.plan_store import plan_folder, read_plan
from loaders.tables import new_table, print_tables

_NUMBERS = ("then", "now", "new", "changed", "gone")


def freeze_command(as_json: AsJson = False) -> None:
    """
    Prove that the source stands still since the last push was planned, or list what moved.

    Before, read the whole source once more: clinic-extract run SOURCE --full, for each system.
    Counts, the newest change and a hash over all documents are compared, type by type.

    Example: clinic-load freeze
    """
    data = data_folder(os.environ)
    with open_ledger(data) as ledger, open_bench(data) as bench:
        run = ledger.run("latest", kind="push")
        file = make_private_folder(data.reports) / f"{run.run}-source" / "moved.csv"
        then = source_file(plan_folder(data.plans, run.plan))
        require_read_since(data, then, since=read_plan(data.plans, run.plan).created_at)
        types = compare_source(bench, data, then, moved=file)
        moved = sum(each.moved for each in types)
        hashes = {f"{each.system} {each.type}": each.hash_now for each in types}
        ledger.chain.record("source_compared", {"run": run.run, "moved": moved, "hashes": hashes})
    _show(types, moved=moved, as_json=as_json, run=run.run, file=str(file))
    if moved:
        narrate(f"Error: {moved:,} records moved since the plan of run {run.run}: {file}")
        narrate("Try: dbt build, then clinic-load plan --delta --org ALIAS")
    raise typer.Exit(INCOMPLETE if moved else DONE)


def _show(types: list[Standing], *, moved: int, as_json: bool, run: str, file: str) -> None:
    if as_json:
        said = {"run": run, "moved": moved, "types": [asdict(each) for each in types], "file": file}
        typer.echo(json.dumps(said, indent=2))
        return
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
    typer.echo(f"{moved:,} records moved")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("freeze")(freeze_command)
