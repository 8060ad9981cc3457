"""Every standard object is described as the official object reference says, or says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loaders.stand_in_org.catalogue import standard_objects
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.switched_objects import present
from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving
from tests.loaders.stand_in_org.object_reference import (
    REASONS,
    REFERENCE,
    children,
    differences,
    documented_objects,
    exceptions,
)

OBJECTS = documented_objects()
needs_reference = pytest.mark.skipif(
    not OBJECTS, reason=f"the object reference is not at {REFERENCE.parent.name}/{REFERENCE.name}"
)
RELATIONS = {
    "package.xml": metadata(
        "Package",
        "<types><members>Account</members><name>Settings</name></types><version>67.0</version>",
    ),
    "settings/Account.settings": metadata(
        "AccountSettings",
        "<enableRelateContactToMultipleAccounts>true</enableRelateContactToMultipleAccounts>",
    ),
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    """Give an org that has the one standard object which a fresh org lacks."""
    with serving(tmp_path_factory.mktemp("org")) as client:
        assert client.deploy(RELATIONS)["status"] == "Succeeded"
        yield client


@pytest.fixture(scope="module")
def objects(org: OrgClient) -> frozenset[str]:
    listed = org.data("GET", "sobjects").json()["sobjects"]
    return frozenset(one["name"] for one in listed if not one["custom"])


@needs_reference
@pytest.mark.parametrize("sobject", OBJECTS)
def test_an_object_is_described_as_its_reference_says(
    org: OrgClient, objects: frozenset[str], sobject: str
) -> None:
    described = org.data("GET", f"sobjects/{sobject}/describe").json()["fields"]
    found = differences(sobject, described, objects=objects)
    admitted = {one.key for one in exceptions() if one.sobject == sobject}
    assert sorted(found - admitted) == []
    assert sorted(admitted - found) == [], "admitted differences that are none"


@needs_reference
@pytest.mark.parametrize("sobject", OBJECTS)
def test_child_relationships_are_named_as_in_the_wsdl(org: OrgClient, sobject: str) -> None:
    about = org.data("GET", f"sobjects/{sobject}/describe").json()
    named = {one["relationshipName"] for one in about["childRelationships"]} - {None}
    # The WSDL is that of an org in which a contact has one account.
    assert named - children(sobject) <= {"AccountContactRelations"}


def test_each_admitted_difference_has_a_reason_of_the_closed_set() -> None:
    admitted = exceptions()
    assert {one.reason for one in admitted} <= REASONS
    keys = [(one.sobject, one.field, one.difference) for one in admitted]
    assert keys == sorted(set(keys))
    assert [one for one in admitted if one.difference != "absent" and not one.note] == []


def test_fields_that_are_left_out_are_in_no_standard_object() -> None:
    relations = {"AccountSettings.enableRelateContactToMultipleAccounts": "true"}
    catalogue = present(standard_objects(), deployed=relations, settings=Settings())
    for one in exceptions():
        known = one.field.lower() in catalogue[one.sobject.lower()].fields
        assert known == (one.difference != "absent"), one
