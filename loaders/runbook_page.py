"""The runbook as Markdown: to print, to paste into a ticket, to tick off."""

from __future__ import annotations

from extract.page.rendering import render
from loaders.runbook import Runbook
from loaders.runbook_steps import no_go, phases


def as_markdown(told: Runbook, *, address: str) -> str:
    """Render the runbook; `address` is where the org is opened."""
    return render(
        "runbook.md.jinja",
        package="loaders",
        told=told,
        address=address,
        phases=phases(told),
        no_go=no_go(told),
    )
