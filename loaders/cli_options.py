"""What several commands take, and how they talk: data on stdout, narration on stderr."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from loaders.errors import WrongUsage
from loaders.ledger import Ledger
from loaders.org_connection import Org, connect
from loaders.paths import DataFolder
from loaders.plan_store import Plan

OrgAlias = Annotated[str, typer.Option("--org", help="The org's alias; there is no default.")]
Production = Annotated[
    str | None, typer.Option("--production", help="The id of the production org, typed out.")
]
Forced = Annotated[
    list[str] | None,
    typer.Option("--force", metavar="OBJECT", help="Do it to this object's held records as well."),
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or latest.")]
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


def require_objects(plan: Plan, names: frozenset[str]) -> None:
    """
    Let options through that name objects of the plan.

    Raises:
        WrongUsage: a name is none of them; nothing would come of it.

    """
    unknown = sorted(names - {each.sobject for each in plan.objects})
    if unknown:
        raise WrongUsage(
            f"plan {plan.plan} has no object {', '.join(unknown)}",
            hint=f"clinic-load status latest, for the objects of plan {plan.plan}",
        )
