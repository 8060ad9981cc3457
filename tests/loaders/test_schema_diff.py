"""Comparing the mapping with an org: each kind of difference is told, a deployed org has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE
from tests.conftest import serving
from tests.loaders.mini_clinic import field, mini_clinic
from tests.loaders.planning import ALIAS, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path / "org", "--sandbox") as org:
        yield Desk(mini_clinic(tmp_path / "clinic"), org)


def diff(desk: Desk) -> tuple[int, dict[tuple[str, str], tuple[str, str]]]:
    """Compare, and key what is told by object and field."""
    done = desk.load("schema", "diff", "--org", ALIAS, "--json")
    found: list[dict[str, Any]] = done.json()["differences"]
    told = {(each["sobject"], each["field"]): (each["kind"], each["message"]) for each in found}
    return done.code, told


def test_a_fresh_org_lacks_everything_and_a_deployed_one_nothing(desk: Desk) -> None:
    code, told = diff(desk)
    assert code == INCOMPLETE
    assert told["Contact", "Deceased__c"][0] == "missing"
    assert told["Insurance_Coverage__c", ""][0] == "missing"
    assert "access" not in {kind for kind, _ in told.values()}
    desk.deploy()
    assert diff(desk) == (DONE, {})
    said = desk.load("schema", "diff", "--org", ALIAS)
    assert (said.code, said.stdout) == (DONE, "")
    assert "No difference in" in said.stderr


def test_a_field_without_a_grant_is_not_called_missing(desk: Desk) -> None:
    desk.deploy()
    desk.take_back_the_grant()
    code, told = diff(desk)
    assert code == INCOMPLETE
    assert told["Contact", "Deceased__c"][0] == "access"
    assert "missing" not in {kind for kind, _ in told.values()}


def test_length_value_and_encryption_are_compared_and_extra_fields_hinder_nobody(
    desk: Desk,
) -> None:
    desk.deploy()
    marts = desk.clinic.marts
    coverage = marts["sf_insurance_coverage"]["columns"]
    member = next(each for each in coverage if each["name"] == "Member_ID__c")
    gone = next(each for each in coverage if each["name"] == "Rank__c")
    position = coverage.index(gone)
    coverage.remove(gone)
    marts["sf_insurance_coverage"]["rows"] = [
        (*row[:position], *row[position + 1 :]) for row in marts["sf_insurance_coverage"]["rows"]
    ]
    desk.clinic.write()
    code, told = diff(desk)
    assert code == DONE
    assert told == {
        ("Insurance_Coverage__c", "Rank__c"): (
            "extra",
            "sf_insurance_coverage has no such column",
        )
    }
    member["salesforce"]["length"] = 80
    member["salesforce"]["encryption"] = "ProbabilisticEncryption"
    desk.clinic.write()
    desk.clinic.sql(
        "insert into main_seeds.salesforce_picklists values"
        " ('Patient_Record_Type', 'Guarantor', 'Guarantor', 3, false)"
    )
    plain = desk.load("schema", "diff", "--org", ALIAS)
    assert plain.code == INCOMPLETE
    assert "is 40 long in the org, not 80" in plain.stdout
    assert "ProbabilisticEncryption is not on" in plain.stdout
    assert "does not offer Guarantor" in plain.stdout
    assert max(len(line.rstrip()) for line in plain.stdout.splitlines()) <= 140


def test_a_required_field_of_the_org_is_told(desk: Desk) -> None:
    desk.deploy()
    marts = desk.clinic.marts
    contacts = marts["sf_contact"]["columns"]
    contacts.remove(next(each for each in contacts if each["name"] == "LastName"))
    contacts.append(field("MiddleName"))
    marts["sf_contact"]["rows"] = []
    desk.clinic.write()
    code, told = diff(desk)
    assert code == INCOMPLETE
    assert told["Contact", "LastName"][0] == "required"
