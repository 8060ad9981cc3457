"""Territories: in a model of the org's own, before what is put in them, and taken back after it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE, REFUSED
from loaders.plan_store import Finding, Plan
from tests.conftest import serving
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MARTS, MiniClinic
from tests.loaders.optional_marts import TERRITORIES, USERS
from tests.loaders.planning import ALIAS, Desk
from tests.loaders.test_account_teams import switch_on

# An org of its own, for the time that CI has.
pytestmark = pytest.mark.soak

TREE = {"Clinic_State": None, "Clinic_North": "Clinic_State"}


def clinic_of_territories(folder: Path) -> MiniClinic:
    marts = {"sf_account": MARTS["sf_account"], "sf_user": USERS, **TERRITORIES}
    return MiniClinic(folder, deepcopy(marts)).write()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An org without territories refuses before anything changes; then they are switched on."""
    folder = tmp_path_factory.mktemp("template")
    with serving(folder / "org", "--sandbox") as served:
        desk = Desk(clinic_of_territories(folder / "clinic"), served)
        refused = desk.load("schema", "deploy", "--org", ALIAS)
        assert refused.code == REFUSED
        assert "Setup > Territory Settings > Enable Sales Territories" in refused.stderr
        assert "created" not in refused.stdout
        switch_on(desk, "Territory2", "enableTerritoryManagement2")
        desk.deploy()
    return folder / "org"


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    clinic = clinic_of_territories(tmp_path / "clinic")
    with loading(template, tmp_path / "org", clinic) as found:
        yield found


def add_model(desk: Loading, name: str = "Clinics") -> str:
    return desk.create("Territory2Model", Name=name, DeveloperName=name)


def add_type(desk: Loading) -> str:
    return desk.create("Territory2Type", MasterLabel="Region", DeveloperName="Region", Priority=1)


def ready(desk: Loading) -> Plan:
    """Let the customer make a model and a type, and push into them."""
    add_model(desk)
    add_type(desk)
    plan = desk.plan()
    desk.approve(plan)
    assert desk.push(plan) == DONE
    return plan


def tree(desk: Loading, model: str = "Clinics") -> dict[str, str | None]:
    """Name each territory of a model, and the one above it."""
    found = desk.soql(
        "SELECT DeveloperName, ParentTerritory2.DeveloperName FROM Territory2"
        f" WHERE Territory2Model.DeveloperName = '{model}'"
    )
    return {
        each["DeveloperName"]: each["ParentTerritory2"]
        and each["ParentTerritory2"]["DeveloperName"]
        for each in found
    }


def placed(desk: Loading) -> list[tuple[str, str]]:
    """Name the account and the territory of each association."""
    accounts = {
        each["Id"]: each["Clinic_Id__c"]
        for each in desk.soql("SELECT Id, Clinic_Id__c FROM Account")
    }
    found = desk.soql("SELECT ObjectId, Territory2.DeveloperName FROM ObjectTerritory2Association")
    return sorted(
        (accounts[each["ObjectId"]], each["Territory2"]["DeveloperName"]) for each in found
    )


def stopping(plan: Plan) -> list[Finding]:
    return [each for each in plan.findings if each.severity == "stop"]


def test_territories_come_before_what_is_put_in_them_and_go_after_it(desk: Loading) -> None:
    """A model of the org's own with a territory of the same name stands beside, untouched."""
    other = add_model(desk, "Others")
    taken = {"Territory2ModelId": other, "Territory2TypeId": add_type(desk)}
    top = desk.create("Territory2", Name="Their state", DeveloperName="Clinic_State", **taken)
    add_model(desk)
    plan = desk.plan()
    assert [(each.sobject, each.creates) for each in plan.objects] == [
        ("Territory2", 2),
        ("User", 1),
        ("Account", 3),
        ("UserTerritory2Association", 1),
        ("ObjectTerritory2Association", 2),
    ]
    desk.approve(plan)
    assert desk.push(plan) == DONE
    assert tree(desk) == TREE
    assert placed(desk) == [
        ("demo:household:1", "Clinic_North"),
        ("demo:household:2", "Clinic_State"),
    ]
    (member,) = desk.soql("SELECT User.Clinic_Id__c FROM UserTerritory2Association")
    assert member["User"]["Clinic_Id__c"] == "demo:user:1"
    assert desk.verify(plan).differences == 0

    again = desk.plan()
    assert {each.sobject: (each.rows, each.unchanged) for each in again.objects} == {
        "Territory2": (2, 2),
        "User": (1, 1),
        "Account": (3, 3),
        "UserTerritory2Association": (1, 1),
        "ObjectTerritory2Association": (2, 2),
    }
    code, found = desk.rollback(plan)
    counts = {name: each.deleted for name, each in found.items() if name != "User"}
    assert (code, counts) == (
        DONE,
        {
            "ObjectTerritory2Association": 2,
            "UserTerritory2Association": 1,
            "Account": 3,
            "Territory2": 2,
        },
    )
    assert (tree(desk), placed(desk)) == ({}, [])
    assert tree(desk, "Others") == {"Clinic_State": None}
    assert [each["Id"] for each in desk.soql("SELECT Id FROM Territory2")] == [top]


def test_a_territory_in_which_somebody_put_an_account_is_kept_with_those_above_it(
    desk: Loading,
) -> None:
    plan = ready(desk)
    (north,) = desk.soql("SELECT Id FROM Territory2 WHERE DeveloperName = 'Clinic_North'")
    theirs = desk.create("Account", Name="Customer's own")
    desk.create(
        "ObjectTerritory2Association",
        ObjectId=theirs,
        Territory2Id=north["Id"],
        AssociationCause="Territory2Manual",
    )
    code, found = desk.rollback(plan)
    assert (code, found["Territory2"].deleted, found["Territory2"].held) == (INCOMPLETE, 0, 2)
    assert tree(desk) == TREE
    (kept,) = desk.soql("SELECT ObjectId FROM ObjectTerritory2Association")
    assert kept["ObjectId"] == theirs


@pytest.mark.parametrize("made", ["Territory2Model", "Territory2Type"])
def test_a_model_or_type_that_the_org_lacks_stops_the_plan_with_the_way_to_it(
    desk: Loading, made: str
) -> None:
    """The customer's own choices are looked up, and never made by us."""
    add_model(desk) if made == "Territory2Model" else add_type(desk)
    lacking = "Territory2Type" if made == "Territory2Model" else "Territory2Model"
    (found,) = stopping(desk.plan())
    assert (found.code, found.field, found.count) == ("symbol_unknown", f"{lacking}Id", 2)
    assert found.hint.startswith(f"Setup > Territory {lacking.removeprefix('Territory2')}s")
    assert desk.soql(f"SELECT Id FROM {lacking}") == []
