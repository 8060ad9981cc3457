"""What several commands take, and how they talk: data on stdout, narration on stderr."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from loaders.ledger import Ledger
from loaders.org_connection import Org, connect
from loaders.paths import DataFolder

OrgAlias = Annotated[str, typer.Option("--org", help="The org's alias; there is no default.")]
Production = Annotated[
    str | None, typer.Option("--production", help="The id of the production org, typed out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON on stdout.")]


def now() -> datetime:
    """Give the present time."""
    return datetime.now(UTC)


def narrate(text: str) -> None:
    """Say something to the person, not to the next program."""
    typer.echo(text, err=True)


@contextmanager
def connected_org(alias: str) -> Iterator[Org]:
    """Log in to an org, and let go of it at the end."""
    org = connect(alias, environ=os.environ)
    try:
        yield org
    finally:
        org.close()


@contextmanager
def open_ledger(data: DataFolder) -> Iterator[Ledger]:
    """Open the ledger of a data folder, and close it at the end."""
    ledger = Ledger.open(data.ledger)
    try:
        yield ledger
    finally:
        ledger.close()
