"""What a plan is asked for, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from loaders.bench import Bench
from loaders.contract import Mapping
from loaders.failed_rows import choose_failed
from loaders.ledger import Ledger
from loaders.lost_keys import load_written
from loaders.org_connection import Org
from loaders.paths import DataFolder
from loaders.plan_scope import DELTA, FAILED, SAMPLE, WHOLE
from loaders.pushed import load_pushed
from loaders.sample import Sample, choose_sample


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is made from, and the choices that come with it."""

    data: DataFolder
    manifest: Path
    default_owner: str | None
    clock: Callable[[], datetime]
    # What a person decided in the file of an earlier plan.
    matches: Path | None = None
    sample: Sample | None = None
    # Only what differs from what was pushed last.
    delta: bool = False
    # What a person decided about what the source has no longer, in the file of an earlier plan.
    deletions: Path | None = None
    # Only what failed in this run.
    only_failed: str | None = None
    # Whether patient data is replaced; None: wherever the org is a sandbox.
    masked: bool | None = None

    @property
    def scope(self) -> str:
        """Say which rows are wanted."""
        if self.sample:
            return SAMPLE
        if self.only_failed:
            return FAILED
        return DELTA if self.delta else WHOLE

    @property
    def scope_of(self) -> str:
        """Say of what these rows are."""
        return str(self.sample) if self.sample else self.only_failed or ""


def choose_rows(bench: Bench, mapping: Mapping, request: PlanRequest, org: Org) -> None:
    """
    Put on the bench what the ledger knows of this org, and which rows the plan is made of.

    Raises:
        PlanNotFound, RunNotFound: what was pushed before cannot be told any more.
        WrongUsage: there is nothing to plan.

    """
    ledger = Ledger.open(request.data.ledger)
    plans = request.data.plans
    try:
        load_written(bench, ledger, org_id=org.org_id)
        if request.sample:
            choose_sample(bench, mapping, request.data, request.sample)
        elif request.only_failed:
            choose_failed(bench, mapping, ledger, plans, run=request.only_failed)
        elif request.delta:
            load_pushed(bench, ledger, plans, org_id=org.org_id)
    finally:
        ledger.close()
