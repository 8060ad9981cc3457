"""The commands of the audit log: is it whole, and give it out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from loaders.audit_log import ALL_FILES, kept_files, require_whole
from loaders.ledger import Ledger
from loaders.paths import data_folder

audit_log_app = typer.Typer(
    help="Check and export the chain of acts on the ledger.", no_args_is_help=True
)


@contextmanager
def _ledger() -> Iterator[Ledger]:
    ledger = Ledger.open(data_folder(os.environ).ledger)
    try:
        yield ledger
    finally:
        ledger.close()


@audit_log_app.command("verify")
def verify_command() -> None:
    """
    Check that no act and no file of the ledger was changed or removed since it was written.

    Example: clinic-load audit-log verify
    """
    with _ledger() as ledger:
        require_whole(ledger, ALL_FILES)
        acts, files = len(ledger.chain.export()), len(kept_files(ledger, ALL_FILES))
    typer.echo(f"{acts:,} acts and {files:,} files are as they were written")


@audit_log_app.command("export")
def export_command() -> None:
    """
    Print every act with its hash, a JSON line each, oldest first.

    Example: clinic-load audit-log export > acts.jsonl
    """
    with _ledger() as ledger:
        for act in ledger.chain.export():
            typer.echo(json.dumps(act, sort_keys=True))
