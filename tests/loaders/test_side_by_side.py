"""Jobs under way at the same time: as many as allowed, and none that lock the same parent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loaders.errors import DONE, LimitReached
from loaders.estimate_rates import shared_seconds
from loaders.ledger import Ledger
from loaders.load_order import side_by_side
from loaders.status_live import live_status
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.mini_clinic import MiniClinic, mini_clinic
from tests.loaders.planning import clock

# Dear, and left to `make soak` for the time that CI has.
pytestmark = pytest.mark.soak

JOBS = 3
SIDE_BY_SIDE = replace(BULK, part_bytes=1_100, jobs=JOBS)
MARTS = ("sf_account", "sf_contact", "sf_insurance_coverage", "sf_event")
# Each household has three people, each of them three coverages and as many events; one has more
# coverages than a part has room for.
MORE = """
    insert into main_salesforce.sf_account
    select 'demo:household:' || n, 'Patient', null, 'Family ' || md5(n::varchar), 'Patient', null,
        null from range(10, 15) as numbers (n);
    insert into main_salesforce.sf_contact
    select 'demo:patient:' || n, 'demo:household:' || n // 3, md5(n::varchar), 'Ada',
        date '1980-01-01' + n::integer, false, 'Individual' from range(30, 39) as numbers (n);
    insert into main_salesforce.sf_insurance_coverage
    select 'demo:coverage:' || n, 'demo:patient:' || least(n // 3, 38), null, 'M-' || n, null,
        null, n, null from range(90, 150) as numbers (n);
    insert into main_salesforce.sf_event
    select 'demo:appointment:' || n, 'demo:patient:' || n // 3, 'demo:household:' || n // 9,
        'Check-up', timestamp '2030-01-01 08:00:00', timestamp '2030-01-01 09:00:00', 'booked'
    from range(90, 117) as numbers (n);
"""


def clinic(folder: Path, *, coverage_lock: str | None = "Patient__c") -> MiniClinic:
    made = mini_clinic(folder, only=MARTS)
    made.marts["sf_event"]["salesforce"]["lock_parent"] = "WhoId"
    made.marts["sf_insurance_coverage"]["salesforce"]["lock_parent"] = coverage_lock
    made.write().sql(MORE)
    return made


@contextmanager
def family_desk(template: Path, folder: Path, **lock: str | None) -> Iterator[Loading]:
    """Put families beside an org in which jobs hold the parents of their rows."""
    with loading(template, folder / "org", clinic(folder / "clinic", **lock)) as found:
        # No job ends before it was asked for, so that those that may be are under way together.
        found.admin("settings", job_polls=2, locking_lookups=["AccountId", "Patient__c", "WhoId"])
        yield found


@pytest.fixture
def families(template: Path, tmp_path: Path) -> Iterator[Loading]:
    with family_desk(template, tmp_path) as found:
        yield found


def under_way(desk: Loading) -> list[Counter[str]]:
    """Give the objects of the jobs that were under way together, moment by moment."""
    objects = {act["job"]: act["sobject"] for act in desk.acts("job_planned")}
    now: set[int] = set()
    moments = []
    for kind, act in desk.all_acts():
        if kind == "job_closed":
            now.add(act["job"])
            moments.append(Counter(objects[job] for job in now))
        elif kind == "job_settled":
            now.discard(act["job"])
    return moments


def parts(desk: Loading) -> list[tuple[str, int, str]]:
    """Give what was sent, part by part."""
    return [(act["sobject"], act["rows"], act["sha256"]) for act in desk.acts("job_planned")]


def codes(desk: Loading) -> set[str]:
    return {code for _, _, _, code, _ in desk.outcomes("push") if code}


def test_jobs_go_side_by_side_and_none_meets_a_lock_of_another(
    families: Loading, template: Path, tmp_path: Path
) -> None:
    plan = families.plan()
    assert [[each.sobject for each in group] for group in side_by_side(plan.objects)] == [
        ["Account"], ["Contact"], ["Event", "Insurance_Coverage__c"],
    ]  # fmt: skip
    assert families.push(plan, sending=SIDE_BY_SIDE) == DONE
    assert codes(families) == set()
    moments = under_way(families)
    assert max(moment.total() for moment in moments) == JOBS
    assert any(len(moment) > 1 for moment in moments), "no two objects were under way together"
    assert any(moment["Contact"] > 1 for moment in moments), "no two parts of an object were"
    assert families.verify(plan).differences == 0
    with family_desk(template, tmp_path / "alone") as alone:
        assert alone.push(alone.plan(), sending=replace(SIDE_BY_SIDE, jobs=1)) == DONE
        assert {moment.total() for moment in under_way(alone)} == {1}
        # The same parts, the same bytes, the same numbers.
        assert parts(alone) == parts(families)
        assert [row[:3] for row in alone.outcomes("push")] == [
            row[:3] for row in families.outcomes("push")
        ]


@pytest.mark.soak
def test_rows_that_meet_a_lock_which_no_mart_names_are_sent_again(
    template: Path, tmp_path: Path
) -> None:
    with family_desk(template, tmp_path, coverage_lock=None) as desk:
        plan = desk.plan()
        assert desk.push(plan, sending=SIDE_BY_SIDE) == DONE
        assert codes(desk) == {"UNABLE_TO_LOCK_ROW"}
        assert desk.verify(plan).differences == 0


@pytest.mark.soak
def test_a_push_that_is_cut_off_leaves_all_its_jobs_to_be_asked_for(families: Loading) -> None:
    plan = families.plan()
    # Jobs are closed in the order of their rows: this is the first one of the coverages.
    limit = {"do": "refuse", "status": 403, "code": "REQUEST_LIMIT_EXCEEDED", "method": "PATCH",
             "path": "jobs/ingest", "nth": 9}  # fmt: skip
    families.fault(request=limit)
    with pytest.raises(LimitReached):
        families.push(plan, sending=SIDE_BY_SIDE)
    ledger = Ledger.open(families.data.ledger)
    run = ledger.run("latest")
    live = live_status(ledger, run, families.status(plan).objects, now=clock())
    left = ledger.unsettled_jobs(run.run)
    ledger.close()
    assert live is not None
    assert [(job.sobject, job.state) for job in left] == [
        ("Event", "closed"), ("Event", "closed"), ("Insurance_Coverage__c", "uploaded"),
    ]  # fmt: skip
    assert [job.org_job for job in live.jobs] == [job.org_job for job in left]
    assert families.push(plan, sending=SIDE_BY_SIDE) == DONE
    created = Counter(row[:2] for row in families.outcomes("push") if row[2] == "created")
    assert set(created.values()) == {1}
    assert families.verify(plan).differences == 0


def test_jobs_that_run_beside_each_other_share_the_time() -> None:
    began = datetime(2030, 1, 1, tzinfo=UTC)

    def span(start: int, end: int) -> tuple[datetime, datetime]:
        return began + timedelta(seconds=start), began + timedelta(seconds=end)

    assert shared_seconds([span(0, 4), span(2, 6), span(3, 3), span(10, 11)]) == [3, 3, 0, 1]
    assert shared_seconds([]) == []
