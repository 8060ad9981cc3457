"""UserRecordAccess: sharing, owners, roles, permission sets and those who see all data decide."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.engine_package import custom_object
from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving

NOTE = "Access_Note__c"
PACKAGE = metadata(
    "Package",
    f"<types><members>{NOTE}</members><name>CustomObject</name></types><version>67.0</version>",
)
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Records:
    """An org whose accounts are private, and one record of each kind, the administrator's own."""

    org: OrgClient
    account: str
    contact: str
    note: str

    def create(self, sobject: str, **values: object) -> str:
        answer = self.org.data("POST", f"sobjects/{sobject}", json=values)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def user(self, **more: object) -> str:
        """Make somebody who has nothing but a standard profile."""
        number = next(_NUMBERS)
        (profile,) = self.org.records("SELECT Id FROM Profile WHERE Name = 'Standard User'")
        return self.create(
            "User",
            **{
                "Username": f"access{number}@stand-in.invalid", "LastName": f"Access {number}",
                "Email": "access@stand-in.invalid", "Alias": f"a{number}",
                "ProfileId": profile["Id"], "IsActive": True,
                "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US",
                "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US", **more,
            },
        )  # fmt: skip

    def give(self, user: str, **permissions: object) -> str:
        """Give a user a permission set of their own."""
        name = f"Access_{next(_NUMBERS)}"
        made = self.create("PermissionSet", Name=name, Label=name, **permissions)
        self.create("PermissionSetAssignment", AssigneeId=user, PermissionSetId=made)
        return made

    def open_notes(self, user: str, **rights: bool) -> None:
        """Let a user at the object, and at all of its records where that is said."""
        self.create(
            "ObjectPermissions",
            **{"ParentId": self.give(user), "SobjectType": NOTE, "PermissionsRead": True, **rights},
        )

    def level(self, user: str, record: str) -> str:
        (found,) = self.org.records(
            "SELECT RecordId, MaxAccessLevel FROM UserRecordAccess"
            f" WHERE UserId = '{user}' AND RecordId = '{record}'"
        )
        assert found["RecordId"] == record
        return str(found["MaxAccessLevel"])


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """Give the org and its records."""
    folder = tmp_path_factory.mktemp("org")
    with serving(folder, settings=Settings(private_sharing=True)) as org:
        files = {"package.xml": PACKAGE, f"objects/{NOTE}.object": custom_object("Access Note")}
        deployed = org.deploy(files)
        assert deployed["status"] == "Succeeded", deployed
        found = Records(org, "", "", "")
        admin = org.running.site.org.admin_user_id  # type: ignore[union-attr]
        found.open_notes(admin, PermissionsCreate=True)
        account = found.create("Account", Name="Testfall family")
        contact = found.create("Contact", LastName="Testfall", AccountId=account)
        yield Records(org, account, contact, found.create(NOTE))


def test_private_records_are_closed_to_others_and_open_by_default_elsewhere(
    records: Records,
) -> None:
    other = records.user()
    assert [records.level(other, each) for each in (records.account, records.contact)] == [
        "None",
        "None",
    ]
    records.org.settings(private_sharing=False)
    assert records.level(other, records.account) == "Edit"
    assert records.level(other, records.contact) == "Edit"
    records.org.settings(private_sharing=True)
    assert records.level(other, records.account) == "None"


def test_set_that_reads_an_object_opens_no_record_until_it_views_all(records: Records) -> None:
    reader, viewer, outsider = records.user(), records.user(), records.user()
    records.open_notes(reader)
    records.open_notes(viewer, PermissionsViewAllRecords=True)
    assert records.level(reader, records.note) == "None"
    assert records.level(viewer, records.note) == "Read"
    assert records.level(outsider, records.note) == "None"


def test_who_sees_or_changes_all_data_is_stopped_by_no_sharing(records: Records) -> None:
    viewer, changer = records.user(), records.user()
    records.give(viewer, PermissionsViewAllData=True)
    records.give(changer, PermissionsViewAllData=True, PermissionsModifyAllData=True)
    for record in (records.account, records.note):
        assert records.level(viewer, record) == "Read"
        assert records.level(changer, record) == "All"
    answer = records.org.data("PATCH", f"sobjects/User/{changer}", json={"IsActive": False})
    assert answer.status_code == 204, answer.text
    assert records.level(changer, records.account) == "None"


def test_owner_and_the_roles_above_have_everything(records: Records) -> None:
    chief = records.create("UserRole", Name="Chief")
    below = records.create("UserRole", Name="Below", ParentRoleId=chief)
    above, owner, peer = (records.user(UserRoleId=role) for role in (chief, below, below))
    mine = records.create("Account", Name="Muster family", OwnerId=owner)
    assert [records.level(each, mine) for each in (owner, above, peer)] == ["All", "All", "None"]


def test_what_hangs_on_a_record_is_read_by_its_readers(records: Records) -> None:
    owner, other = records.user(), records.user()
    mine = records.create("Account", Name="Family", OwnerId=owner)
    task = records.create("Task", Subject="Call", WhatId=mine)
    version = records.create(
        "ContentVersion", Title="Letter", PathOnClient="a.txt", VersionData="YQ=="
    )
    (found,) = records.org.records(
        f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'"
    )
    document = str(found["ContentDocumentId"])
    records.create(
        "ContentDocumentLink", ContentDocumentId=document, LinkedEntityId=mine, ShareType="V"
    )
    for record in (task, document, version):
        assert [records.level(each, record) for each in (owner, other)] == ["Read", "None"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT RecordId FROM UserRecordAccess",
        "SELECT RecordId FROM UserRecordAccess WHERE UserId = '{user}'",
        "SELECT RecordId FROM UserRecordAccess WHERE UserId = '{user}' OR RecordId = '{user}'",
        "SELECT RecordId FROM UserRecordAccess WHERE UserId = '{user}' AND RecordId != '{user}'",
        "SELECT RecordId FROM UserRecordAccess WHERE UserId = '{user}' AND RecordId IN ({many})",
        "SELECT UserId FROM UserRecordAccess WHERE UserId = '{user}' AND RecordId = '{user}'",
        "SELECT RecordId FROM UserRecordAccess WHERE UserId = 'x' AND RecordId = '{user}'",
    ],
)
def test_query_of_another_form_is_refused(records: Records, query: str) -> None:
    user = records.org.running.site.org.admin_user_id  # type: ignore[union-attr]
    many = ",".join(f"'001Hs00000{number:05}AAA'" for number in range(201))
    assert records.org.query(query.format(user=user, many=many)).status_code == 400
