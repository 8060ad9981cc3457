"""Who can see what: the org is asked, and what the map does not open is found."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loaders.access import Proof, Sight, prove_access
from loaders.contract import read_mapping
from loaders.errors import DONE, INCOMPLETE, USAGE, WrongUsage
from tests.conftest import Ran
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS

# An org of its own, for the time that CI has.
pytestmark = pytest.mark.soak

COVERAGE = "Insurance_Coverage__c"
MEMBER = f"{COVERAGE}.Member_ID__c"


@dataclass(frozen=True, slots=True)
class Clinic:
    """A pushed clinic whose coverages are for billing alone, with a user of each kind."""

    desk: Loading
    users: dict[str, str]
    sets: dict[str, str]

    def ask(self, **wanted: str) -> Proof:
        """Ask the org without starting a process."""
        with self.desk.open() as desk:
            run = desk.ledger.run("latest", kind="push")
            plan, folder = desk.plan_of(run)
            mapping = read_mapping(folder / "manifest.json")
            return prove_access(desk.session(run), plan, folder, mapping=mapping, wanted=wanted)

    def access(self, *options: str) -> Ran:
        return self.desk.load("access", "latest", "--org", ALIAS, "--json", *options)

    def grant(self, group: str, **rights: object) -> str:
        """Let a group's set at the coverages."""
        given = {"ParentId": self.sets[group], "SobjectType": COVERAGE, "PermissionsRead": True}
        return self.desk.create("ObjectPermissions", **given, **rights)

    def remove(self, sobject: str, record: str) -> None:
        answer = self.desk.api.delete(
            f"{self.desk.org.http}/services/data/v67.0/sobjects/{sobject}/{record}",
            headers={"Authorization": f"Bearer {self.desk.org.token}"},
        )
        assert answer.is_success, answer.text


def make_user(desk: Loading, name: str) -> str:
    (profile,) = desk.soql("SELECT Id FROM Profile WHERE Name = 'Standard User'")
    return desk.create(
        "User",
        Username=f"{name}@access.invalid",
        LastName=name,
        Alias=name[:8],
        Email=f"{name}@access.invalid",
        ProfileId=profile["Id"],
        IsActive=True,
        TimeZoneSidKey="America/New_York",
        LocaleSidKey="en_US",
        EmailEncodingKey="UTF-8",
        LanguageLocaleKey="en_US",
    )


@pytest.fixture(scope="module")
def clinic(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Push the clinic into an org that shares nothing, and give each group its set and its user."""
    folder = tmp_path_factory.mktemp("access")
    small = mini_clinic(folder / "clinic")
    small.marts["sf_contact"]["salesforce"]["readers"] = ["front_desk", "billing"]
    coverage = small.marts["sf_insurance_coverage"]
    coverage["salesforce"] |= {"readers": ["billing"], "phi_readers": ["billing"]}
    member = next(each for each in coverage["columns"] if each["name"] == "Member_ID__c")
    member["salesforce"] = {**member["salesforce"], "phi": True}
    small.write()
    with loading(template, folder / "org", small) as desk:
        assert desk.push(desk.plan()) == DONE
        desk.admin("settings", private_sharing=True)
        names = {"front_desk": "Clinic_Front_Desk", "billing": "Clinic_Billing"}
        sets = {
            group: desk.create("PermissionSet", Name=name, Label=name)
            for group, name in names.items()
        }
        users = {who: make_user(desk, who) for who in (*names, "outside")}
        for group in names:
            desk.create(
                "PermissionSetAssignment",
                AssigneeId=users[group],
                PermissionSetId=sets[group],
            )
        found = Clinic(desk, users, sets)
        found.grant("billing", PermissionsViewAllRecords=True)
        grant_field(found, "billing")
        yield found


def grant_field(clinic: Clinic, group: str) -> str:
    return clinic.desk.create(
        "FieldPermissions",
        ParentId=clinic.sets[group],
        SobjectType=COVERAGE,
        Field=MEMBER,
        PermissionsRead=True,
    )


def findings(proof: Proof) -> list[tuple[str, str, str, int]]:
    return [(each.who, each.sobject, each.what, each.count) for each in proof.findings]


def test_proof_names_who_was_asked_and_what_each_does(clinic: Clinic) -> None:
    proof = clinic.ask()
    assert proof.is_proven
    assert {each.who: each.user_id for each in proof.people} == clinic.users
    seen = {(each.who, each.sobject): each for each in proof.sights}
    assert seen["billing", COVERAGE] == Sight(
        "billing", COVERAGE, asked=2, reads=2, edits=0, phi_fields=1, phi_read=1
    )
    for who in ("front_desk", "outside"):
        assert seen[who, COVERAGE].level == "none"
        assert seen[who, COVERAGE].phi_read == 0
        assert seen[who, "Contact"].asked == 3
    (holder,) = proof.holders
    assert holder.permissions == ("ModifyAllData", "ViewAllData")


def test_proof_lies_private_beside_its_run_and_on_its_report(clinic: Clinic) -> None:
    said = clinic.access()
    assert said.code == DONE, said.stdout + said.stderr
    folder = clinic.desk.data.reports / clinic.desk.run().run
    assert stat.S_IMODE((folder / "access.json").stat().st_mode) == 0o600
    assert json.loads((folder / "access.json").read_text(encoding="utf-8")) == said.json()
    report = clinic.desk.load("report", "latest", "--json")
    assert report.json()["access"] == said.json()
    page = (folder / "completion" / "completion.html").read_text(encoding="utf-8")
    assert "Who can see what: proven" in page
    for name in ("Testfall", "Muster", "M-1"):
        assert name not in said.stdout + said.stderr
    assert {act["findings"] for act in clinic.desk.acts("access_asked")} == {0}


def test_group_that_is_given_what_is_not_its_own_is_found(clinic: Clinic) -> None:
    opened = clinic.grant("front_desk", PermissionsViewAllRecords=True)
    field = grant_field(clinic, "front_desk")
    assert findings(clinic.ask()) == [
        ("front_desk", COVERAGE, "reads records that the map does not open to them", 2),
        ("front_desk", COVERAGE, "may read PHI fields: Member_ID__c", 1),
    ]
    assert clinic.access().code == INCOMPLETE
    clinic.remove("FieldPermissions", field)
    clinic.remove("ObjectPermissions", opened)
    assert clinic.ask().is_proven


def test_org_that_shares_its_accounts_shows_patients_to_everybody(clinic: Clinic) -> None:
    clinic.desk.admin("settings", private_sharing=False)
    proof = clinic.ask()
    clinic.desk.admin("settings", private_sharing=True)
    outside = {sobject: count for who, sobject, _, count in findings(proof) if who == "outside"}
    assert outside["Account"] == outside["Contact"] == 3
    assert COVERAGE not in outside


def test_user_who_sees_all_data_is_named_and_no_proof_of_others(clinic: Clinic) -> None:
    made = clinic.desk.create(
        "PermissionSet", Name="Sees_All", Label="Sees all", PermissionsViewAllData=True
    )
    given = clinic.desk.create(
        "PermissionSetAssignment", AssigneeId=clinic.users["outside"], PermissionSetId=made
    )
    proof = clinic.ask()
    held = {each.user_id: each.permissions for each in proof.holders}
    assert held[clinic.users["outside"]] == ("ViewAllData",)
    # The only one outside sees everything: nobody is left who could stand for the others.
    assert [(who, sobject) for who, sobject, *_ in findings(proof)] == [("outside", "")]
    named = clinic.ask(outside="outside@access.invalid")
    assert ("outside", COVERAGE) in [(who, sobject) for who, sobject, *_ in findings(named)]
    clinic.remove("PermissionSetAssignment", given)
    assert clinic.ask().is_proven


def test_group_that_may_change_or_does_not_see_its_own_work_is_found(clinic: Clinic) -> None:
    (granted,) = clinic.desk.soql(
        f"SELECT Id FROM ObjectPermissions WHERE ParentId = '{clinic.sets['billing']}'"
    )
    path = f"sobjects/ObjectPermissions/{granted['Id']}"
    clinic.desk.patch(path, PermissionsViewAllRecords=False)
    assert findings(clinic.ask()) == [
        ("billing", COVERAGE, "does not see records that the map opens to them", 2)
    ]
    changing = {"PermissionsEdit": True, "PermissionsDelete": True}
    both = {"PermissionsViewAllRecords": True, "PermissionsModifyAllRecords": True}
    clinic.desk.patch(path, **changing, **both)
    assert findings(clinic.ask()) == [("billing", COVERAGE, "can change records", 2)]
    clinic.desk.patch(path, PermissionsModifyAllRecords=False)
    clinic.desk.patch(path, PermissionsEdit=False, PermissionsDelete=False)
    assert clinic.ask().is_proven


@pytest.mark.parametrize(
    ("who", "named"),
    [
        ("nurses", "billing@access.invalid"),
        ("billing", "nobody@access.invalid"),
        ("billing", "outside@access.invalid"),
        ("outside", "billing@access.invalid"),
    ],
)
def test_user_who_could_not_stand_for_the_group_is_refused(
    clinic: Clinic, who: str, named: str
) -> None:
    with pytest.raises(WrongUsage):
        clinic.ask(**{who: named})


def test_user_without_a_group_is_wrong_usage(clinic: Clinic) -> None:
    assert clinic.access("--user", "billing").code == USAGE
