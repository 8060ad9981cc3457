"""The runbook as Markdown: to print, to paste into a ticket, to tick off."""

from __future__ import annotations

from dataclasses import dataclass

from extract.page.rendering import render
from loaders.runbook import Runbook
from loaders.tables import clock


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a go-live."""

    what: str
    command: str
    owner: str
    expected: str
    go_if: str


def as_markdown(told: Runbook, *, address: str) -> str:
    """Render the runbook; `address` is where the org is opened."""
    return render(
        "runbook.md.jinja", package="loaders", told=told, address=address, steps=_steps(told)
    )


def _steps(told: Runbook) -> tuple[Step, ...]:
    push = "unknown" if told.seconds is None else clock(told.seconds)
    # A rehearsal is the model of what is done in production.
    org = "--org PRODUCTION" if told.is_sandbox else f"--org {told.alias}"
    engineer, admin, clinic = "engineer", "admin", "clinic's IT"
    return (
        Step("Close the old system for writing", "", clinic, "", "nobody can save a record"),
        Step("Read each system's whole source", "clinic-extract run SOURCE --system NAME --full",
             engineer, "", "exit 0"),
        Step("Build the marts", "dbt build", engineer, "", "no failed test"),
        Step("Set what is shared (below)", "", admin, "", "org-wide defaults are Private"),
        Step("Look what has changed", f"clinic-load schema diff {org}", engineer, "", "exit 0"),
        Step("Plan", f"clinic-load plan {org}", engineer, "", "no finding stops it"),
        Step("Approve", "clinic-load approve latest --by NAME", admin, "", "map as rehearsed"),
        Step("Push", f"clinic-load push latest {org}", engineer, push, "exit 0"),
        Step("Plan and push the delta", f"clinic-load plan --delta {org}", engineer, "", "exit 0"),
        Step("Prove that the source stood", "clinic-load freeze", engineer, "", "nothing moved"),
        Step("Read the org back", f"clinic-load verify latest {org}", engineer, "", "0 different"),
        Step("Assign the permission sets", "", admin, "", "each group has a user (below)"),
        Step("Prove who can see what", f"clinic-load access latest {org}", engineer, "", "exit 0"),
        Step("Walk the UAT checks below", "", admin, "", "each is ticked"),
        Step("Sign off", "clinic-load report latest", "privacy officer", "", "complete"),
    )  # fmt: skip
