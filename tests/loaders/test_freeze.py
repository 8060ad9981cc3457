"""A freeze holds the source against a push that brought all of it over, or proves nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from loaders.bench import open_bench
from loaders.errors import DONE, INCOMPLETE, REFUSED, UNAVAILABLE, USAGE, RunNotFound
from loaders.freeze import compare_source, run_to_hold_against
from loaders.landed_source import STALE_BUILD, source_file
from loaders.ledger import Ledger
from loaders.ledger_acts import NewRun
from loaders.plan_scope import DELTA, FAILED, SAMPLE, WHOLE
from tests.loaders.landed import build, land, read_source
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS

MEMBER = "update main_salesforce.sf_insurance_coverage set Member_ID__c = {} where Rank__c = 2"
CHANGED = "update raw_fhir.patient set doc_sha256 = 'other' where id = 'p2'"
PUSHED = NewRun("push", "plan", None, "PROD", "00D1", False, "map", "data")


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """A clinic that is in the org but for a row that the org refused."""
    folder = tmp_path_factory.mktemp("freeze")
    clinic = mini_clinic(folder / "clinic")
    land(clinic)
    clinic.sql(MEMBER.format("repeat('9', 41)"))
    build(clinic)
    with loading(template, folder / "org", clinic) as found:
        plan = found.plan()
        found.approve(plan)
        assert found.push(plan) == INCOMPLETE
        yield found


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger")
    yield opened
    opened.close()


def pushed(ledger: Ledger, scope: str, *, state: str = "finished", new: NewRun = PUSHED) -> str:
    run = ledger.start_run(new).run
    ledger.chain.record("run_scoped", {"run": run, "scope": scope, "of": "", "masked": False})
    if state != "running":
        ledger.finish_run(run, state=state, exit_code=DONE)
    return run


def test_the_last_push_of_all_rows_or_a_delta_that_ended_and_stands_is_taken(
    ledger: Ledger,
) -> None:
    pushed(ledger, WHOLE)
    delta = pushed(ledger, DELTA)
    for scope, state in (
        (FAILED, "finished"), (SAMPLE, "finished"), (DELTA, "running"), (DELTA, "rolled_back"),
        (WHOLE, "partly_rolled_back"),
    ):  # fmt: skip
        other = pushed(ledger, scope, state=state)
        assert run_to_hold_against(ledger, "latest", alias="PROD").run == delta
        with pytest.raises(RunNotFound, match=other):
            run_to_hold_against(ledger, other, alias=None)
    elsewhere = pushed(ledger, WHOLE, new=replace(PUSHED, alias="UAT", org_id="00D2"))
    assert run_to_hold_against(ledger, "latest", alias="PROD").run == delta
    assert run_to_hold_against(ledger, elsewhere, alias=None).run == elsewhere


def test_a_delta_does_not_stand_when_the_load_under_it_was_taken_back(ledger: Ledger) -> None:
    whole, delta = pushed(ledger, WHOLE), pushed(ledger, DELTA)
    assert run_to_hold_against(ledger, "latest", alias="PROD").run == delta
    ledger.start_run(replace(PUSHED, kind="rollback", of_run=whole))
    ledger.mark_run(whole, state="rolled_back")
    with pytest.raises(RunNotFound):
        run_to_hold_against(ledger, "latest", alias="PROD")
    again = pushed(ledger, WHOLE)
    assert run_to_hold_against(ledger, "latest", alias="PROD").run == again


def test_a_push_that_left_rows_behind_proves_nothing_nor_does_the_wave_after_it(
    desk: Loading,
) -> None:
    assert desk.load("freeze").code == USAGE
    unread = desk.load("freeze", "--org", ALIAS)
    assert unread.code == UNAVAILABLE
    assert "not read as a whole since the plan: demo" in unread.stderr
    whole = desk.run().run
    desk.clinic.sql(MEMBER.format("'9'"))
    assert desk.push(desk.plan(only_failed=whole)) == DONE
    for half in ({"full": False}, {"ended": False}):
        read_source(desk, **half)
        assert desk.load("freeze", "--org", ALIAS).code == UNAVAILABLE
    read_source(desk)
    left = desk.load("freeze", "--org", ALIAS, "--json")
    assert (left.code, left.json()["run"], left.json()["moved"]) == (INCOMPLETE, whole, 0)
    assert "did not bring over everything" in left.stderr
    assert desk.load("freeze", desk.run().run).code == USAGE


def test_a_plan_of_a_stale_build_is_stopped_and_after_the_build_the_source_is_proved(
    desk: Loading,
) -> None:
    for statement in (
        CHANGED,
        "insert into raw_fhir.patient values ('demo', 'p7', '2026-02-01', '{}', 'new')",
    ):
        land(desk.clinic, statement)
        stopped = desk.load("plan", "--delta", "--org", ALIAS, "--no-mask")
        assert stopped.code == REFUSED, stopped.stderr
        assert f"stop this plan: {STALE_BUILD}" in stopped.stderr
        build(desk.clinic, why_not_whole="it built 1 of 2 models")
        partly = desk.load("plan", "--delta", "--org", ALIAS, "--no-mask", "--json")
        assert partly.code == REFUSED, partly.stderr
        assert "is not whole: it built 1 of 2 models" in partly.stdout
        build(desk.clinic)
    plan = desk.plan(delta=True)
    assert STALE_BUILD not in {finding.code for finding in plan.findings}
    assert desk.push(plan) == DONE
    read_source(desk)
    still = desk.load("freeze", "--org", ALIAS, "--json")
    assert (still.code, still.json()["moved"]) == (DONE, 0), still.stderr
    assert still.json()["run"] == desk.run().run


def test_what_moved_after_the_delta_is_listed(desk: Loading) -> None:
    land(desk.clinic, "delete from raw_fhir.patient where id = 'p1'")
    land(desk.clinic, "update raw_fhir.patient set doc_sha256 = 'again' where id = 'p2'")
    land(
        desk.clinic,
        "insert into raw_fhir.patient values ('demo', 'p9', '2026-02-03', '{}', 'new')",
    )
    moved = desk.load("freeze", "--org", ALIAS, "--json")
    said = moved.json()
    assert (moved.code, said["moved"]) == (INCOMPLETE, 3)
    (patients,) = said["types"]
    assert [patients[name] for name in ("then", "now", "new", "changed", "gone")] == [6, 6, 1, 1, 1]
    assert patients["last_modified"].startswith("2026-02-03")
    listed = list(csv.DictReader(Path(said["file"]).read_text("utf-8").splitlines()))
    assert {(one["id"], one["how"]) for one in listed} == {
        ("p1", "gone"), ("p2", "changed"), ("p9", "new"),
    }  # fmt: skip
    acts = [(act["moved"], act["complete"]) for act in desk.acts("source_compared")]
    assert acts == [(0, False), (0, True), (3, True)]


def test_what_moved_is_named_by_masks_beside_masked_reports(desk: Loading, tmp_path: Path) -> None:
    then, listed = source_file(desk.folder(desk.plan_pushed())), {}
    for masked in (False, True):
        with open_bench(desk.data) as bench:
            file = tmp_path / f"{masked}.csv"
            compare_source(bench, desk.data, then, moved=file, masked=masked)
        rows = csv.DictReader(file.read_text("utf-8").splitlines())
        listed[masked] = {row["how"]: row["id"] for row in rows}
    assert listed[True].keys() == listed[False].keys()
    for how, mask in listed[True].items():
        assert re.fullmatch("[0-9a-f]{24}", mask), how
        assert mask != listed[False][how]
