"""The command that says what a migration will take, and afterwards what it took."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import asdict
from typing import Annotated

import typer

from loaders.cli_options import AsJson, connected_org, narrate, now, open_ledger
from loaders.errors import SCREEN_WIDTH
from loaders.estimate import Estimate, EstimateRequest, estimate_before, make_estimate
from loaders.estimate_actual import Comparison, compare
from loaders.estimate_report import closing_lines, comparison_table, estimate_tables, takes_much
from loaders.ledger import Ledger
from loaders.paths import DataFolder, data_folder, manifest_path
from loaders.plan_store import plan_folder, read_plan
from loaders.session import sending_of
from loaders.tables import print_tables


def estimate_command(
    org: Annotated[
        str | None, typer.Option("--org", help="The org's alias; without one, its part is unknown.")
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(
            "--run", metavar="RUN", help="Hold the estimate made before a push against it."
        ),
    ] = None,
    rate_per_hour: Annotated[
        float | None, typer.Option(min=0.0, help="Multiply human time by this; else no price.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Say what a migration takes: records, storage, API calls, time, complexity, each explained.

    What nobody has measured is unknown, and widens the range. Each estimate is kept beside the
    ledger; after a push, --run latest holds it against what came true.

    Example: clinic-load estimate --org UAT
    """
    data = data_folder(os.environ)
    with open_ledger(data) as ledger:
        if run is not None:
            _show_actual(ledger, data, run, as_json=as_json)
            return
        made = _make(ledger, data, org, rate_per_hour)
    _show(made, as_json=as_json)


def _make(
    ledger: Ledger, data: DataFolder, alias: str | None, rate_per_hour: float | None
) -> Estimate:
    request = EstimateRequest(
        data=data,
        manifest=manifest_path(os.environ),
        sending=sending_of(os.environ),
        rate_per_hour=rate_per_hour,
        clock=now,
    )
    with ExitStack() as stack:
        org = stack.enter_context(connected_org(alias)) if alias else None
        return make_estimate(request, org=org, ledger=ledger)


def _show(made: Estimate, *, as_json: bool) -> None:
    if as_json:
        lines = [{**asdict(line), "takes_much": takes_much(line)} for line in made.lines]
        typer.echo(json.dumps({**asdict(made), "lines": lines}, indent=2))
        return
    print_tables(estimate_tables(made), width=SCREEN_WIDTH)
    for line in closing_lines(made):
        narrate(line)


def _show_actual(ledger: Ledger, data: DataFolder, name: str, *, as_json: bool) -> None:
    run = ledger.run(name, kind="push")
    made = estimate_before(ledger, run)
    plan, folder = read_plan(data.plans, run.plan), plan_folder(data.plans, run.plan)
    compared = compare(ledger, run, made, plan=plan, folder=folder)
    if as_json:
        document = {
            "run": run.run,
            "estimated_at": made.at,
            "lines": [_line(each) for each in compared],
        }
        typer.echo(json.dumps(document, indent=2))
        return
    print_tables([comparison_table(compared, title=f"run {run.run}, estimated {made.at[:16]}")])


def _line(each: Comparison) -> dict[str, object]:
    return {**asdict(each), "verdict": each.verdict}


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command("estimate")(estimate_command)
