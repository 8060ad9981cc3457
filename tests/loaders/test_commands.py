"""The commands of a load as a person types them, run in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loaders import cli
from loaders.errors import (
    DONE,
    INCOMPLETE,
    REFUSED,
    USAGE,
    CanaryDiffers,
    SchemaDiffers,
    WrongUsage,
)
from loaders.session import BULK_FROM, Sending, sending_of
from tests.conftest import serving
from tests.loaders.loading import Loading
from tests.loaders.planning import ALIAS

OTHER = "OTHER"
Said = pytest.CaptureFixture[str]


@pytest.fixture
def at_desk(desk: Loading, monkeypatch: pytest.MonkeyPatch) -> Loading:
    """Point the environment of this process at the desk's clinic and org."""
    for name, value in {**desk.clinic.environ, **desk.org.environment(ALIAS)}.items():
        monkeypatch.setenv(name, value)
    return desk


def run(*arguments: str, org: str = ALIAS) -> int:
    return cli.run([*arguments, "--org", org])


def spoken(capsys: Said) -> Any:
    return json.loads(capsys.readouterr().out)


def grant_hard_delete(desk: Loading) -> None:
    """Grant what no profile grants: Bulk API Hard Delete."""
    granted = desk.create(
        "PermissionSet", Name="Hard_Delete", Label="Hard", PermissionsBulkApiHardDelete=True
    )
    (admin,) = desk.soql("SELECT Id FROM User WHERE Username = 'admin@stand-in.invalid'")
    desk.create("PermissionSetAssignment", PermissionSetId=granted, AssigneeId=admin["Id"])


def test_a_run_is_reported_verified_and_deleted_for_good(
    at_desk: Loading, capsys: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at_desk
    plan = desk.plan()
    assert desk.push(plan) == DONE
    pushed = desk.run().run
    # Not complete before the org was read back.
    assert cli.run(["report", "latest", "--json"]) == INCOMPLETE
    assert spoken(capsys)["run"] == pushed
    assert run("verify", "latest", "--json") == DONE
    verdict = spoken(capsys)
    assert (verdict["run"], verdict["differences"]) == (pushed, 0)
    assert cli.run(["report", "latest", "--json"]) == DONE
    assert spoken(capsys)["headline"].endswith("the org is as planned")

    # Another org, which the run knows nothing of.
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"organization_name": "Other Clinic"}), encoding="utf-8")
    with serving(tmp_path / "other", "--sandbox", "--settings", str(settings)) as other:
        for name, value in other.environment(OTHER).items():
            monkeypatch.setenv(name, value)
        for command in ("resume", "verify", "rollback"):
            assert run(command, pushed, org=OTHER) == USAGE
            assert f"Try: add --org {ALIAS}" in capsys.readouterr().err

    assert run("rollback", "latest", "--plan") == DONE
    assert "each record that would be held" not in capsys.readouterr().err
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Member_ID__c="corrected")
    assert run("rollback", "latest", "--plan", "--force", "ContentVersion") == DONE
    assert "each record that would be held" in capsys.readouterr().err

    grant_hard_delete(desk)
    assert run("rollback", "latest", "--hard", "--force", "Insurance_Coverage__c") == DONE
    assert "recycle bin" not in capsys.readouterr().out
    assert desk.soql("SELECT Id FROM Contact", everything=True) == []
    undone = desk.run(kind="rollback").run
    assert run("rollback", undone) == REFUSED
    assert "is itself a rollback" in capsys.readouterr().err


def test_resume_lets_an_object_arrive_as_the_org_changes_it(at_desk: Loading, capsys: Said) -> None:
    desk = at_desk
    plan = desk.plan()
    flow = {"object": "Contact", "on": "create", "fields": {"FirstName": "Changed"}}
    desk.admin("settings", automations=[flow])
    with pytest.raises(CanaryDiffers):
        desk.push(plan, sending=Sending(first_pause=0.0))
    assert run("resume", "latest", "--as-it-arrives", "Nonsense") == USAGE
    assert run("resume", "latest", "--as-it-arrives", "Contact") == DONE
    assert desk.acts("run_asked")[-1]["as_it_arrives"] == ["Contact"]
    assert len(desk.soql("SELECT Id FROM Contact WHERE FirstName = 'Changed'")) == 3
    capsys.readouterr()
    assert run("verify", "latest", "--json") == INCOMPLETE
    assert spoken(capsys)["differences"] == 3


def test_an_object_that_went_missing_is_said_so(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    with desk.open() as opened, pytest.raises(SchemaDiffers, match="there is no object Gone__c"):
        opened.session(desk.run()).describe("Gone__c")


def test_the_number_of_rows_that_makes_a_job_is_a_number() -> None:
    assert sending_of({}).bulk_from == BULK_FROM
    assert sending_of({"CLINIC_BULK_FROM": "7"}).bulk_from == 7
    with pytest.raises(WrongUsage, match="'many'"):
        sending_of({"CLINIC_BULK_FROM": "many"})
