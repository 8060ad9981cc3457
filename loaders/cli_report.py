"""The command that writes down what a run came to, for those who sign it off."""

from __future__ import annotations

import json
import os

import typer

from loaders.cli_options import AsJson, RunName, narrate, open_ledger
from loaders.completion import completion
from loaders.errors import DONE, INCOMPLETE
from loaders.paths import data_folder


def report_command(run_id: RunName, as_json: AsJson = False) -> None:
    """
    Write the report of a run: a page, its facts as JSON, and a CSV for each list.

    Of a sample it is the sample validation report, of all else the completion report.

    Asks no org: it is made from the ledger, the plan and the last verify, at any time, with the
    same bytes. It shows what was sent: of a masked run, no patient's data. The files are private;
    `--json` prints completion.json without its rows (`failed`, `side_by_side`).

    Example: clinic-load report latest
    """
    # Here, so that no other command imports the template engine as it starts.
    from loaders.completion_files import facts_aloud, write_completion  # noqa: PLC0415
    from loaders.completion_page import headline  # noqa: PLC0415

    data = data_folder(os.environ)
    with open_ledger(data) as ledger:
        told = completion(ledger, data, run_id)
        path = write_completion(told, data, ledger)
    typer.echo(json.dumps(facts_aloud(told), indent=2) if as_json else headline(told))
    narrate(f"The report: {path}")
    raise typer.Exit(DONE if told.is_complete else INCOMPLETE)


def register(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("report")(report_command)
