"""Bulk jobs and their files, kept on disk so that a restarted org still knows them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import string
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from loaders.stand_in_org.record_ids import long_id

TERMINAL = frozenset({"JobComplete", "Failed", "Aborted"})
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Job:
    """One ingest or query job, as its last state was written down."""

    id: str
    kind: str
    operation: str
    object: str
    user_id: str
    api_version: str
    created: datetime
    modified: datetime
    state: str = "Open"
    external_id: str | None = None
    line_ending: str = "LF"
    delimiter: str = "COMMA"
    assignment_rule: str | None = None
    query: str | None = None
    uploaded: bool = False
    rows: int = 0
    processed: int = 0
    failed: int = 0
    retries: int = 0
    # Whether the query could be cut into chunks of its keys (contract 3).
    pk_chunking: bool = False
    milliseconds: int = 0
    error: str | None = None
    # Whether the result sets are written: an aborted job may still finish its current chunk.
    settled: bool = False

    @property
    def is_terminal(self) -> bool:
        """Tell whether the job is at its end, its results ready to be read."""
        return self.state in TERMINAL and self.settled

    @property
    def is_under_way(self) -> bool:
        """Tell whether there is work left, if only to write what became of an aborted job."""
        working = self.state in ("UploadComplete", "InProgress")
        return working or (self.state == "Aborted" and not self.settled)


def begun(job: Job) -> Job:
    """Put a job into progress; one that was aborted stays so, and has its end written down."""
    return replace(job, state="InProgress") if job.state == "UploadComplete" else job


def new_job_id() -> str:
    """Make an id of the kind that clients check for: 18 characters, starting 750."""
    return long_id("750" + "".join(secrets.choice(_ALPHABET) for _ in range(12)))


class Jobs:
    """All jobs by id; each has a folder for its upload and its results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        folder.mkdir(mode=0o700, exist_ok=True)
        for described in sorted(folder.glob("*/job.json")):
            job = _read(described)
            self._jobs[job.id] = job

    def folder(self, job_id: str) -> Path:
        """Say where the job's files lie."""
        return self._folder / job_id

    def add(self, job: Job) -> None:
        """Take a new job; it is on disk before anyone hears of it."""
        self.folder(job.id).mkdir(mode=0o700)
        _write(self.folder(job.id), job)
        with self._changed:
            self._jobs[job.id] = job

    def get(self, job_id: str) -> Job | None:
        """Find a job by its 15- or 18-character id."""
        with self._changed:
            return self._jobs.get(long_id(job_id))

    def all(self) -> list[Job]:
        """List the jobs, oldest first."""
        with self._changed:
            return sorted(self._jobs.values(), key=lambda job: (job.created, job.id))

    def change(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """Put a job into its next state, on disk first."""
        with self._changed:
            job = change(self._jobs[job_id])
            _write(self.folder(job_id), job)
            self._jobs[job_id] = job
            self._changed.notify_all()
            return job

    def wait(self, job_id: str, *, seconds: float) -> None:
        """Wait a moment for a job to end; small jobs so end before the first poll."""
        with self._changed:
            self._changed.wait_for(
                lambda: job_id not in self._jobs or self._jobs[job_id].is_terminal, seconds
            )

    def remove(self, job_id: str) -> None:
        """Forget a job and delete its files."""
        with self._changed:
            self._jobs.pop(job_id)
            shutil.rmtree(self.folder(job_id))


def _write(folder: Path, job: Job) -> None:
    described = {
        **asdict(job),
        "created": job.created.isoformat(),
        "modified": job.modified.isoformat(),
    }
    draft = folder / "job.json.new"
    with draft.open("w", encoding="utf-8") as sink:
        json.dump(described, sink)
        # Whoever is told of a state may rely on it: a power cut does not take it back.
        sink.flush()
        os.fsync(sink.fileno())
    draft.replace(folder / "job.json")


def _read(path: Path) -> Job:
    described = json.loads(path.read_text(encoding="utf-8"))
    for moment in ("created", "modified"):
        described[moment] = datetime.fromisoformat(described[moment])
    return Job(**described)
