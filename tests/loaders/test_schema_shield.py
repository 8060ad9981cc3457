"""Encryption follows the org: on where it can be, told where it cannot, never taken off again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from loaders.contract import read_mapping
from loaders.describe import describe
from loaders.errors import DONE, REFUSED
from loaders.schema_fields import PROBABILISTIC, encryption_scheme
from loaders.schema_shield import uncovered_phi
from tests.conftest import serving
from tests.loaders.loading import Loading
from tests.loaders.mini_clinic import MiniClinic, field, mini_clinic, unbuilt_clinic
from tests.loaders.planning import ALIAS


def encrypted_clinic(clinic: MiniClinic) -> MiniClinic:
    contact = clinic.marts["sf_contact"]
    contact["salesforce"] |= {"compliance": "HIPAA", "encryption": PROBABILISTIC}
    contact["columns"] += [
        field("Chart__c", custom=True, phi=True),
        field("Smoker__c", "boolean", custom=True, phi=True),
        field("Open__c", custom=True, phi=True, encryption="None"),
    ]
    contact["rows"] = []
    return clinic.write()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Loading]:
    with serving(tmp_path / "org", "--sandbox") as org, httpx.Client(timeout=60) as api:
        yield Loading(encrypted_clinic(mini_clinic(tmp_path / "clinic")), org, api)


def is_encrypted(desk: Loading, name: str) -> bool:
    org = desk.connected()
    found = describe(org, "Contact")
    org.close()
    assert found is not None
    return found.fields[name].encrypted


def test_a_deploy_encrypts_where_the_org_can_and_never_lays_a_field_open_again(
    desk: Loading,
) -> None:
    plain = desk.deploy()
    assert f"Not encrypted: fields with {PROBABILISTIC}" in plain.stderr
    assert "Platform Encryption is not enabled" in plain.stderr
    assert not is_encrypted(desk, "Chart__c")
    told = desk.load("schema", "diff", "--org", ALIAS, "--json")
    (difference,) = told.json()["differences"]
    assert (told.code, difference["field"], difference["kind"]) == (DONE, "Chart__c", "encryption")

    desk.admin("settings", shield=True)
    assert "Not encrypted" not in desk.deploy().stderr
    assert is_encrypted(desk, "Chart__c")
    assert not is_encrypted(desk, "Open__c")
    assert desk.load("schema", "diff", "--org", ALIAS, "--json").json()["differences"] == []

    desk.admin("settings", shield=False)
    refused = desk.load("schema", "deploy", "--org", ALIAS)
    assert (refused.code, "Contact.Chart__c" in refused.stderr) == (REFUSED, True)
    assert is_encrypted(desk, "Chart__c")


def test_the_key_of_a_mart_is_never_encrypted_by_its_default(tmp_path: Path) -> None:
    clinic = encrypted_clinic(mini_clinic(tmp_path))
    clinic.marts["sf_contact"]["columns"][0]["salesforce"]["phi"] = True
    contact = read_mapping(clinic.write().manifest).mart("Contact")
    assert encryption_scheme(contact, contact.column("Clinic_Id__c")) is None
    assert encryption_scheme(contact, contact.column("Chart__c")) == PROBABILISTIC


def test_what_no_field_encryption_covers_is_named_with_its_reason(tmp_path: Path) -> None:
    clinic = encrypted_clinic(unbuilt_clinic(tmp_path))
    found = {
        f"{each.sobject}.{each.field}": each.reason
        for each in uncovered_phi(read_mapping(clinic.manifest))
    }
    assert found == {
        "Account.Name": "a standard field: choose it in Setup, Encryption Policy",
        "Contact.LastName": "a standard field: choose it in Setup, Encryption Policy",
        "Contact.FirstName": "a standard field: choose it in Setup, Encryption Policy",
        "Contact.Birthdate": "a standard field that Shield does not encrypt",
        "Contact.Smoker__c": "a Checkbox cannot be encrypted field by field",
        "Contact.Open__c": "the mapping asks for none",
        "ContentVersion.VersionData": "a file: switch on Encrypt Files and Attachments in Setup",
    }


def test_the_hand_off_takes_the_permission_set_back_once(desk: Loading) -> None:
    desk.deploy()
    before = desk.load("schema", "hand-off", "--org", ALIAS, "--check", "--json")
    assert (before.code, before.json()["held"]) == (4, True)
    done = desk.load("schema", "hand-off", "--org", ALIAS, "--json")
    assert (done.code, done.json()["held"], done.json()["others"]) == (DONE, True, 0)
    again = desk.load("schema", "hand-off", "--org", ALIAS, "--json")
    assert (again.code, again.json()["held"]) == (DONE, False)
    assert len(desk.acts("handed_off")) == 1
    org = desk.connected()
    found = describe(org, "Contact")
    org.close()
    assert found is not None
    assert "Chart__c" not in found.fields
    assert json.loads(done.stdout)["permission_set"] == "Clinic_Migration"
