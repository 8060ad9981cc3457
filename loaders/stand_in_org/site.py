"""What one running org consists of: the engine and everything the HTTP front remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from loaders.stand_in_org.bulk_jobs import Jobs
from loaders.stand_in_org.faults import Faults
from loaders.stand_in_org.metadata_jobs import Deploys
from loaders.stand_in_org.metadata_retrieve import Retrieves
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.pace import Pace
from loaders.stand_in_org.query_cursors import Cursors
from loaders.stand_in_org.request_log import RequestLog
from loaders.stand_in_org.sessions import Sessions
from loaders.stand_in_org.usage import Usage
from loaders.stand_in_org.worker import Worker


@dataclass(frozen=True, slots=True)
class Site:
    """The running org, as handlers see it."""

    org: Org
    sessions: Sessions
    jobs: Jobs
    deploys: Deploys
    retrieves: Retrieves
    cursors: Cursors
    usage: Usage
    faults: Faults
    requests: RequestLog
    worker: Worker
    pace: Pace
    clock: Callable[[], datetime]
    # What became of the acts that waited for their moment.
    acts: list[dict[str, object]] = field(default_factory=list)
