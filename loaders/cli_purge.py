"""The command that deletes the working data when the migration is over, and certifies it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from itertools import groupby
from typing import Annotated, Any

import typer

from loaders.cli_options import AsJson, narrate, open_ledger
from loaders.errors import DONE, INCOMPLETE
from loaders.paths import data_folder
from loaders.purge import LOST, Purge, nobody_lands, plan_purge, require_allowed
from loaders.purge_certificate import carry_out
from loaders.tables import new_table, print_tables


def purge_command(
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who deletes it.")] = "",
    confirm: Annotated[
        str | None,
        typer.Option("--confirm", metavar="CODE", help="The code that --plan says, typed out."),
    ] = None,
    abandon: Annotated[
        list[str] | None,
        typer.Option("--abandon", metavar="RUN", help="Give up this run, which is still open."),
    ] = None,
    only_plan: Annotated[
        bool, typer.Option("--plan", help="List what would go, and delete nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Delete the working data for good, and write a certificate of it.

    Databases, dlt's folder, plans, reports, CSV parts, dbt's target and logs, and the ledger's rows
    and images go; its acts and the certificate stay. Afterwards no run can be rolled back, resumed,
    verified or reported. Refuses while a run is unfinished, has rows that need a decision or was
    never verified, unless it is given up by name. Cut off, it can be run again.

    Example: clinic-load purge --plan, then clinic-load purge --by "A. Name" --confirm CODE
    """
    data, abandoned = data_folder(os.environ), frozenset(abandon or ())
    with open_ledger(data) as ledger, ledger.writing(), nobody_lands(data):
        purge = plan_purge(data, ledger, os.environ)
        if only_plan:
            _show(purge, as_json=as_json)
            raise typer.Exit(DONE)
        require_allowed(purge, by=by, code=confirm, abandoned=abandoned)
        done = carry_out(purge, data, ledger, by=by, abandoned=abandoned)
    said = {**asdict(done), "certificate": str(done.certificate), "left_alone": purge.foreign}
    sentence = f"{done.files:,} files of {done.bytes:,} bytes are deleted"
    typer.echo(json.dumps(said, indent=2) if as_json else sentence)
    narrate(f"The certificate: {done.certificate}, sha256 {done.sha256}")
    if purge.foreign:
        narrate(f"Left alone, for it is none of our files: {', '.join(purge.foreign)}")
    raise typer.Exit(INCOMPLETE if purge.foreign else DONE)


def _show(purge: Purge, *, as_json: bool) -> None:
    parts = [
        {"part": part, "files": len(own := list(files)), "bytes": sum(each.bytes for each in own)}
        for part, files in groupby(purge.files, key=lambda each: each.name.partition("/")[0])
    ]
    if as_json:
        typer.echo(json.dumps(_document(purge, parts), indent=2))
        return
    table = new_table("what goes", names=("part",), numbers=("files", "bytes"))
    for each in parts:
        table.add_row(each["part"], f"{each['files']:,}", f"{each['bytes']:,}")
    print_tables([table])
    for run in purge.open_runs:
        typer.echo(f"Still open: run {run.run} {run.reason}")
    for name in purge.foreign:
        typer.echo(f"Left alone, for it is none of our files: {name}")
    for sentence in LOST:
        typer.echo(f"Afterwards {sentence}")
    typer.echo(f"Code to confirm it: {purge.code}")


def _document(purge: Purge, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "confirm": purge.code,
        "files": len(purge.files),
        "bytes": purge.bytes,
        "parts": parts,
        "left_alone": purge.foreign,
        "open_runs": [asdict(each) for each in purge.open_runs],
        "no_longer_possible": LOST,
    }


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("purge")(purge_command)
