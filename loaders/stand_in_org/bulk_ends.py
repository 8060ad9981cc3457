"""How jobs end without being worked off: a client aborts them, or their time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from loaders.stand_in_org.bulk_jobs import TERMINAL, Job
from loaders.stand_in_org.bulk_results import write_unread
from loaders.stand_in_org.site import Site

# Contract 2.5: a job may stay open for a day, and is kept for a week after its end.
_OPEN_FOR = timedelta(hours=24)
_KEPT_FOR = timedelta(days=7)


def abort(site: Site, job: Job) -> Job:
    """
    Put a job into its aborted state.

    A running one still finishes its current batch; of any other nothing was processed.
    """
    if job.kind == "ingest" and job.state != "InProgress":
        path = site.jobs.folder(job.id) / "upload.csv"
        write_unread(path.parent, job, path.read_bytes() if job.uploaded else b"")

    def aborted(held: Job) -> Job:
        if held.state in TERMINAL:
            # It came to its end while the request was looked at: that end stands.
            return held
        now, running = site.clock(), held.state == "InProgress"
        return replace(held, state="Aborted", settled=not running, modified=now)

    return site.jobs.change(job.id, aborted)


def _is_over(job: Job, now: datetime) -> bool:
    return job.is_terminal and now - job.modified >= _KEPT_FOR


def aged(site: Site, job: Job) -> Job | None:
    """Give the job as time left it: open for too long it is aborted, ended long ago it is gone."""
    now = site.clock()
    if _is_over(job, now):
        site.jobs.remove(job.id)
        return None
    if job.state == "Open" and now - job.created >= _OPEN_FOR:
        return abort(site, job)
    return job
