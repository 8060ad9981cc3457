"""Deploying the schema: settings first, everything visible at the end, nothing done twice."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.describe import describe
from loaders.errors import REFUSED
from loaders.schema_permissions import PERMISSION_SET
from tests.conftest import BIN, run, serving
from tests.loaders.mini_clinic import KEY, mini_clinic
from tests.loaders.planning import ALIAS, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path / "org", "--sandbox") as org:
        yield Desk(mini_clinic(tmp_path / "clinic"), org)


def created(line: str) -> int:
    found = re.search(r"(\d+) created", line)
    assert found is not None
    return int(found[1])


def test_a_deploy_makes_everything_visible_and_a_second_one_changes_nothing(desk: Desk) -> None:
    first = desk.deploy().stdout.splitlines()
    assert [line.split(":")[0] for line in first] == ["settings", "schema"]
    assert created(first[1]) > 15
    org = desk.connected()
    before = [describe(org, name) for name in ("Account", "Contact", "Insurance_Coverage__c")]
    second = desk.deploy().stdout.splitlines()
    # The settings are on: there is nothing to deploy of them.
    assert [line.split(":")[0] for line in second] == ["schema"]
    assert created(second[0]) == 0
    assert [describe(org, each.name) for each in before if each] == before
    assigned = org.rest.query(
        f"SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = '{PERMISSION_SET}'"
    )
    org.close()
    assert assigned["totalSize"] == 1


def test_values_that_the_org_had_are_still_there(desk: Desk) -> None:
    org = desk.connected()
    had = describe(org, "Account")
    assert had is not None
    desk.deploy()
    has = describe(org, "Account")
    org.close()
    assert has is not None
    assert has.fields["Type"].values == had.fields["Type"].values | {"Patient", "Payer"}


def test_a_check_changes_nothing(desk: Desk) -> None:
    done = desk.load("schema", "deploy", "--org", ALIAS, "--check")
    assert done.code == 0, done.stderr
    org = desk.connected()
    account = describe(org, "Account")
    coverage = describe(org, "Insurance_Coverage__c")
    org.close()
    assert account is not None
    assert "Clinic_Id__c" not in account.fields
    assert coverage is None


def test_what_the_org_refuses_is_listed_and_nothing_stays(desk: Desk) -> None:
    desk.clinic.marts["sf_nothing"] = {
        "salesforce": {
            "sobject": "Nothing__c",
            "external_id": "Clinic_Id__c",
            # An AutoNumber wants its zeros in braces.
            "name_format": "no braces",
        },
        "columns": [KEY],
        "rows": [],
    }
    desk.clinic.write()
    done = desk.load("schema", "deploy", "--org", ALIAS)
    assert done.code == REFUSED
    assert "Nothing__c" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Try: ")
    org = desk.connected()
    account = describe(org, "Account")
    org.close()
    assert account is not None
    assert "Clinic_Id__c" not in account.fields


def test_a_production_org_must_be_named(tmp_path: Path) -> None:
    clinic = mini_clinic(tmp_path / "clinic", only=("sf_account",))
    with serving(tmp_path / "org", "--production") as org:
        desk = Desk(clinic, org)
        refused = desk.load("schema", "deploy", "--org", ALIAS)
        named = desk.load("schema", "deploy", "--org", ALIAS, "--production", org.org_id)
    assert refused.code == REFUSED
    assert "--production" in refused.stderr
    assert named.code == 0, named.stderr


def test_build_needs_no_org(tmp_path: Path) -> None:
    clinic = mini_clinic(tmp_path / "clinic")
    out = tmp_path / "out"
    command = [str(BIN / "clinic-load"), "schema", "build", "--out", str(out)]
    done = run(command, env={**os.environ, **clinic.environ})
    assert done.code == 0, done.stderr
    made = ("settings.zip", "schema.zip", "project", "phi-not-encrypted.json")
    assert done.stdout.splitlines()[:4] == [str(out / name) for name in made]
