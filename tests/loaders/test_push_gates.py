"""The gates before a push: each refuses with exit code 3, and nothing has been sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, REFUSED, USAGE
from tests.conftest import Ran, serving
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS, OWNER


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("gates")
    template = deployed_org(folder / "template", mini_clinic(folder / "first"))
    with loading(template, folder / "org", mini_clinic(folder / "clinic")) as found:
        yield found


def refused(desk: Loading, *arguments: str) -> str:
    done = desk.load("push", *arguments, "--org", ALIAS)
    assert done.code == REFUSED, done.stdout + done.stderr
    error, try_line = done.stderr.strip().splitlines()[-2:]
    assert (error.startswith("Error: "), try_line.startswith("Try: ")) == (True, True)
    assert desk.soql("SELECT Id FROM Account WHERE Clinic_Id__c != null") == []
    assert desk.acts("run_started") == []
    return error


def test_a_plan_that_nobody_approved_is_refused(desk: Loading) -> None:
    plan = desk.plan()
    assert "not approved" in refused(desk, plan.plan)
    desk.approve(plan, scopes=("objects", "fields"))
    assert "values, rules not confirmed" in refused(desk, plan.plan)


def test_a_plan_whose_mart_or_map_changed_is_refused(desk: Loading) -> None:
    plan = desk.plan()
    desk.approve(plan)
    desk.clinic.sql(
        "update main_salesforce.sf_contact set FirstName = 'X' where FirstName = 'Änne'"
    )
    assert "Contact: its rows have changed" in refused(desk, "latest")
    desk.clinic.sql(
        "update main_salesforce.sf_contact set FirstName = 'Änne' where FirstName = 'X'"
    )
    desk.clinic.sql("delete from main_salesforce.sf_event")
    assert "Event: its rows have changed" in refused(desk, "latest")
    desk.clinic.marts["sf_event"]["columns"][3]["salesforce"]["phi"] = True
    desk.clinic.write()
    assert "mapping has changed" in refused(desk, "latest")
    del desk.clinic.marts["sf_event"]["columns"][3]["salesforce"]["phi"]
    desk.clinic.write()


def test_a_plan_with_a_stopping_finding_is_refused(desk: Loading) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_account select * from main_salesforce.sf_account"
    )
    plan = desk.plan()
    assert plan.stops
    desk.approve(plan)
    assert "key_twice" in refused(desk, plan.plan)
    desk.clinic.write()


def test_production_must_be_named_and_rehearsed(desk: Loading, tmp_path: Path) -> None:
    with serving(tmp_path / "org", "--production") as served:
        production = Loading(desk.clinic, served)
        assert production.load("schema", "deploy", "--org", ALIAS).code == REFUSED
        named = ("--production", served.org_id)
        assert production.load("schema", "deploy", "--org", ALIAS, *named).code == DONE
        production.approve(production.plan())
        for arguments in ((), ("--production", "00D000000000001AAA"), named):
            done = production.load("push", "latest", "--org", ALIAS, *arguments)
            assert done.code == REFUSED
        assert "never pushed to a sandbox" in done.stderr
        reason = ("--no-rehearsal", "a test without a sandbox")
        done = production.load("push", "latest", "--org", ALIAS, *named, *reason)
        assert done.code == DONE, done.stderr
        assert production.acts("run_started")[0]["reason"] == "a test without a sandbox"
        again = _push_to_the_other_org(desk)
        assert again.code == REFUSED
        assert "made for another org" in again.stderr


def _push_to_the_other_org(desk: Loading) -> Ran:
    return desk.load("push", "latest", "--org", ALIAS)


def test_a_plan_or_run_that_is_not_there_is_a_wrong_use(desk: Loading) -> None:
    assert desk.load("push", "nonsense", "--org", ALIAS).code == USAGE
    assert desk.load("status", "nonsense").code == USAGE
    assert desk.load("push", "--default-owner", OWNER).code == USAGE
