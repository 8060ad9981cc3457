"""Account teams: asked for where the org has none, filled after accounts and users, taken back."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from loaders.deploys import deploy_package
from loaders.errors import DONE, REFUSED
from loaders.org_line import OrgLine
from loaders.schema_package import package_of
from loaders.schema_xml import render
from tests.conftest import serving
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MARTS, MiniClinic
from tests.loaders.optional_marts import TEAMS, USERS
from tests.loaders.planning import ALIAS, Desk

# An org of its own, for the time that CI has.
pytestmark = pytest.mark.soak

MEMBERS = "SELECT Account.Clinic_Id__c, User.Clinic_Id__c FROM AccountTeamMember"


def clinic_of_teams(folder: Path) -> MiniClinic:
    marts = {"sf_account": MARTS["sf_account"], "sf_user": USERS, "sf_account_team_member": TEAMS}
    return MiniClinic(folder, deepcopy(marts)).write()


def switch_on(desk: Desk, kind: str, switch: str) -> None:
    """Do what the administrator does in Setup."""
    org = desk.connected()
    settings = render(f"{kind}Settings", [(switch, "true")])
    package = package_of({f"settings/{kind}.settings": settings}, {"Settings": [kind]})
    deploy_package(OrgLine(org.http, org.api_version), package, name="switch", check_only=False)
    org.close()


def members(desk: Loading) -> list[tuple[str, str]]:
    found = desk.soql(MEMBERS)
    return sorted((each["Account"]["Clinic_Id__c"], each["User"]["Clinic_Id__c"]) for each in found)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An org without account teams refuses, and says where to go; then they are switched on."""
    folder = tmp_path_factory.mktemp("template")
    with serving(folder / "org", "--sandbox") as served:
        desk = Desk(clinic_of_teams(folder / "clinic"), served)
        refused = desk.load("schema", "deploy", "--org", ALIAS)
        assert refused.code == REFUSED
        assert "Setup > Account Teams > Enable Account Teams" in refused.stderr
        switch_on(desk, "Account", "enableAccountTeams")
        desk.deploy()
    return folder / "org"


def test_members_come_after_accounts_and_users_and_go_before_them(
    template: Path, tmp_path: Path
) -> None:
    with loading(template, tmp_path / "org", clinic_of_teams(tmp_path / "clinic")) as desk:
        plan = desk.plan()
        assert [each.sobject for each in plan.objects] == ["User", "Account", "AccountTeamMember"]
        desk.approve(plan)
        assert desk.push(plan) == DONE
        assert members(desk) == TEAMS["rows"]
        assert desk.verify(plan).differences == 0
        again = desk.plan().object("AccountTeamMember")
        assert (again.rows, again.unchanged) == (2, 2)
        code, found = desk.rollback(plan)
        assert (code, found["AccountTeamMember"].deleted) == (DONE, 2)
        assert members(desk) == []
