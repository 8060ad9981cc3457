"""Records that a job made and that are gone when it ends, although its results name them."""

from __future__ import annotations

import math

import pyarrow as pa

from loaders.stand_in_org import outcomes
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.site import Site


def lose_rows(site: Site, job: Job, settled: pa.Table) -> None:
    """Lose the share of a job's new records that a fault asks for, in the order of its results."""
    fault = site.faults.loss(job.object)
    if fault is None:
        return
    made = settled.filter(settled["created"])["id"]
    lost = made.slice(0, math.ceil(fault.share * len(made)))
    with outcomes.transaction(site.org) as connection:
        rows = pa.table({"Id": lost})
        site.org.dml(job.object, "delete", rows, user_id=job.user_id, connection=connection)
