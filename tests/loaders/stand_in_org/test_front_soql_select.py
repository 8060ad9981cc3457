"""What SELECT may ask for: groups and totals, TYPEOF, FIELDS(), aliases, plans."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

ACCOUNTS = (
    "Name,Type,Industry,AnnualRevenue,NumberOfEmployees,Clinic_Id__c\n"
    "Ann,Prospect,Banking,1000,10,t:1\n"
    "Ben,Other,Banking,500,20,t:2\n"
    "Cid,Other,Apparel,,,t:3\n"
    "Dot,,,,,t:4\n"
)


@pytest.fixture(scope="module")
def org(clinic_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    data = tmp_path_factory.mktemp("select") / "org"
    shutil.copytree(clinic_template, data)
    with serving(data) as client:
        assert not client.job("Account", "insert", ACCOUNTS).failed
        made = {
            "Lead": {"LastName": "Lea", "Company": "Co"},
            "Contact": {"LastName": "Con", "Account": {"Clinic_Id__c": "t:1"}},
        }
        for sobject, record in made.items():
            assert client.data("POST", f"sobjects/{sobject}", json=record).status_code == 201
        (lead,), (contact,), account = (
            [record["Id"] for record in client.records(f"SELECT Id FROM {name} ORDER BY Name")]
            for name in ("Lead", "Contact", "Account")
        )
        for record in (
            {"Subject": "about Ann", "WhoId": contact, "WhatId": account[0]},
            {"Subject": "lead", "WhoId": lead},
            {"Subject": "nobody"},
        ):
            answer = client.data("POST", "sobjects/Task", json=record)
            assert answer.status_code == 201, answer.text
        yield client


def plain(records: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(v for k, v in record.items() if k != "attributes") for record in records]


def test_unnamed_totals_are_numbered_and_named_ones_are_not(org: OrgClient) -> None:
    """Contract 4.7; SOQL guide, Use Aliases with GROUP BY."""
    found = org.records(
        "SELECT Type t, MAX(AnnualRevenue), MIN(AnnualRevenue) least, SUM(NumberOfEmployees), "
        "AVG(NumberOfEmployees), COUNT_DISTINCT(Industry) FROM Account "
        "WHERE Type != null GROUP BY Type HAVING COUNT(Id) > 1"
    )
    assert found == [
        {
            "attributes": {"type": "AggregateResult"},
            "t": "Other",
            "expr0": 500.0,
            "least": 500.0,
            "expr1": 20,
            "expr2": 20.0,
            "expr3": 2,
        }
    ]


def test_totals_without_groups_count_nulls_only_as_rows(org: OrgClient) -> None:
    (found,) = org.records("SELECT COUNT(Id), COUNT(Type), COUNT(AnnualRevenue) FROM Account")
    assert plain([found]) == [(4, 3, 2)]


def test_the_least_value_of_a_picklist_is_the_first_of_its_setup(org: OrgClient) -> None:
    """SOQL guide, MIN(): the sort order of the picklist values instead of alphabetical order."""
    assert plain(org.records("SELECT MIN(Type), MAX(Type) FROM Account")) == [("Prospect", "Other")]


def test_subtotals_are_told_apart_by_grouping(org: OrgClient) -> None:
    """SOQL guide, GROUP BY ROLLUP and GROUPING()."""
    rolled = org.records(
        "SELECT Type, Industry, GROUPING(Type) t, GROUPING(Industry) i, COUNT(Id) n "
        "FROM Account GROUP BY ROLLUP(Type, Industry) "
        "ORDER BY GROUPING(Type), GROUPING(Industry), Type, Industry"
    )
    assert plain(rolled) == [
        (None, None, 0, 0, 1),
        ("Prospect", "Banking", 0, 0, 1),
        ("Other", "Apparel", 0, 0, 1),
        ("Other", "Banking", 0, 0, 1),
        (None, None, 0, 1, 1),
        ("Prospect", None, 0, 1, 1),
        ("Other", None, 0, 1, 2),
        (None, None, 1, 1, 4),
    ]
    cube = org.records(
        "SELECT Type, Industry, COUNT(Id) n FROM Account GROUP BY CUBE(Type, Industry)"
    )
    assert len(cube) == 4 + 3 + 3 + 1


def test_groups_are_made_through_relationships(org: OrgClient) -> None:
    found = org.records(
        "SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name ORDER BY Account.Name"
    )
    assert plain(found) == [("Ann", 1)]


def test_more_groups_than_a_page_are_refused(org: OrgClient) -> None:
    """SOQL guide, GROUP BY: no query locator to get more results."""
    rows = "".join(f"P{n}\n" for n in range(201))
    assert not org.job("Product2", "insert", "Name\n" + rows).failed
    answer = org.data(
        "GET",
        "query",
        params={"q": "SELECT Name, COUNT(Id) FROM Product2 GROUP BY Name"},
        headers={"Sforce-Query-Options": "batchSize=200"},
    )
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_the_type_of_a_parent_decides_its_fields(org: OrgClient) -> None:
    """SOQL guide, TYPEOF: null for a type without branch."""
    with_else = org.records(
        "SELECT Subject, TYPEOF Who WHEN Lead THEN Company, Owner.Name ELSE Name, Type END "
        "FROM Task ORDER BY Subject"
    )
    about, lead, nobody = (record["Who"] for record in with_else)
    assert isinstance(about, dict)
    assert isinstance(lead, dict)
    assert (about.pop("attributes")["type"], about) == (
        "Contact",
        {"Name": "Con", "Type": "Contact"},
    )
    assert (lead["attributes"]["type"], lead["Company"]) == ("Lead", "Co")
    assert lead["Owner"]["Name"] == "Stand-in Administrator"
    assert nobody is None
    without = org.records("SELECT TYPEOF Who WHEN Lead THEN Company END FROM Task ORDER BY Subject")
    assert [record["Who"] is None for record in without] == [True, False, True]


def test_an_owner_of_several_types_has_a_profile(org: OrgClient) -> None:
    found = org.records("SELECT Owner.Profile.Name FROM Task WHERE Owner.Profile.Name LIKE 'sys%'")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("group", "own", "standard"),
    [("ALL", True, True), ("CUSTOM", True, False), ("STANDARD", False, True)],
)
def test_fields_stands_for_what_the_user_sees(
    org: OrgClient, group: str, own: bool, standard: bool
) -> None:
    found = org.records(f"SELECT FIELDS({group}) FROM Account WHERE Name = 'Ann' LIMIT 200")[0]
    assert ("Clinic_Id__c" in found, "Industry" in found) == (own, standard)


def test_every_object_answers_all_its_fields(org: OrgClient) -> None:
    described = org.data("GET", "sobjects").json()["sobjects"]
    names = [found["name"] for found in described if found["queryable"]]
    bounded = {
        "ContentDocumentLink": "WHERE LinkedEntityId = '001000000000001AAA'",
        "FieldDefinition": "WHERE EntityDefinitionId = 'Account'",
    }
    for name in names:
        answer = org.query(f"SELECT FIELDS(ALL) FROM {name} {bounded.get(name, '')} LIMIT 200")
        assert answer.status_code == 200, (name, answer.text)
    assert len(names) > 30


@pytest.mark.parametrize(
    "where",
    [
        "LIMIT 200",
        "WHERE Id = '001000000000001AAA'",
        "WHERE Id IN ('001000000000001AAA', '001000000000002AAA')",
        "WHERE Id = '001000000000001AAA' OR Id = '001000000000002AAA'",
    ],
)
def test_fields_of_an_unknown_number_need_few_rows(org: OrgClient, where: str) -> None:
    """SOQL guide: Bounded and Unbounded Queries, Limiting Result Rows."""
    assert org.query(f"SELECT FIELDS(ALL) FROM Account {where}").status_code == 200


def test_fields_is_younger_than_version_50(org: OrgClient) -> None:
    answer = org.http.get(
        "/services/data/v50.0/query", params={"q": "SELECT FIELDS(STANDARD) FROM Account"}
    )
    assert answer.json()[0]["errorCode"] == "UNSUPPORTED_API_VERSION"


def test_a_bulk_query_takes_the_fields_that_are_known_beforehand(org: OrgClient) -> None:
    """SOQL guide: FIELDS(STANDARD) in query jobs of Bulk API 2.0."""

    def create(fields: str) -> tuple[int, object]:
        soql = f"SELECT {fields} FROM Account LIMIT 200"
        answer = org.data("POST", "jobs/query", json={"operation": "query", "query": soql})
        return answer.status_code, answer.json()

    assert create("FIELDS(STANDARD)")[0] == 200
    for fields in ("FIELDS(ALL)", "FIELDS(CUSTOM)"):
        status, body = create(fields)
        assert (status, "unbounded set of fields" in str(body)) == (400, True)


def test_a_type_of_is_no_bulk_query(org: OrgClient) -> None:
    """Contract 3."""
    soql = "SELECT TYPEOF Who WHEN Lead THEN Company END FROM Task"
    answer = org.data("POST", "jobs/query", json={"operation": "query", "query": soql})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "API_ERROR")


def test_aliases_stand_for_the_object_and_for_its_parents(org: OrgClient) -> None:
    counted = org.query(
        "SELECT COUNT() FROM Contact c, c.Account a WHERE a.Name = 'Ann' AND c.LastName = 'Con'"
    )
    assert counted.json()["totalSize"] == 1
    found = org.records("SELECT c.LastName, c.Account.Name FROM Contact AS c ORDER BY c.LastName")
    assert [record["LastName"] for record in found] == ["Con"]


def test_the_nulls_of_a_lookup_come_first_whatever_is_said(org: OrgClient) -> None:
    """SOQL guide, ORDER BY: NULLS LAST is not supported on a relationship field."""
    found = org.records("SELECT WhatId, Subject FROM Task ORDER BY WhatId NULLS LAST, Subject")
    assert [record["WhatId"] is None for record in found] == [True, True, False]


def test_mine_are_the_records_i_own(org: OrgClient) -> None:
    found = org.records("SELECT Id FROM Account USING SCOPE mine")
    assert len(found) == 4
    assert org.query("SELECT Id FROM Product2 USING SCOPE mine").status_code == 400


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Name FROM Account WHERE Type = 'Other'",
        "SELECT Type, COUNT(Id) FROM Account GROUP BY Type",
        "SELECT Name, (SELECT Id FROM Contacts) FROM Account",
        "SELECT COUNT() FROM Account",
    ],
)
def test_a_plan_is_answered_when_asked(org: OrgClient, soql: str) -> None:
    (plan,) = org.data("GET", "query", params={"explain": soql}).json()["plans"]
    assert (plan["sobjectType"], plan["sobjectCardinality"]) == ("Account", 4)
    assert {"cardinality", "fields", "leadingOperationType", "relativeCost", "notes"} < set(plan)
    bad = org.data("GET", "query", params={"explain": "SELECT Wrong FROM Account"})
    assert bad.json()[0]["errorCode"] == "INVALID_FIELD"


def test_columns_of_totals_are_marked(org: OrgClient) -> None:
    soql = "SELECT Type, COUNT(Id) n, MAX(CreatedDate) FROM Account GROUP BY Type"
    described = org.data("GET", "query", params={"q": soql, "columns": "true"}).json()
    columns = [
        (c["columnName"], c["displayName"], c["aggregate"], c["apexType"], c["numberType"])
        for c in described["columnMetadata"]
    ]
    # As in the answers of a real org that the Salesforce CLI's own tests keep.
    assert columns == [
        ("Type", "Type", False, "String", False),
        ("n", "count(Id)", True, None, True),
        ("expr0", "max(CreatedDate)", True, None, False),
    ]
    assert described["groupBy"] is True


def test_semi_joins_and_anti_joins_keep_and_drop(org: OrgClient) -> None:
    kept = org.records("SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact)")
    dropped = org.records(
        "SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact) AND OwnerId IN "
        "(SELECT Id FROM User WHERE IsActive = true) ORDER BY Name"
    )
    assert [record["Name"] for record in kept] == ["Ann"]
    assert [record["Name"] for record in dropped] == ["Ben", "Cid", "Dot"]
