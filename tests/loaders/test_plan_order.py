"""Load order: parents first, circles broken where it costs least, always the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loaders.contract import read_mapping
from loaders.errors import LoadOrderImpossible
from loaders.load_order import Step, load_order
from tests.loaders.mini_clinic import KEY, MiniClinic, field, to, unbuilt_clinic
from tests.loaders.mini_manifest import write_manifest


def clinic_of(folder: Path, **objects: list[dict[str, Any]]) -> MiniClinic:
    """Build marts of nothing but keys and lookups."""
    marts = {
        f"sf_{name.lower()}": {
            "salesforce": {"sobject": name, "external_id": "Clinic_Id__c"},
            "columns": [KEY, *columns],
            "rows": [],
        }
        for name, columns in objects.items()
    }
    clinic = MiniClinic(folder, marts)
    write_manifest(clinic.manifest, marts)
    return clinic


def lookup(name: str, sobject: str, *, not_null: bool = False, **more: object) -> dict[str, Any]:
    return field(name, lookup=to(sobject, name.removesuffix("Id")), not_null=not_null, **more)


def order(clinic: MiniClinic) -> list[Step]:
    return list(load_order(read_mapping(clinic.manifest)))


def test_parents_come_first_and_names_decide_between_equals(tmp_path: Path) -> None:
    assert [step.sobject for step in order(unbuilt_clinic(tmp_path))] == [
        "Account",
        "ContentVersion",
        "Contact",
        "ContentDocumentLink",
        "Event",
        "Insurance_Coverage__c",
    ]


def test_a_lookup_to_itself_waits_for_the_second_pass(tmp_path: Path) -> None:
    clinic = clinic_of(tmp_path, Account=[lookup("ParentId", "Account")])
    assert order(clinic) == [Step("Account", ("ParentId",))]


def test_a_circle_is_broken_where_the_fewest_lookups_wait(tmp_path: Path) -> None:
    clinic = clinic_of(
        tmp_path,
        Account=[lookup("PrimaryId", "Contact"), lookup("SecondId", "Contact")],
        Contact=[lookup("AccountId", "Account")],
        Task=[lookup("WhoId", "Contact")],
    )
    assert order(clinic) == [
        Step("Contact", ("AccountId",)),
        Step("Account", ()),
        Step("Task", ()),
    ]


def test_what_only_waits_for_a_circle_is_not_torn_apart(tmp_path: Path) -> None:
    clinic = clinic_of(
        tmp_path,
        Aaa=[lookup("BbbId", "Bbb")],
        Bbb=[lookup("CccId", "Ccc")],
        Ccc=[lookup("BbbId", "Bbb")],
    )
    assert Step("Aaa", ()) in order(clinic)


def test_a_required_lookup_never_waits(tmp_path: Path) -> None:
    clinic = clinic_of(
        tmp_path,
        Account=[lookup("PrimaryId", "Contact"), lookup("SecondId", "Contact")],
        Contact=[lookup("AccountId", "Account", not_null=True)],
    )
    assert order(clinic) == [Step("Account", ("PrimaryId", "SecondId")), Step("Contact", ())]


@pytest.mark.parametrize("more", [{"not_null": True}, {"create_only": True}])
def test_a_circle_of_lookups_that_cannot_wait_is_refused(
    tmp_path: Path, more: dict[str, bool]
) -> None:
    clinic = clinic_of(
        tmp_path,
        Account=[lookup("PrimaryId", "Contact", **more)],
        Contact=[lookup("AccountId", "Account", **more)],
    )
    with pytest.raises(LoadOrderImpossible, match="circle among Account, Contact"):
        order(clinic)


def test_a_lookup_to_itself_that_cannot_wait_is_refused(tmp_path: Path) -> None:
    clinic = clinic_of(tmp_path, Account=[lookup("ParentId", "Account", not_null=True)])
    with pytest.raises(LoadOrderImpossible, match=r"Account\.ParentId"):
        order(clinic)
