"""What an org's schema and users refuse, in the same words through every way in (2.10, 4.11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving

FIELDS = (
    "<fields><fullName>Need__c</fullName><label>Need</label><type>Text</type><length>20</length>"
    "<required>true</required></fields>"
    "<fields><fullName>Kind__c</fullName><label>Kind</label><type>Picklist</type><valueSet>"
    "<restricted>true</restricted><valueSetDefinition><sorted>false</sorted>"
    "<value><fullName>A</fullName><default>false</default><label>A</label></value>"
    "<value><fullName>B</fullName><default>false</default><label>B</label></value>"
    "</valueSetDefinition></valueSet></fields>"
    "<recordTypes><fullName>Clinic</fullName><active>true</active><label>Clinic</label>"
    "<picklistValues><picklist>Kind__c</picklist><values><fullName>A</fullName>"
    "<default>false</default></values></picklistValues></recordTypes>"
    "<recordTypes><fullName>Every</fullName><active>true</active><label>Every</label>"
    "<picklistValues><picklist>Kind__c</picklist><values><fullName>A</fullName>"
    "<default>false</default></values><values><fullName>B</fullName><default>false</default>"
    "</values></picklistValues></recordTypes>"
)
AUDIT = (
    "Unable to create/update fields: CreatedDate. Please check the security settings of this field"
    " and verify that it is read/write for your profile or permission set."
)
AUTOPROC = "autoproc@stand-in.invalid"


def package(*permissions: str) -> dict[str, str]:
    granted = "".join(
        f"<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>"
        for name in permissions
    )
    field = (
        "<fieldPermissions><editable>true</editable><field>Account.Kind__c</field>"
        "<readable>true</readable></fieldPermissions>"
    )
    listed = "".join(
        f"<types><members>{member}</members><name>{kind}</name></types>"
        for kind, member in (
            ("CustomField", "Account.Need__c"),
            ("CustomField", "Account.Kind__c"),
            ("RecordType", "Account.Clinic"),
            ("RecordType", "Account.Every"),
            ("PermissionSet", "Loader"),
        )
    )
    return {
        "package.xml": metadata("Package", f"{listed}<version>67.0</version>"),
        "objects/Account.object": metadata("CustomObject", FIELDS),
        "permissionsets/Loader.permissionset": metadata(
            "PermissionSet", f"{field}<label>Loader</label>{granted}"
        ),
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as org:
        org.settings(duplicate_rules=False, user_licences=3)
        result = org.deploy(package())
        assert result["status"] == "Succeeded", result["details"]
        (found,) = org.records("SELECT Id FROM PermissionSet WHERE Name = 'Loader'")
        admin = org.running.site.org.admin_user_id
        given = {"AssigneeId": admin, "PermissionSetId": found["Id"]}
        assert org.data("POST", "sobjects/PermissionSetAssignment", json=given).status_code == 201
        org.http.post("/_stand_in/act", json={"do": "deactivate", "user": "gone@clinic.invalid"})
        # A flow that runs as the automated process makes that user known.
        flow = {"object": "Lead", "fields": {"City": "x"}, "by": "process"}
        org.settings(automations=[flow])
        org.data("POST", "sobjects/Lead", json={"LastName": "L", "Company": "c"})
        org.settings(automations=None)
        yield org


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    served.settings(data_storage_mb=None, audit_fields=None)


def user(org: OrgClient, name: str) -> str:
    (found,) = org.records(f"SELECT Id FROM User WHERE Username = '{name}'")
    return str(found["Id"])


def record_type(org: OrgClient, name: str) -> str:
    (found,) = org.records(f"SELECT Id FROM RecordType WHERE DeveloperName = '{name}'")
    return str(found["Id"])


def grammar(error: dict[str, object]) -> str:
    """Write an error of REST as Bulk does."""
    code = error.get("statusCode", error.get("errorCode"))
    fields = " ".join(error["fields"])  # type: ignore[arg-type]
    return f"{code}:{error['message']}:{fields + ' ' if fields else ''}--"


def by_bulk(org: OrgClient, record: dict[str, str]) -> str | None:
    done = org.job("Account", "insert", f"{','.join(record)}\n{','.join(record.values())}\n")
    return done.failed[0]["sf__Error"] if done.failed else done.info.get("errorMessage")  # type: ignore[return-value]


def by_row(org: OrgClient, record: dict[str, str]) -> str | None:
    answer = org.data("POST", "sobjects/Account", json=record)
    return None if answer.status_code == 201 else grammar(answer.json()[0])


def by_collection(org: OrgClient, record: dict[str, str]) -> str | None:
    typed = {"attributes": {"type": "Account"}, **record}
    (done,) = org.data("POST", "composite/sobjects", json={"records": [typed]}).json()
    return None if done["success"] else grammar(done["errors"][0])


def by_tree(org: OrgClient, record: dict[str, str]) -> str | None:
    typed = {"attributes": {"type": "Account", "referenceId": "one"}, **record}
    answer = org.data("POST", "composite/tree/Account", json={"records": [typed]})
    return None if answer.status_code == 201 else grammar(answer.json()["results"][0]["errors"][0])


Way = Callable[[OrgClient, dict[str, str]], str | None]
WAYS = pytest.mark.parametrize("way", [by_bulk, by_row, by_collection, by_tree])


@WAYS
def test_a_required_custom_field_is_missed(org: OrgClient, way: Way) -> None:
    said = "REQUIRED_FIELD_MISSING:Required fields are missing: [Need__c]:Need__c --"
    assert way(org, {"Name": "x"}) == said
    assert way(org, {"Name": "x", "Need__c": "n"}) is None


@WAYS
def test_a_restricted_picklist_takes_its_values_only(org: OrgClient, way: Way) -> None:
    said = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Kind: bad value for restricted picklist field: "
    record = {"Name": "x", "Need__c": "n", "RecordTypeId": record_type(org, "Every")}
    assert way(org, {**record, "Kind__c": "C"}) == f"{said}C:Kind__c --"
    assert way(org, {**record, "Kind__c": "B"}) is None
    of_type = {**record, "RecordTypeId": record_type(org, "Clinic")}
    assert way(org, {**of_type, "Kind__c": "B"}) == f"{said}B:Kind__c --"
    assert way(org, {**of_type, "Kind__c": "A"}) is None


@WAYS
def test_records_are_not_given_to_users_of_another_kind(org: OrgClient, way: Way) -> None:
    record = {"Name": "x", "Need__c": "n", "OwnerId": user(org, AUTOPROC)}
    said = "OP_WITH_INVALID_USER_TYPE_EXCEPTION:Operation not valid for this user type:OwnerId --"
    assert way(org, record) == said


@WAYS
def test_storage_that_is_full_refuses_in_the_same_words(org: OrgClient, way: Way) -> None:
    org.settings(data_storage_mb=0)
    said = "STORAGE_LIMIT_EXCEEDED:storage limit exceeded:--"
    assert way(org, {"Name": "x", "Need__c": "n"}) == said


def test_audit_fields_and_inactive_owners_need_the_switch_and_the_permission(
    org: OrgClient,
) -> None:
    gone = user(org, "gone@clinic.invalid")
    owned = {"Name": "x", "Need__c": "n", "OwnerId": gone}
    dated = {"Name": "x", "Need__c": "n", "CreatedDate": "2001-02-03T04:05:06.000Z"}
    no_owner = (
        f"INACTIVE_OWNER_OR_USER:operation performed with inactive user [{gone}] as owner of"
        " account:OwnerId --"
    )
    no_date = f"INVALID_FIELD_FOR_INSERT_UPDATE:{AUDIT}:CreatedDate --"
    for way in (by_bulk, by_row, by_collection, by_tree):
        assert (way(org, owned), way(org, dated)) == (no_owner, no_date), way
    org.settings(audit_fields=True)
    assert by_bulk(org, dated) == no_date
    result = org.deploy(package("CreateAuditFields", "UpdateWithInactiveOwners"))
    assert result["status"] == "Succeeded", result["details"]
    for way in (by_bulk, by_row, by_collection, by_tree):
        assert (way(org, owned), way(org, dated)) == (None, None), way
    stored = org.records("SELECT CreatedDate FROM Account WHERE CreatedDate < 2002-01-01T00:00:00Z")
    assert len(stored) == 4
    made = stored[0]["attributes"]["url"].split("/")[-1]  # type: ignore[index]
    late = org.data("PATCH", f"sobjects/Account/{made}", json={"CreatedDate": dated["CreatedDate"]})
    assert late.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    org.settings(audit_fields=False)
    assert by_bulk(org, dated) == no_date


def test_file_links_are_read_by_document_or_record_only(org: OrgClient) -> None:
    soql = "SELECT Id FROM ContentDocumentLink"
    refused = org.query(soql)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")
    for where in ("LinkedEntityId = '{0}'", "LinkedEntityId IN ('{0}')"):
        admin = org.running.site.org.admin_user_id
        assert org.query(f"{soql} WHERE {where.format(admin)}").status_code == 200
    result = org.deploy(package("QueryAllFiles"))
    assert result["status"] == "Succeeded", result["details"]
    assert org.query(soql).status_code == 200


def test_old_activities_are_archived_on_demand(org: OrgClient) -> None:
    event = {
        "Subject": "Long ago",
        "StartDateTime": "2020-01-01T10:00:00Z",
        "EndDateTime": "2020-01-01T11:00:00Z",
    }
    made = org.data("POST", "sobjects/Event", json=event).json()["id"]
    soql = f"SELECT IsArchived FROM Event WHERE Id = '{made}'"
    assert len(org.records(soql)) == 1
    assert org.http.post("/_stand_in/archive").json()["archived"] >= 1
    assert org.records(soql) == []
    assert org.records(soql, path="queryAll")[0]["IsArchived"] is True
