"""What is lost on the way: the exit code, the offer, and the rollback that was approved before."""

from __future__ import annotations

from typing import Any

import pytest

from loaders.approve import Confirmation, approve
from loaders.cli_rollback import take_back
from loaders.cli_run import weigh
from loaders.deviation import auto_rollback_allowed
from loaders.errors import DONE, INCOMPLETE
from loaders.ledger import Ledger
from loaders.map_changes import read_parts
from loaders.plan_store import Plan, map_file
from loaders.push import Push, push
from loaders.runs import push_run
from loaders.status import run_status
from tests.loaders.loading import BULK, Loading
from tests.loaders.planning import ALIAS, clock

NONE: frozenset[str] = frozenset()
# One of the two coverages.
LOSS: dict[str, Any] = {"share": 0.5, "object": "Insurance_Coverage__c"}


def approved(desk: Loading, *, auto_rollback: bool) -> Plan:
    plan = desk.plan()
    ledger = Ledger.open(desk.data.ledger)
    said = Confirmation("Ada Example", auto_rollback=auto_rollback, allow_duplicates=True)
    parts = read_parts(map_file(desk.folder(plan)))
    approve(ledger, plan, said, parts=parts, clock=clock)
    assert auto_rollback_allowed(ledger, plan.map_hash) == auto_rollback
    ledger.close()
    return plan


def lossy_push(desk: Loading, plan: Plan) -> str:
    """Push while the org loses one of the two coverages that it took; give what was narrated."""
    desk.fault(lose_rows=LOSS)
    # Without a canary, so that the two go as one job.
    done = desk.load("push", plan.plan, "--org", ALIAS, "--as-it-arrives", LOSS["object"])
    assert done.code == INCOMPLETE, done.stderr
    assert "50.0 % of Insurance_Coverage__c did not arrive" in done.stderr
    assert desk.acts("deviated")[-1]["run"] == desk.run().run
    return done.stderr


@pytest.mark.soak
def test_a_loss_offers_the_rollback_and_is_taken_back_where_that_was_approved(
    desk: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_BULK_FROM", "2")
    plan, before = approved(desk, auto_rollback=False), desk.objects()
    said = lossy_push(desk, plan)
    offer = f"rollback {desk.run().run} --org {ALIAS} --plan"
    assert f"Try: clinic-load {offer}" in said
    assert len(desk.soql("SELECT Id FROM Contact WHERE Clinic_Id__c != null")) == 3
    for command in (offer, offer.removesuffix(" --plan")):
        taken = desk.load(*command.split())
        assert taken.code == DONE, taken.stderr
    assert desk.objects() == before
    said = lossy_push(desk, approved(desk, auto_rollback=True))
    assert "the push is taken back" in said
    assert (desk.objects(), desk.run().state) == (before, "rolled_back")


@pytest.mark.soak
def test_a_push_that_a_user_has_worked_on_is_not_taken_back_by_itself(desk: Loading) -> None:
    plan = approved(desk, auto_rollback=True)
    assert desk.push(plan) == DONE
    desk.change("Account", "demo:household:1", Phone="555 0199")
    before = desk.objects()
    with desk.open() as opened:
        assert take_back(opened, opened.ledger.run("latest", kind="push")) is False
    assert (desk.objects(), desk.run().state) == (before, "finished")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("percent", "said"),
    [("90", []), ("2", ["taken back, as was approved", "somebody has worked on", "Try: clinic"])],
)
def test_too_much_lost_of_a_push_that_somebody_works_on_is_left_to_a_person(
    desk: Loading,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    percent: str,
    said: list[str],
) -> None:
    desk.fault(lose_rows=LOSS)
    monkeypatch.setenv("CLINIC_DEVIATION_PERCENT", percent)
    plan = approved(desk, auto_rollback=True)
    with desk.open() as opened:
        run = push_run(opened.ledger, plan, org=opened.org, reason=None)
        work = Push(opened.session(run, sending=BULK), plan, desk.folder(plan), True, NONE, NONE)
        assert push(work).code == INCOMPLETE
        desk.change("Account", "demo:household:1", Phone="555 0199")
        before = desk.objects()
        capsys.readouterr()
        weigh(opened, work, run_status(opened.ledger, run, plan, desk.folder(plan)))
    told = capsys.readouterr().err
    assert [each for each in said if each not in told] == []
    assert said or "did not arrive" not in told
    assert (desk.objects(), desk.run().state) == (before, "finished")


@pytest.mark.soak
def test_a_push_of_which_everything_arrived_offers_nothing(desk: Loading) -> None:
    plan = approved(desk, auto_rollback=True)
    done = desk.load("push", plan.plan, "--org", ALIAS)
    assert (done.code, "did not arrive" in done.stderr, desk.acts("deviated")) == (DONE, False, [])
