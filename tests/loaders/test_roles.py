"""Roles: there before the users who hold them, filled upwards, taken back from the lowest up."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.mini_clinic import MiniClinic, field, to
from tests.loaders.optional_marts import ROLES, USERS

# An org of its own, for the time that CI has.
pytestmark = pytest.mark.soak

ROLE_OF = field("UserRoleId", lookup=to("UserRole", "UserRole", match="record"))


def clinic_of_roles(folder: Path) -> MiniClinic:
    """Build a clinic of three roles, one above the other, and a user who holds the lowest."""
    users = deepcopy(USERS)
    users["columns"].append(ROLE_OF)
    users["rows"] = [(*row, "Clinic_Front_Desk") for row in users["rows"]]
    return MiniClinic(folder, {"sf_user_role": deepcopy(ROLES), "sf_user": users}).write()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    return deployed_org(folder / "org", clinic_of_roles(folder / "clinic"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    with loading(template, tmp_path / "org", clinic_of_roles(tmp_path / "clinic")) as found:
        yield found


def roles(desk: Loading) -> dict[str, str | None]:
    """Name each role of the org, and the one that it reports to."""
    found = desk.soql("SELECT DeveloperName, ParentRole.DeveloperName FROM UserRole")
    return {
        each["DeveloperName"]: each["ParentRole"] and each["ParentRole"]["DeveloperName"]
        for each in found
    }


def role_of(desk: Loading, user: str) -> str | None:
    found = desk.soql(f"SELECT UserRole.DeveloperName FROM User WHERE Id = '{user}'")
    role = found[0]["UserRole"]
    return str(role["DeveloperName"]) if role else None


def test_roles_come_before_users_and_go_after_them(
    desk: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Records are read as of a large clinic, by our key; a role can carry none, and is read by id.
    monkeypatch.setattr("loaders.images.FEW", 0)
    """The org's own role stands all the while: it is neither matched, nor extra, nor taken."""
    desk.create("UserRole", Name="CEO", DeveloperName="CEO")
    plan = desk.plan()
    assert [(each.sobject, each.creates) for each in plan.objects] == [("UserRole", 3), ("User", 1)]
    assert plan.object("UserRole").second_pass == ("ParentRoleId",)
    desk.approve(plan)
    assert desk.push(plan) == DONE
    user = desk.record_id("User", "demo:user:1")
    assert role_of(desk, user) == "Clinic_Front_Desk"
    assert roles(desk) == {
        "CEO": None,
        "Clinic_Owner": None,
        "Clinic_Office": "Clinic_Owner",
        "Clinic_Front_Desk": "Clinic_Office",
    }
    assert desk.verify(plan).differences == 0
    again = desk.plan()
    assert [(each.rows, each.unchanged) for each in again.objects] == [(3, 3), (1, 1)]

    code, found = desk.rollback(plan)
    assert (code, found["UserRole"].deleted, found["User"].retired) == (DONE, 3, 1)
    assert (roles(desk), role_of(desk, user)) == ({"CEO": None}, None)


def test_a_role_that_somebody_gave_to_a_user_is_kept_with_those_above_it(desk: Loading) -> None:
    plan = desk.plan()
    desk.approve(plan)
    assert desk.push(plan) == DONE
    (office,) = desk.soql("SELECT Id FROM UserRole WHERE DeveloperName = 'Clinic_Office'")
    (admin,) = desk.soql("SELECT Id FROM User WHERE Username = 'admin@stand-in.invalid'")
    desk.patch(f"sobjects/User/{admin['Id']}", UserRoleId=office["Id"])
    code, found = desk.rollback(plan)
    assert (code, found["UserRole"].deleted, found["UserRole"].held) == (INCOMPLETE, 1, 2)
    assert roles(desk) == {"Clinic_Owner": None, "Clinic_Office": "Clinic_Owner"}
    assert role_of(desk, admin["Id"]) == "Clinic_Office"
