"""What stands on the ledger: approvals, runs, jobs and images, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# A row that the org refused for a while, and one it gave no account of.
RETRY = "retry"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who confirmed which parts of which map."""

    plan: str
    map_hash: str
    # Scope -> hash of that part of the map.
    parts: Mapping[str, str]
    approved_by: str
    auto_rollback: bool
    # Rows that a duplicate rule only warns about may be saved.
    allow_duplicates: bool
    at: str
    # Object -> creates, updates, deletions of the plan: later deltas are held against them.
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Name the parts that were confirmed."""
        return tuple(self.parts)


@dataclass(frozen=True, slots=True)
class Run:
    """One push of a plan, or one rollback of a push."""

    run: str
    kind: str
    plan: str
    of_run: str | None
    alias: str
    org_id: str
    is_sandbox: bool
    map_hash: str
    data_hash: str
    state: str
    exit_code: int | None
    started_at: str
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a run when it begins."""

    kind: str
    plan: str
    of_run: str | None
    alias: str
    org_id: str
    is_sandbox: bool
    map_hash: str
    data_hash: str
    reason: str | None = None
    # Of a rollback of a part: the file that names its records.
    part: str | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is about to be sent."""

    run: str
    sobject: str
    operation: str
    # 1 creates and updates, 2 fills self references.
    pass_number: int
    # bulk | collections | files | local (nothing is sent)
    channel: str
    rows: int
    sha256: str
    # The part's CSV, where there is one.
    part: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job and how far it got."""

    job: int
    run: str
    sobject: str
    operation: str
    pass_number: int
    channel: str
    rows: int
    part: str
    org_job: str | None
    state: str
    outcomes: str | None


@dataclass(frozen=True, slots=True)
class Image:
    """Values as they were before a change, or hashes as they were after the last pass."""

    run: str
    sobject: str
    kind: str
    file: str
    fields: Mapping[str, Any]
