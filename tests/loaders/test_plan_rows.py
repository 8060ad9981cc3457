"""The rows of a plan: what each would send, and what is kept back before an org can refuse it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import WarehouseDiffers
from loaders.plan_store import Finding, Plan
from tests.conftest import StandIn, serving
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.optional_marts import USERS
from tests.loaders.planning import Desk, counts, set_up


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Serve an org that has the schema; planning leaves it as it is."""
    folder = tmp_path_factory.mktemp("planned")
    with serving(folder / "org", "--sandbox") as served:
        clinic = mini_clinic(folder / "clinic")
        clinic.marts["sf_user"] = USERS
        Desk(clinic.write(), served).deploy()
        yield served


@pytest.fixture
def desk(org: StandIn, tmp_path: Path) -> Desk:
    return Desk(mini_clinic(tmp_path), org)


def found(plan: Plan, code: str) -> Finding:
    return next(finding for finding in plan.findings if finding.code == code)


def test_a_first_plan_creates_everything_and_changes_nothing_in_the_org(desk: Desk) -> None:
    before = desk.org.dump()
    plan = desk.plan()
    assert [(each.order, each.sobject, *counts(each)) for each in plan.objects] == [
        (1, "Account", 3, 3, 0, 0, 0),
        (2, "ContentVersion", 1, 1, 0, 0, 0),
        (3, "Contact", 3, 3, 0, 0, 0),
        (4, "ContentDocumentLink", 1, 1, 0, 0, 0),
        (5, "Event", 1, 1, 0, 0, 0),
        (6, "Insurance_Coverage__c", 2, 2, 0, 0, 0),
    ]
    assert not plan.stops
    assert desk.org.dump() == before


def test_cells_are_canonical_and_lookups_stay_symbols(desk: Desk) -> None:
    rows = desk.rows(desk.plan(), "Account")
    assert [row["_op"] for row in rows] == ["create"] * 3
    assert rows[0]["Source_Created_At__c"] == "2024-03-10T07:30:00.500Z"
    assert rows[0]["RecordTypeId"] == "Patient"
    assert rows[0]["OwnerId"] == "admin@stand-in.invalid"
    assert rows[1]["Phone"] == "555 0100"
    assert rows[2]["OwnerId"] is None


def test_rows_are_sorted_so_that_one_parent_stays_together(desk: Desk) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact (Clinic_Id__c, AccountId, LastName)"
        " values ('demo:patient:0', 'demo:household:2', 'Later')"
    )
    rows = desk.rows(desk.plan(), "Contact")
    assert [(row["AccountId"], row["_key"]) for row in rows] == [
        ("demo:household:1", "demo:patient:1"),
        ("demo:household:1", "demo:patient:2"),
        ("demo:household:2", "demo:patient:0"),
        ("demo:household:2", "demo:patient:A"),
    ]


def test_headers_follow_what_the_org_says_of_its_relationships(desk: Desk) -> None:
    plan = desk.plan()
    headers = {
        (each.sobject, column.name): column.header
        for each in plan.objects
        for column in each.columns
    }
    assert headers["Contact", "AccountId"] == "Account.Clinic_Id__c"
    assert headers["Insurance_Coverage__c", "Patient__c"] == "Patient__r.Clinic_Id__c"
    assert headers["Event", "WhoId"] == "Contact:Who.Clinic_Id__c"
    assert headers["Event", "WhatId"] == "Account:What.Clinic_Id__c"
    assert headers["Account", "OwnerId"] == "OwnerId"
    assert headers["ContentDocumentLink", "LinkedEntityId"] == "LinkedEntityId"


def test_the_key_of_a_link_is_both_of_its_ends(desk: Desk) -> None:
    rows = desk.rows(desk.plan(), "ContentDocumentLink")
    assert [row["_key"] for row in rows] == ["demo:document:1|demo:patient:1"]


def test_a_plan_is_private(desk: Desk) -> None:
    folder = desk.folder(desk.plan())
    assert folder.stat().st_mode & 0o777 == 0o700
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    names = {path.name for path in (folder / "audit").iterdir()}
    assert "row_counts.parquet" in names
    assert (folder / "manifest.json").read_bytes() == desk.clinic.manifest.read_bytes()


def test_two_plans_of_the_same_data_are_the_same_bytes(desk: Desk) -> None:
    one, two = desk.plan(), desk.plan()
    assert one.plan != two.plan
    assert (one.map_hash, one.data_hash) == (two.map_hash, two.data_hash)
    for each in one.objects:
        files = [desk.folder(plan) / each.file for plan in (one, two)]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_what_canonical_text_changes_is_counted(desk: Desk) -> None:
    plan = desk.plan()
    changed, empty = found(plan, "text_normalised"), found(plan, "checkbox_empty")
    assert (changed.sobject, changed.field, changed.count) == ("Account", "Phone", 1)
    assert (empty.field, empty.count, empty.severity) == ("Deceased__c", 1, "note")


@pytest.mark.parametrize(
    ("statement", "sobject", "failure"),
    [
        (
            "update main_salesforce.sf_contact set LastName = repeat('x', 81)"
            " where Clinic_Id__c = 'demo:patient:2'",
            "Contact",
            ("demo:patient:2", "too_long", "LastName"),
        ),
        (
            # 80 characters, of which two count twice.
            "update main_salesforce.sf_contact set LastName = repeat('x', 78) || '😀😀'"
            " where Clinic_Id__c = 'demo:patient:2'",
            "Contact",
            ("demo:patient:2", "too_long", "LastName"),
        ),
        (
            "update main_salesforce.sf_contact set FirstName = ' #N/A '"
            " where Clinic_Id__c = 'demo:patient:1'",
            "Contact",
            ("demo:patient:1", "reserved_text", "FirstName"),
        ),
        (
            "update main_salesforce.sf_contact set Patient_Record_Type__c = 'Stranger'"
            " where Clinic_Id__c = 'demo:patient:1'",
            "Contact",
            ("demo:patient:1", "not_in_picklist", "Patient_Record_Type__c"),
        ),
        (
            "update main_salesforce.sf_contact set LastName = '  '"
            " where Clinic_Id__c = 'demo:patient:1'",
            "Contact",
            ("demo:patient:1", "required_missing", "LastName"),
        ),
        (
            "update main_salesforce.sf_account set RecordTypeId = 'Nobody'"
            " where Clinic_Id__c = 'demo:payer:1'",
            "Account",
            ("demo:payer:1", "symbol_unknown", "RecordTypeId"),
        ),
        (
            "update main_salesforce.sf_event set WhoId = 'demo:patient:9'",
            "Event",
            ("demo:appointment:1", "parent_not_found", "WhoId"),
        ),
    ],
)
def test_a_row_that_an_org_would_refuse_is_kept_back(
    desk: Desk, statement: str, sobject: str, failure: tuple[str, str, str]
) -> None:
    desk.clinic.sql(statement)
    plan = desk.plan()
    assert desk.failures(plan, sobject) == [failure]
    assert plan.object(sobject).failed == 1
    kept_back = [row["_key"] for row in desk.rows(plan, sobject) if row["_op"] == "failed"]
    assert kept_back == [failure[0]]
    assert (found(plan, failure[1]).severity, found(plan, failure[1]).count) == ("warn", 1)


def test_a_name_that_just_fits_is_sent(desk: Desk) -> None:
    desk.clinic.sql("update main_salesforce.sf_contact set LastName = repeat('x', 78) || '😀'")
    assert desk.failures(desk.plan(), "Contact") == []


def test_children_of_a_row_that_is_kept_back_are_kept_back(desk: Desk) -> None:
    desk.clinic.sql(
        "update main_salesforce.sf_account set Name = repeat('x', 256)"
        " where Clinic_Id__c = 'demo:household:1'"
    )
    plan = desk.plan()
    failed = {each.sobject: each.failed for each in plan.objects if each.failed}
    assert failed == {
        "Account": 1,
        "Contact": 2,
        "Event": 1,
        "ContentDocumentLink": 1,
        "Insurance_Coverage__c": 1,
    }


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("insert into main_salesforce.sf_account select * from main_salesforce.sf_account",
         "key_twice"),
        ("update main_salesforce.sf_account set Clinic_Id__c = ' '", "key_missing"),
    ],
)  # fmt: skip
def test_a_mart_with_broken_keys_stops_the_plan(desk: Desk, statement: str, code: str) -> None:
    desk.clinic.sql(statement)
    assert code in {finding.code for finding in desk.plan().stops}


def test_keys_that_differ_only_in_letter_case_are_two_rows(desk: Desk) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact (Clinic_Id__c, AccountId, LastName)"
        " values ('demo:patient:a', 'demo:household:2', 'Small')"
    )
    plan = desk.plan()
    assert plan.object("Contact").creates == 4
    assert not plan.stops


def test_owners_are_matched_by_e_mail_and_the_rest_is_counted(desk: Desk) -> None:
    owners = found(desk.plan(), "owner_defaulted")
    assert (owners.sobject, owners.count) == ("Account", 2)


def test_a_user_whom_the_plan_creates_can_own_what_comes_later(desk: Desk) -> None:
    desk.clinic.marts["sf_user"] = USERS
    desk.clinic.write()
    plan = desk.plan()
    assert plan.object("User").creates == 1
    assert plan.object("User").order < plan.object("Account").order
    assert found(plan, "owner_defaulted").count == 1


def test_more_users_than_there_are_licences_left_stop_a_plan(desk: Desk) -> None:
    rows = [
        (f"demo:user:{n}", f"{n}@clinic.example.demo", f"{n}@clinic.example", *USERS["rows"][0][3:])
        for n in range(3)
    ]
    desk.clinic.marts["sf_user"] = {**USERS, "rows": rows}
    desk.clinic.write()
    # One is the administrator's.
    with set_up(desk, user_licences=3):
        (stop,) = desk.plan().stops
    assert (stop.code, stop.count) == ("licences_short", 3)
    assert "2 Salesforce licences are left" in stop.message
    with set_up(desk, user_licences=4):
        assert not desk.plan().stops


def test_an_unknown_profile_keeps_a_user_back(desk: Desk) -> None:
    row = list(USERS["rows"][0])
    row[6] = "No such profile"
    desk.clinic.marts["sf_user"] = {**USERS, "rows": [tuple(row)]}
    desk.clinic.write()
    plan = desk.plan()
    assert desk.failures(plan, "User") == [("demo:user:1", "symbol_unknown", "ProfileId")]
    assert found(plan, "owner_defaulted").count == 2


def test_a_plan_says_when_its_data_was_extracted_and_under_which_approval(desk: Desk) -> None:
    approval = {"map": "f" * 64, "approved_by": "Ada", "at": "2026-01-01"}
    records = [
        {"system": "north", "at": "2026-01-02T03:04:05+00:00", "approval": None},
        {"system": "south", "at": "2026-01-02T03:04:05+00:00", "approval": None},
        {"system": "south", "at": "2026-01-03T03:04:05+00:00", "approval": approval},
    ]
    lines = "".join(json.dumps(each) + "\n" for each in records)
    (desk.data.root / "extracts.jsonl").write_text(lines + '{"half a li', encoding="utf-8")
    told = [each for each in desk.plan().findings if each.code == "extracted"]
    assert [each.message for each in told] == [
        "north: extracted at 2026-01-02T03:04:05+00:00, before any approval of a map",
        "south: extracted at 2026-01-03T03:04:05+00:00,"
        " under the approval of map ffffffffffff by Ada",
    ]


def test_a_plan_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    desk.clinic.sql("drop table main_audit.audit_row_counts")
    with pytest.raises(WarehouseDiffers):
        desk.plan()
    assert not desk.data.plans.exists() or not list(desk.data.plans.iterdir())
