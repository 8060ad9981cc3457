"""Acts whose time comes while the org is busy with something else; their outcome is kept."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.stand_in_org.acts import perform
from loaders.stand_in_org.acts_vocabulary import read_act
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.site import Site


def perform_later(site: Site, described: Mapping[str, object]) -> None:
    """Do what was asked for earlier; nobody waits for the answer, so it is noted."""
    outcome: dict[str, object] = {"act": dict(described)}
    try:
        outcome["ids"] = perform(site.org, read_act(described))
    except ApiError as refused:
        outcome["refused"] = refused.body()
    site.acts.append(outcome)


def act_with_job(site: Site, job: Job, moment: str) -> None:
    """Do what waits for this moment of an ingest job."""
    for described in site.faults.job_acts(job.object, moment):
        perform_later(site, described)
