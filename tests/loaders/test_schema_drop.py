"""Taking the schema back: only ours, only when empty, and only what this ledger created."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from simple_salesforce.api import SFType

from loaders.deploys import deploy_package
from loaders.describe import describe
from loaders.errors import REFUSED
from loaders.org_connection import Org
from loaders.schema_package import Package, package_of
from loaders.schema_xml import render
from tests.conftest import serving
from tests.loaders.loading import Loading
from tests.loaders.mini_clinic import field, mini_clinic
from tests.loaders.planning import ALIAS


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Loading]:
    with serving(tmp_path / "org", "--sandbox") as org, httpx.Client(timeout=60) as api:
        yield Loading(mini_clinic(tmp_path / "clinic"), org, api)


def fields(org: Org, sobject: str) -> set[str]:
    found = describe(org, sobject)
    return set() if found is None else {name for name in found.fields if name.endswith("__c")}


def somebody_s_field() -> Package:
    """The customer's own field, which happens to have the name of one of ours."""
    own: list[Any] = [
        ("fullName", "Deceased__c"),
        ("defaultValue", "false"),
        ("label", "Deceased"),
        ("type", "Checkbox"),
    ]
    files = {"objects/Contact.object": render("CustomObject", [("fields", own)])}
    return package_of(files, {"CustomField": ["Contact.Deceased__c"]})


def test_a_drop_is_refused_while_our_data_is_in_it_and_goes_through_after_a_rollback(
    desk: Loading,
) -> None:
    before = desk.org.dump()
    desk.deploy()
    plan = desk.plan()
    desk.approve(plan)
    assert desk.push(plan) == 0
    refused = desk.load("schema", "drop", "--org", ALIAS)
    assert refused.code == REFUSED
    assert "Insurance_Coverage__c: 2 records" in refused.stderr
    assert "Contact.Clinic_Id__c: 3 records" in refused.stderr
    org = desk.connected()
    assert "Clinic_Id__c" in fields(org, "Contact")
    assert desk.rollback(plan)[0] == 0

    checked = desk.load("schema", "drop", "--org", ALIAS, "--check")
    assert checked.code == 0, checked.stderr
    assert "Clinic_Id__c" in fields(org, "Contact")

    done = desk.load("schema", "drop", "--org", ALIAS)
    assert done.code == 0, done.stderr
    assert "CustomField" in done.stdout
    assert fields(org, "Contact") == set()
    assert describe(org, "Insurance_Coverage__c") is None
    org.close()
    after = desk.org.dump()
    assert [each for each in before if each not in after] == []
    more = [each for each in after if each not in before]
    # No API deletes a record type: they are switched off. Settings stay on, with what they bring.
    retired = [each for each in more if each["sobject"] == "RecordType"]
    assert {each["IsActive"] for each in retired} == {False}
    brought = [each for each in more if "AccountContactRelation" in each.values()]
    assert [each for each in more if each not in retired + brought] == []
    again = desk.load("schema", "drop", "--org", ALIAS)
    assert again.code == REFUSED
    assert "created anything" in again.stderr


def test_a_field_that_the_org_had_before_us_is_not_ours_to_drop(desk: Loading) -> None:
    with desk.open() as opened:
        deploy_package(opened.line, somebody_s_field(), name="their field", check_only=False)
    desk.deploy()
    done = desk.load("schema", "drop", "--org", ALIAS)
    assert done.code == 0, done.stderr
    # Nobody granted the field to us, so only its definition can be seen.
    org = desk.connected()
    soql = "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = "
    there = {each["QualifiedApiName"] for each in org.rest.query(f"{soql}'Contact'")["records"]}
    org.close()
    assert "Deceased__c" in there
    assert "Clinic_Id__c" not in there


def test_what_a_user_wrote_into_a_field_of_ours_keeps_it(desk: Loading) -> None:
    contact = desk.clinic.marts["sf_contact"]
    contact["columns"].append(
        field("Remarks__c", custom=True, label="Remarks", type="LongTextArea", length=1000)
    )
    contact["rows"] = []
    desk.clinic.write()
    desk.deploy()
    org = desk.connected()
    contacts = cast("SFType", org.rest.Contact)
    made = contacts.create({"LastName": "Muster", "Remarks__c": "ours to keep"})
    refused = desk.load("schema", "drop", "--org", ALIAS)
    assert refused.code == REFUSED
    assert "Contact.Remarks__c: 1 records" in refused.stderr
    contacts.update(made["id"], {"Remarks__c": None})
    done = desk.load("schema", "drop", "--org", ALIAS)
    org.close()
    assert done.code == 0, done.stderr


@pytest.mark.soak
def test_nothing_is_dropped_that_this_user_cannot_look_into(desk: Loading) -> None:
    desk.deploy()
    desk.take_back_the_grant()
    refused = desk.load("schema", "drop", "--org", ALIAS)
    assert refused.code == REFUSED
    assert "Contact.Clinic_Id__c" in refused.stderr
    assert "Insurance_Coverage__c" in refused.stderr


@pytest.mark.soak
def test_a_deploy_whose_end_is_not_known_counts_as_ours(desk: Loading) -> None:
    # Its answer is lost each time: the loader gives up, the org has carried it out.
    desk.fault(
        request=[
            # Two packages, each validated first: the fourth is the schema itself.
            {"do": "cut", "when": "after", "method": "POST", "path": "deployRequest", "nth": 4,
             "times": 1000}
        ]
    )  # fmt: skip
    desk.approve_settings()
    lost = desk.load("schema", "deploy", "--org", ALIAS)
    assert lost.code != 0
    desk.fault(request=None)
    assert len(desk.acts("schema_deployed")) == 1
    # The settings are on by then: the schema is the only package.
    assert desk.deploy().stdout.startswith("schema: 0 created")
    done = desk.load("schema", "drop", "--org", ALIAS)
    assert done.code == 0, done.stderr
    org = desk.connected()
    assert describe(org, "Insurance_Coverage__c") is None
    org.close()
