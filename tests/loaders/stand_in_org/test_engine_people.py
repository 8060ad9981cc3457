"""Relations, users, duplicates, audit fields and storage (contract 4.10, 4.11, 6, 11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.stand_in_org.model import NULL
from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.engine_org import Bench, open_bench
from tests.loaders.stand_in_org.engine_package import package, permission_set


def test_direct_relation_follows_the_contact_contract_4_11(clinic: Bench) -> None:
    first, second = (clinic.insert("Account", Name=name) for name in ("one", "two"))
    contact = clinic.insert("Contact", LastName="a", AccountId=first)
    direct = "SELECT AccountId, ContactId, IsDirect, IsActive FROM AccountContactRelation"
    assert clinic.rows(direct) == [(first, contact, True, True)]
    pair = {"AccountId": first, "ContactId": contact}
    assert clinic.refused("AccountContactRelation", **pair).code == "DUPLICATE_VALUE"
    made = clinic.insert("AccountContactRelation", AccountId=second, ContactId=contact)
    moved = clinic.refused("AccountContactRelation", "update", Id=made, AccountId=first)
    assert moved.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    clinic.write("Contact", "update", {"Id": [contact], "AccountId": [second]})
    assert clinic.rows(f"{direct} WHERE NOT IsDeleted") == [(second, contact, True, True)]


def test_direct_relation_cannot_be_deleted_contract_7_9(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="one")
    clinic.insert("Contact", LastName="a", AccountId=account)
    made = str(clinic.one("SELECT Id FROM AccountContactRelation"))
    assert clinic.refused("AccountContactRelation", "delete", Id=made).code == "DELETE_FAILED"


def test_private_contact_takes_no_relation(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="one")
    contact = clinic.insert("Contact", LastName="a")
    refusal = clinic.refused("AccountContactRelation", AccountId=account, ContactId=contact)
    assert refusal.code == "FIELD_INTEGRITY_EXCEPTION"


def test_user_names_are_unique_licences_end_and_users_stay_contract_4_11(tmp_path: Path) -> None:
    bench = open_bench(tmp_path, settings=Settings(user_licences=2))
    profile = str(bench.one("SELECT Id FROM Profile WHERE Name = 'Standard User'"))
    shape = {
        "LastName": "Testuser", "Email": "t@clinic.invalid", "Alias": "t", "ProfileId": profile,
        "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US", "IsActive": "true",
        "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US",
    }  # fmt: skip
    made = bench.insert("User", Username="t@clinic.invalid", **shape)
    assert bench.rows("SELECT UsedLicenses, TotalLicenses FROM UserLicense") == [(2, 2)]
    twice = bench.refused("User", Username="T@Clinic.invalid", **shape)
    assert twice.code == "DUPLICATE_USERNAME"
    full = bench.refused("User", Username="u@clinic.invalid", **shape)
    assert full.code == "LICENSE_LIMIT_EXCEEDED"
    gone = bench.refused("User", "delete", Id=made)
    assert gone.code == "INSUFFICIENT_ACCESS_OR_READONLY"
    bench.write("User", "update", {"Id": [made], "IsActive": ["false"]})
    assert bench.one("SELECT UsedLicenses FROM UserLicense") == 1
    owned = bench.refused("Account", Name="a", OwnerId=made)
    assert owned.code == "INACTIVE_OWNER_OR_USER"
    bench.org.close()


def test_duplicate_rules_alert_unless_allowed_contract_11(clinic: Bench) -> None:
    person = {"FirstName": "Ada", "LastName": "Testperson", "Email": "ada@clinic.invalid"}
    clinic.insert("Contact", **person)
    refusal = clinic.refused("Contact", **person)
    assert (refusal.code, refusal.message) == ("DUPLICATES_DETECTED", "Use one of these records?")
    cells = {name: [cell] for name, cell in person.items()}
    (allowed,) = clinic.write("Contact", "insert", cells, allow_duplicates=True)
    assert allowed.code is None


def test_family_at_one_address_is_no_duplicate(clinic: Bench) -> None:
    home = {"LastName": "Testfamily", "Phone": "555 0100", "MailingStreet": "1 Test Way"}
    clinic.insert("Contact", FirstName="Ada", **home)
    clinic.insert("Contact", FirstName="Bob", **home)


def test_duplicates_are_found_across_chunks_but_not_within_one(clinic: Bench) -> None:
    names = ["Same", "Same"] + [f"Other {n}" for n in range(198)] + ["Same"]
    done = clinic.write("Account", "insert", {"Name": names, "Phone": ["5550100"] * 201})
    assert [done[n].code for n in (0, 1, 200)] == [None, None, "DUPLICATES_DETECTED"]


def test_duplicate_rules_can_be_absent(tmp_path: Path) -> None:
    bench = open_bench(tmp_path, settings=Settings(duplicate_rules=False))
    for _ in range(2):
        bench.insert("Account", Name="same", Phone="5550100")
    bench.org.close()


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Bench]:
    bench = open_bench(tmp_path, settings=Settings(audit_fields=True))
    grant = permission_set(system=["CreateAuditFields"])
    body = package({"permissionsets/Audit.permissionset": grant}, {"PermissionSet": ["Audit"]})
    assert bench.problems(body) == []
    bench.assign("Audit")
    yield bench
    bench.org.close()


def test_audit_fields_are_set_on_insert_only_contract_11(audited: Bench) -> None:
    made = audited.insert("Account", Name="a", CreatedDate="2001-02-03T04:05:06.000Z")
    assert audited.one("SELECT CAST(CreatedDate AS VARCHAR) FROM Account") == "2001-02-03 04:05:06"
    for operation, cells in (
        ("update", {"Id": [made], "CreatedDate": ["2002-01-01T00:00:00Z"]}),
        ("upsert", {"Id": [None], "Name": ["b"], "CreatedDate": ["2002-01-01T00:00:00Z"]}),
    ):
        (done,) = audited.write("Account", operation, cells, external_id="Id")
        assert done.code == "INVALID_FIELD_FOR_INSERT_UPDATE", operation


def test_audit_fields_are_closed_on_products_contract_11(audited: Bench) -> None:
    refusal = audited.refused("Product2", Name="a", CreatedDate="2001-01-01T00:00:00Z")
    assert refusal.code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_storage_ends_contract_6(tmp_path: Path) -> None:
    bench = open_bench(tmp_path, settings=Settings(data_storage_mb=1))
    names = [f"Payer {n}" for n in range(513)]
    done = bench.write("Account", "insert", {"Name": names})
    assert [row.code for row in done[510:]] == [None, None, "STORAGE_LIMIT_EXCEEDED"]
    bench.org.close()


def test_duplicate_of_a_changed_record_is_found_and_of_a_deleted_one_is_not(clinic: Bench) -> None:
    person = {"FirstName": "Ada", "LastName": "Testperson", "Email": "ada@clinic.invalid"}
    made = clinic.insert("Contact", FirstName="Ada", LastName="Testperson")
    clinic.write("Contact", "update", {"Id": [made], "Email": ["ADA@clinic.invalid"]})
    assert clinic.refused("Contact", **person).code == "DUPLICATES_DETECTED"
    assert clinic.refused("Lead", Company="c", **person).code == "DUPLICATES_DETECTED"
    clinic.write("Contact", "delete", {"Id": [made]})
    clinic.insert("Contact", **person)


def test_a_role_with_users_or_roles_below_stays(clinic: Bench) -> None:
    top = clinic.insert("UserRole", Name="Owner", DeveloperName="Owner")
    desk = clinic.insert("UserRole", Name="Desk", DeveloperName="Desk", ParentRoleId=top)
    user = str(clinic.one("SELECT Id FROM \"User\" WHERE Alias = 'admin'"))
    clinic.write("User", "update", {"Id": [user], "UserRoleId": [desk]})
    for role, holder in ((top, "Desk"), (desk, "admin@stand-in.invalid")):
        refusal = clinic.refused("UserRole", "delete", Id=role)
        assert refusal.code == "DELETE_FAILED"
        assert (refusal.message or "").endswith(f"following users or roles.: {holder}")
    clinic.write("User", "update", {"Id": [user], "UserRoleId": [NULL]})
    for role in (desk, top):
        (done,) = clinic.write("UserRole", "delete", {"Id": [role]})
        assert done.code is None
