"""Files on their way: many in a request, each with its own outcome, none lost and none twice."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from loaders.collections import RECORDS
from loaders.errors import DONE, INCOMPLETE, OrgUnavailable, PushRefused
from loaders.file_bodies import Body
from loaders.file_requests import REQUEST_BYTES, SMALL_BYTES, Upload, in_requests
from loaders.files import in_waves
from loaders.plan_store import bodies_file
from tests.loaders.filing import (
    ALONE,
    FILES,
    TOGETHER,
    Relay,
    Spoil,
    desk_of,
    pushed,
    require_every_file_once,
)
from tests.loaders.planning import parquet


def uploads_seen(relay: Relay) -> list[str]:
    return sorted(each for each in relay.seen if each in (f"POST {TOGETHER}", f"POST {ALONE}"))


def small(count: int, *, size: int = 1) -> list[Upload]:
    return [Upload(str(number), {}, "x", Body(size, "")) for number in range(count)]


def test_a_request_is_full_at_200_files_or_at_its_bytes_and_a_big_file_goes_alone() -> None:
    assert [len(group) for group in in_requests(small(RECORDS + 1))] == [RECORDS, 1]
    heavy = small(REQUEST_BYTES // SMALL_BYTES + 1, size=SMALL_BYTES)
    assert [len(group) for group in in_requests(heavy)] == [REQUEST_BYTES // SMALL_BYTES, 1]
    first, last = small(2)
    big = Upload("big", {}, "x", Body(SMALL_BYTES + 1, "", path=Path("on disk")))
    assert list(in_requests([first, big, last])) == [[big], [first, last]]
    assert list(in_requests([])) == []


def test_not_more_requests_travel_at_a_time_than_may() -> None:
    groups = [[upload] for upload in small(9)]
    assert [len(wave) for wave in in_waves(groups, lanes=4)] == [4, 4, 1]
    assert list(in_waves([], lanes=4)) == []


def test_a_file_that_is_gone_from_its_plan_stops_the_push(template: Path, tmp_path: Path) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        file = bodies_file(desk.folder(plan), plan.object("ContentVersion"))
        with duckdb.connect() as db:
            db.execute(f"create table kept as from '{file}' where _key != 'demo:document:3'")
            db.execute(f"copy kept to '{file}' (format parquet)")
        with pytest.raises(PushRefused, match="1 files are not in the plan"):
            desk.push(plan)
        assert desk.run().state == "running"


def test_small_files_travel_together_and_big_ones_alone(template: Path, tmp_path: Path) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        relay = Relay(desk.org.http)
        assert pushed(desk, plan, relay) == DONE
        assert uploads_seen(relay) == [f"POST {TOGETHER}", f"POST {ALONE}"]
        require_every_file_once(desk)
        assert [(act["channel"], act["rows"]) for act in desk.acts("job_planned")] == [
            ("files", FILES)
        ]
        assert desk.verify(plan).differences == 0


def test_files_whose_connection_was_cut_are_looked_up_and_not_made_twice(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        cut = Relay(desk.org.http, TOGETHER, lambda _: None)
        with pytest.raises(OrgUnavailable):
            pushed(desk, plan, cut)
        (settled,) = desk.acts("job_settled")
        states = [row["state"] for row in parquet(desk.data.ledger / settled["outcomes"])]
        # The big one got through beside the four that nobody gave account of.
        assert sorted(map(str, states)) == ["created", *["unknown"] * (FILES - 1)]
        again = Relay(desk.org.http)
        assert pushed(desk, plan, again) == DONE
        assert uploads_seen(again) == []
        require_every_file_once(desk)


@pytest.mark.parametrize(
    "spoil",
    [lambda content: json.dumps(json.loads(content)[1:]).encode(), lambda _: b"<html>"],
    ids=["an entry is missing", "it is not JSON"],
)
def test_an_answer_that_does_not_fit_its_request_is_not_guessed_at(
    template: Path, tmp_path: Path, spoil: Spoil
) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        with pytest.raises(OrgUnavailable):
            pushed(desk, plan, Relay(desk.org.http, TOGETHER, spoil))
        assert pushed(desk, plan, Relay(desk.org.http)) == DONE
        require_every_file_once(desk)


def test_one_refused_file_leaves_the_others_of_its_request(template: Path, tmp_path: Path) -> None:
    # The org has room for one megabyte: the fourth file no longer fits, nor does what follows.
    with desk_of(template, tmp_path, file_storage_mb=1) as desk:
        desk.clinic.sql(
            "update main_salesforce.sf_content_version set VersionData = repeat('AAAA', 200000)"
            " where Clinic_Id__c in ('demo:document:1', 'demo:document:3')"
        )
        plan = desk.plan()
        relay = Relay(desk.org.http)
        assert pushed(desk, plan, relay) == INCOMPLETE
        assert uploads_seen(relay) == [f"POST {TOGETHER}"]
        reasons = [(each.code, each.rows) for each in desk.status(plan).reasons]
        assert reasons == [("STORAGE_LIMIT_EXCEEDED", 2)]
        held = desk.soql("SELECT Clinic_Id__c FROM ContentVersion ORDER BY Clinic_Id__c")
        assert [row["Clinic_Id__c"] for row in held] == [
            f"demo:document:{number}" for number in (0, 1, 2)
        ]


def test_where_the_org_takes_no_files_together_each_goes_on_its_own(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path, collection_files_mb=0) as desk:
        plan = desk.plan()
        relay = Relay(desk.org.http)
        assert pushed(desk, plan, relay) == DONE
        assert uploads_seen(relay) == [f"POST {TOGETHER}", *[f"POST {ALONE}"] * FILES]
        require_every_file_once(desk)
