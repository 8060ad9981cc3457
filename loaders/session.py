"""What a push or a rollback works with: the org, the ledger, the bench, and where to tell of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from loaders.bench import Bench
from loaders.describe import ObjectDescribe, describe
from loaders.errors import SchemaDiffers, WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import NewJob, Run
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.paths import make_private_folder
from loaders.progress import Progress

# Below this many rows, one request of 200 after another is quicker than a job (contract 2.5).
BULK_FROM = 2_000
PART_BYTES = 90_000_000
ATTEMPTS = 5
# Jobs and requests with files that are under way at a time: an org has many hands.
JOBS = 4
# One of so many goes first and is looked at (docs/adr/0015).
CANARY_FROM = 2


@dataclass(frozen=True, slots=True)
class Sending:
    """How much goes at once, and how often we try."""

    bulk_from: int = BULK_FROM
    part_bytes: int = PART_BYTES
    attempts: int = ATTEMPTS
    # Longer than between two polls: a lock lasts as long as somebody else's job.
    first_pause: float = 2.0
    canary_from: int = CANARY_FROM
    jobs: int = JOBS


def sending_of(environ: Mapping[str, str]) -> Sending:
    """
    Read how much goes at once: `CLINIC_BULK_FROM` is the number of rows from which a job is used.

    Raises:
        WrongUsage: the setting is no number.

    """
    stated = environ.get("CLINIC_BULK_FROM") or str(BULK_FROM)
    if not stated.isdecimal():
        raise WrongUsage(
            f"CLINIC_BULK_FROM is {stated!r}, and should be a number of rows",
            hint=f"unset CLINIC_BULK_FROM, which means {BULK_FROM}",
        )
    return Sending(bulk_from=int(stated))


@dataclass(frozen=True, slots=True)
class Session:
    """One run at work."""

    org: Org = field(repr=False)
    line: OrgLine = field(repr=False)
    bench: Bench = field(repr=False)
    ledger: Ledger = field(repr=False)
    run: Run
    outbox: Path
    sending: Sending
    progress: Progress = field(repr=False)
    described: dict[str, ObjectDescribe] = field(default_factory=dict, repr=False)

    def describe(self, sobject: str) -> ObjectDescribe:
        """
        Describe an object, once per run.

        Raises:
            SchemaDiffers: the org has no such object.

        """
        if sobject not in self.described:
            found = describe(self.org, sobject)
            if found is None:
                raise SchemaDiffers(
                    [f"there is no object {sobject}"],
                    hint=f"clinic-load schema deploy --org {self.org.alias}",
                )
            self.described[sobject] = found
        return self.described[sobject]

    def run_outbox(self) -> Path:
        """Give the folder of what this run has on its way; a resumed run finds it again."""
        return make_private_folder(self.outbox / self.run.run)

    def clear_outbox(self) -> None:
        """Delete what an interruption left of this run's parts: they hold patient data."""
        shutil.rmtree(self.run_outbox(), ignore_errors=True)

    def record_locally(
        self, sobject: str, outcomes: pa.Table, *, pass_number: int = 1
    ) -> list[int]:
        """Put outcomes on the ledger that did not come from the org; give the job's number."""
        if outcomes.num_rows == 0:
            return []
        job = self.ledger.plan_job(
            NewJob(
                run=self.run.run,
                sobject=sobject,
                operation="none",
                pass_number=pass_number,
                channel="local",
                rows=outcomes.num_rows,
                sha256="",
            )
        )
        self.ledger.settle_job(job, outcomes)
        return [job]
