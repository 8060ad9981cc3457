"""What SOQL refuses of statements that its grammar allows, in the original's words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT SUM(Name) FROM Account", "MALFORMED_QUERY", "field Name does not support"),
        ("SELECT COUNT(IsDeleted) FROM Account", "MALFORMED_QUERY", "aggregate operator COUNT"),
        ("SELECT MIN(Description) FROM Account", "MALFORMED_QUERY", "aggregate operator MIN"),
        ("SELECT MAX(CreatedDate) FROM Account LIMIT 1", "MALFORMED_QUERY", "also use LIMIT"),
        ("SELECT COUNT() FROM Account ORDER BY Name", "MALFORMED_QUERY", "ORDER BY"),
        ("SELECT COUNT() FROM Account GROUP BY Name", "MALFORMED_QUERY", "GROUP BY"),
        ("SELECT Description FROM Account GROUP BY Description", "INVALID_FIELD", "be grouped"),
        ("SELECT AnnualRevenue FROM Account GROUP BY AnnualRevenue", "INVALID_FIELD", "be grouped"),
        ("SELECT Name, Type FROM Account GROUP BY Name", "MALFORMED_QUERY", "or aggregated: Type"),
        (
            "SELECT Type FROM Account GROUP BY Type ORDER BY Name",
            "MALFORMED_QUERY",
            "Ordered field must be grouped or aggregated: Name",
        ),
        ("SELECT Id FROM Account ORDER BY COUNT(Id)", "MALFORMED_QUERY", "grouped or aggregated"),
        (
            "SELECT Type FROM Account GROUP BY Type HAVING Name = 'x'",
            "MALFORMED_QUERY",
            "grouped or aggregated: Name",
        ),
        ("SELECT GROUPING(Type) FROM Account GROUP BY Type", "MALFORMED_QUERY", "GROUPING"),
        ("SELECT Type, COUNT(Id) Type FROM Account GROUP BY Type", "MALFORMED_QUERY", "duplicate"),
        ("SELECT CALENDAR_YEAR(CreatedDate) FROM Account", "MALFORMED_QUERY", "must be grouped"),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY", "use field aliasing"),
        ("SELECT Id FROM Account a, a.Boss b", "INVALID_FIELD", "relationship 'Boss'"),
        ("SELECT Id FROM Account, Contact", "INVALID_FIELD", "relationship 'Contact'"),
        ("SELECT Id, Name, Name FROM Account", "INVALID_FIELD", "duplicate field selected: Name"),
        ("SELECT Id, FIELDS(ALL) FROM Account LIMIT 9", "INVALID_FIELD", "field selected: Id"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        ("SELECT FIELDS(ALL) FROM Account LIMIT 201", "MALFORMED_QUERY", "LIMIT of at most 200"),
        ("SELECT FIELDS(CUSTOM) FROM Group LIMIT 1", "MALFORMED_QUERY", "at least one field"),
        ("SELECT FORMAT(Name) FROM Account", "INVALID_FIELD", "FORMAT does not support field Name"),
        ("SELECT toLabel(Name) FROM Account", "INVALID_FIELD", "toLabel can only be used"),
        ("SELECT Id FROM Account WHERE FORMAT(AnnualRevenue) = '5'", "INVALID_FIELD", "FORMAT"),
        (
            "SELECT TYPEOF Account WHEN Account THEN Id END FROM Contact",
            "MALFORMED_QUERY",
            "polymorphic",
        ),
        (
            "SELECT Who.Name, TYPEOF Who WHEN Lead THEN Id END FROM Task",
            "MALFORMED_QUERY",
            "also selected otherwise",
        ),
        (
            "SELECT FORMAT(CreatedDate), TYPEOF Who WHEN Lead THEN Id END FROM Task",
            "MALFORMED_QUERY",
            "functions in the SELECT clause",
        ),
        ("SELECT TYPEOF Who WHEN Account THEN Id END FROM Task", "INVALID_TYPE", "'Account'"),
        ("SELECT TYPEOF Who WHEN Lead THEN Amount END FROM Task", "INVALID_FIELD", "'Amount'"),
        (
            "SELECT TYPEOF Who WHEN Lead THEN Id END, COUNT(Id) FROM Task GROUP BY Subject",
            "MALFORMED_QUERY",
            "TYPEOF",
        ),
        (
            "SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account",
            "INVALID_FIELD",
            "more than 5 levels",
        ),
    ],
)  # fmt: skip
def test_a_bad_select_is_refused(org: OrgClient, soql: str, code: str, words: str) -> None:
    (error,) = org.query(soql).json()
    assert (error["errorCode"], words in error["message"]) == (code, True), error


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (
            "Id IN (SELECT AccountId FROM Contact) OR Name = 'x'",
            "not allowed with the 'OR'",
        ),
        ("NOT Id IN (SELECT AccountId FROM Contact)", "only allowed at the top level"),
        ("Name IN (SELECT AccountId FROM Contact)", "must be an id field, cannot use: 'Name'"),
        ("Parent.Id IN (SELECT AccountId FROM Contact)", "cannot use: 'Parent.Id'"),
        ("Id IN (SELECT OwnerId FROM Contact)", "should point to the same object type"),
        ("Id IN (SELECT Account.Id FROM Contact)", "should point to the same object type"),
        ("ParentId IN (SELECT Id FROM Account)", "should not be on the same object type"),
        ("Id IN (SELECT WhatId FROM Task)", "Entity 'Task' is not supported"),
        ("Id IN (SELECT AccountId FROM Contact LIMIT 5)", "nothing but a WHERE clause"),
        ("Id IN (SELECT AccountId, Id FROM Contact)", "selects one field"),
        (
            "Id IN (SELECT AccountId FROM Contact WHERE OwnerId IN (SELECT Id FROM User))",
            "Nesting of semi join sub-selects is not supported",
        ),
        (
            "Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Asset) "
            "AND Id IN (SELECT AccountId FROM Opportunity)",
            "Maximum 2 semi join sub-selects are allowed",
        ),
    ],
)
def test_a_bad_semi_join_is_refused(org: OrgClient, where: str, words: str) -> None:
    """SOQL guide: Considerations for Semi-Join and Anti-Join Queries."""
    (error,) = org.query(f"SELECT Id FROM Account WHERE {where}").json()
    assert (error["errorCode"], words in error["message"]) == ("MALFORMED_QUERY", True), error


@pytest.mark.parametrize(
    ("where", "code", "words"),
    [
        ("Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
        ("NumberOfEmployees LIKE '1%'", "INVALID_QUERY_FILTER_OPERATOR", "on int field"),
        ("IsDeleted > false", "INVALID_QUERY_FILTER_OPERATOR", "on boolean field"),
        ("Name INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR", "on string field"),
        ("Name > null", "INVALID_FIELD", "invalid operator for null"),
        ("BillingAddress != null", "INVALID_FIELD", "can not be filtered in a query call"),
        ("OwnerId = 5", "INVALID_FIELD", "must be of type reference and should be enclosed"),
        ("IsDeleted = 'true'", "INVALID_FIELD", "must be of type boolean and should not be"),
    ],
)
def test_an_operator_of_the_wrong_type_is_refused(
    org: OrgClient, where: str, code: str, words: str
) -> None:
    (error,) = org.query(f"SELECT Id FROM Account WHERE {where}").json()
    assert (error["errorCode"], words in error["message"]) == (code, True), error


def test_a_parent_that_the_user_may_not_read_is_not_understood(org: OrgClient) -> None:
    """An object is closed to everybody until a permission set opens it (contract 5.4)."""
    lookup = (
        "<fields><fullName>Closed__c</fullName><label>Closed</label><type>Lookup</type>"
        "<referenceTo>Closed__c</referenceTo><relationshipName>Openers</relationshipName></fields>"
    )
    hidden = (
        "<label>Closed</label><pluralLabel>Closed</pluralLabel><deploymentStatus>Deployed"
        "</deploymentStatus><sharingModel>Private</sharingModel><nameField><label>N</label>"
        "<type>AutoNumber</type><displayFormat>N-{0}</displayFormat></nameField>"
    )
    grant = (
        "<fieldPermissions><editable>true</editable><field>Account.Closed__c</field>"
        "<readable>true</readable></fieldPermissions><label>Openers</label>"
    )
    members = {"CustomObject": "Closed__c", "CustomField": "Account.Closed__c"}
    types = "".join(
        f"<types><members>{name}</members><name>{kind}</name></types>"
        for kind, name in {**members, "PermissionSet": "Openers"}.items()
    )
    result = org.deploy(
        {
            "package.xml": metadata("Package", f"{types}<version>67.0</version>"),
            "objects/Closed__c.object": metadata("CustomObject", hidden),
            "objects/Account.object": metadata("CustomObject", lookup),
            "permissionsets/Openers.permissionset": metadata("PermissionSet", grant),
        }
    )
    assert result["status"] == "Succeeded", result["details"]
    grants = org.records("SELECT Id FROM PermissionSet WHERE Name = 'Openers'")
    assignment = {
        "AssigneeId": org.running.site.org.admin_user_id,
        "PermissionSetId": grants[0]["Id"],
    }
    made = org.data("POST", "sobjects/PermissionSetAssignment", json=assignment)
    assert made.status_code == 201, made.text
    assert org.query("SELECT Closed__c FROM Account").status_code == 200
    (error,) = org.query("SELECT Closed__r.Name FROM Account").json()
    assert error["errorCode"] == "INVALID_FIELD"
    assert "Didn't understand relationship 'Closed__r' in field path" in error["message"]
    assert org.query("SELECT Id FROM Closed__c").json()[0]["errorCode"] == "INVALID_TYPE"
