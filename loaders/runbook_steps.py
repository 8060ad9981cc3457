"""The steps of a go-live in their order: what to type, who does it, how long, go or no-go."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.runbook import Runbook
from loaders.runbook_times import (
    DELTA_PLAN,
    DELTA_PUSH,
    DEPLOY,
    PLAN,
    PUSH,
    READ,
    VERIFY,
)
from loaders.tables import clock

ENGINEER, ADMIN = "analytics engineer", "Salesforce admin"
CLINIC, PRIVACY = "clinic's IT", "privacy officer"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a go-live."""

    what: str
    owner: str
    go_if: str
    no_go: str
    commands: tuple[str, ...] = ()
    # As h:mm:ss; empty where nobody timed it.
    took: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps that belong together, and when they are taken."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """The org of the go-live, as its commands name it."""

    org: str
    # The same for a command that writes: production is typed out.
    writing: str


def target_of(told: Runbook) -> Target:
    """Name the org: a rehearsal is the model of what is done in production, not known yet."""
    alias, org_id = ("PRODUCTION", "ORG_ID") if told.is_sandbox else (told.alias, told.org_id)
    return Target(f"--org {alias}", f"--org {alias} --production {org_id}")


def phases(told: Runbook) -> tuple[Phase, ...]:
    """Lay out a go-live as a rehearsal walks it."""
    at = target_of(told)
    took = {name: clock(seconds) for name, seconds in told.seconds.items()}
    return (
        Phase("Before the day, while the old system is in use", _load(told, at, took)),
        Phase("On the day: the old system stops, its last changes follow", _delta(told, at, took)),
        Phase("Open Salesforce", _open(at)),
    )


def _load(told: Runbook, at: Target, took: dict[str, str]) -> tuple[Step, ...]:
    return (
        Step("Read each system", ENGINEER, "each ends with 0",
             "the same command again: it goes on where it stopped",
             _reads(told), took.get(READ, "")),
        Step("Build the marts", ENGINEER, "no test failed", "mend the model or the source, again",
             ("dbt build",)),
        Step("Confirm what the org has to allow", ADMIN, "the settings are those of the rehearsal",
             "nothing is deployed",
             (f"clinic-load approve {told.plan} --by NAME --settings",)),
        Step("Deploy the schema", ENGINEER, "it ends with 0",
             "mend what it names; `clinic-load schema drop` takes back what it made",
             (f"clinic-load schema deploy {at.writing}",), took.get(DEPLOY, "")),
        Step("Look whether anything differs", ENGINEER, "it ends with 0", "deploy again",
             (f"clinic-load schema diff {at.org}",)),
        Step("Set what is shared (see below)", ADMIN, "org-wide defaults are Private",
             "nobody pushes"),
        Step("Plan", ENGINEER, "no finding stops it, and the counts are those of the clinic",
             "each finding says `Try:`; then from *Build the marts* on",
             (f"clinic-load plan {at.org}{_owner(told)}",), took.get(PLAN, "")),
        Step("Approve the load", ADMIN, "the map is the one that the rehearsal proved",
             "nobody pushes", ("clinic-load approve latest --by NAME",)),
        Step("Push", ENGINEER, "it ends with 0",
             f"6: `clinic-load resume latest {at.writing}`; 4: `clinic-load status latest`, then"
             " mend and push, or take it back",
             (f"clinic-load push latest {at.writing}",), took.get(PUSH, "")),
        Step("Read the org back", ENGINEER, "0 differences", "take it back, or mend and push",
             (f"clinic-load verify latest {at.org}",), took.get(VERIFY, "")),
    )  # fmt: skip


def _delta(told: Runbook, at: Target, took: dict[str, str]) -> tuple[Step, ...]:
    plan = f"clinic-load plan --delta {at.org}{_owner(told)}"
    return (
        Step("Close the old system for writing", CLINIC, "nobody can save a record",
             "the day is put off"),
        Step("Read each system's whole source", ENGINEER, "each ends with 0", "again",
             _reads(told, " --full"), took.get(READ, "")),
        Step("Build the marts", ENGINEER, "no test failed", "mend it, again", ("dbt build",)),
        Step("Plan the delta", ENGINEER, "no finding stops it", "each finding says `Try:`",
             (plan,), took.get(DELTA_PLAN, "")),
        Step("Decide on what the source has no longer, where the plan names a file", PRIVACY,
             "each line of `deletions.csv` says delete, keep or mark",
             "what is not decided is held, and the next push ends with 4",
             (f"{plan} --deletions FILE",), took.get(DELTA_PLAN, "")),
        Step("Approve the deletions, where something is deleted or marked", PRIVACY,
             "what goes is what was decided", "nobody pushes",
             ("clinic-load approve latest --by NAME --deletions",)),
        Step("Push the delta", ENGINEER, "it ends with 0", "as for the first push",
             (f"clinic-load push latest {at.writing}",), took.get(DELTA_PUSH, "")),
        Step("Read each system's whole source once more", ENGINEER, "each ends with 0", "again",
             _reads(told, " --full"), took.get(READ, "")),
        Step("Prove that the source stood still", ENGINEER,
             "0 records moved, and the push left nothing behind",
             "close the old system for good, then from *Build the marts* of this day on",
             (f"clinic-load freeze {at.org}",)),
        Step("Read the org back", ENGINEER, "0 differences", "take it back, or mend and push",
             (f"clinic-load verify latest {at.org}",), took.get(VERIFY, "")),
    )  # fmt: skip


def _open(at: Target) -> tuple[Step, ...]:
    return (
        Step("Assign the permission sets (see below)", ADMIN, "each group has a user",
             "nobody logs in"),
        Step("Prove who can see what", ENGINEER, "it ends with 0", "see the table below",
             (f"clinic-load access latest {at.org}",)),
        Step("Walk the UAT checks below", ADMIN, "each is ticked", "take it back"),
        Step("Sign off", PRIVACY, "the report says that all arrived",
             "the answer is no-go", ("clinic-load report latest",)),
    )  # fmt: skip


def no_go(told: Runbook) -> tuple[str, ...]:
    """Give the commands that take a push back: looked at first, then done."""
    back = f"clinic-load rollback RUN {target_of(told).writing}"
    return (f"{back} --plan", back)


def _reads(told: Runbook, full: str = "") -> tuple[str, ...]:
    """Name each system as it was read; a rehearsal of a warehouse alone knows none."""
    return tuple(
        f"clinic-extract run {source} --system {system}{full}"
        for source, system in told.systems or (("SOURCE", "SYSTEM"),)
    )


def _owner(told: Runbook) -> str:
    return " --default-owner USERNAME" if told.has_default_owner else ""
