"""Parents with their children: subqueries in SELECT, nested answers, pages of children."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        client.job("Account", "insert", "Name\nMany\nTwo\nNone\n")
        found = client.records("SELECT Id, Name FROM Account")
        ids = {str(record["Name"]): record["Id"] for record in found}
        rows = [f"Child {n:03d},{ids['Many']}" for n in range(450)]
        rows += [f"Small {n},{ids['Two']}" for n in range(2)]
        loaded = client.job("Contact", "insert", "LastName,AccountId\n" + "\n".join(rows) + "\n")
        assert not loaded.failed
        yield client


def children(record: dict[str, object], name: str = "Contacts") -> list[object]:
    nested = record[name]
    assert isinstance(nested, dict)
    assert nested["totalSize"] == len(nested["records"])
    return [child["LastName"] for child in nested["records"]]


def test_children_are_nested_and_no_children_are_null(org: OrgClient) -> None:
    """Contract 4.7: a nested {totalSize, done, records}, or null."""
    none, two = org.records(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts ORDER BY LastName DESC) "
        "FROM Account WHERE Name != 'Many' ORDER BY Name"
    )
    assert none["Contacts"] is None
    nested = two["Contacts"]
    assert isinstance(nested, dict)
    assert (nested["totalSize"], nested["done"]) == (2, True)
    first = nested["records"][0]
    assert first["attributes"]["type"] == "Contact"
    assert (first["LastName"], first["Account"]["Name"]) == ("Small 1", "Two")


def test_each_parent_has_its_own_filter_and_limit(org: OrgClient) -> None:
    # The parents' order is not that of their children's names.
    two, many = org.records(
        "SELECT Name, (SELECT LastName FROM Contacts WHERE LastName != 'Small 0' "
        "ORDER BY LastName LIMIT 3) FROM Account WHERE Name IN ('Many', 'Two') ORDER BY Name DESC"
    )
    assert children(many) == ["Child 000", "Child 001", "Child 002"]
    assert children(two) == ["Small 1"]


def test_an_offset_of_children_needs_a_single_parent(org: OrgClient) -> None:
    """SOQL guide: a subquery can use OFFSET only if its parent query has LIMIT 1."""
    soql = (
        "SELECT (SELECT LastName FROM Contacts ORDER BY LastName LIMIT 2 OFFSET 448) FROM Account"
    )
    (found,) = org.records(f"{soql} WHERE Name = 'Many' LIMIT 1")
    assert children(found) == ["Child 448", "Child 449"]
    assert org.query(soql).json()[0]["errorCode"] == "MALFORMED_QUERY"


def test_many_children_come_page_by_page(org: OrgClient) -> None:
    answer = org.data(
        "GET",
        "query",
        params={
            "q": "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account "
            "WHERE Name = 'Many'"
        },
        headers={"Sforce-Query-Options": "batchSize=200"},
    ).json()
    assert answer["done"] is True
    page = answer["records"][0]["Contacts"]
    seen = [child["LastName"] for child in page["records"]]
    while not page["done"]:
        assert page["totalSize"] == 450
        page = org.http.get(page["nextRecordsUrl"]).json()
        seen += [child["LastName"] for child in page["records"]]
    assert seen == [f"Child {n:03d}" for n in range(450)]


def test_parents_on_a_later_page_have_their_own_children(org: OrgClient) -> None:
    first = org.data(
        "GET",
        "query",
        params={"q": "SELECT LastName, (SELECT Id FROM Tasks) FROM Contact ORDER BY LastName"},
        headers={"Sforce-Query-Options": "batchSize=200"},
    ).json()
    last = org.records("SELECT Id FROM Contact WHERE LastName = 'Small 1'")[0]["Id"]
    made = org.data("POST", "sobjects/Task", json={"Subject": "Call", "WhoId": last})
    assert made.status_code == 201, made.text
    page = org.http.get(org.http.get(first["nextRecordsUrl"]).json()["nextRecordsUrl"]).json()
    # The answer is of the moment at which the query ran: the task came later.
    assert {record["Tasks"] for record in page["records"]} == {None}
    (again,) = org.records(
        "SELECT LastName, (SELECT Subject FROM Tasks) FROM Contact WHERE LastName = 'Small 1'"
    )
    tasks = again["Tasks"]
    assert isinstance(tasks, dict)
    assert [task["Subject"] for task in tasks["records"]] == ["Call"]


def test_archived_and_deleted_children_show_in_query_all_only(org: OrgClient) -> None:
    """Contract 4.7 and 11: events older than a year leave query, and stay in queryAll."""
    parent = org.records("SELECT Id FROM Account WHERE Name = 'None'")[0]["Id"]
    for subject, day in (("old", "2001-01-01"), ("deleted", "2100-01-01"), ("live", "2100-01-02")):
        event = {"Subject": subject, "WhatId": parent, "DurationInMinutes": 30}
        made = org.data(
            "POST", "sobjects/Event", json={**event, "ActivityDateTime": f"{day}T09:00:00Z"}
        )
        assert made.status_code == 201, made.text
        if subject == "deleted":
            gone = org.data("DELETE", f"sobjects/Event/{made.json()['id']}")
            assert gone.status_code == 204
    assert org.running.site.org.archive_activities() == 1

    def subjects(path: str) -> list[object]:
        events = "SELECT Subject, IsArchived, IsDeleted FROM Events ORDER BY Subject"
        soql = f"SELECT Name, ({events}) FROM Account WHERE Name = 'None'"
        (found,) = org.records(soql, path=path)
        nested = found["Events"]
        assert isinstance(nested, dict)
        return [(r["Subject"], r["IsArchived"], r["IsDeleted"]) for r in nested["records"]]

    assert subjects("query") == [("live", False, False)]
    assert subjects("queryAll") == [
        ("deleted", False, True),
        ("live", False, False),
        ("old", True, False),
    ]


def test_children_have_children_of_their_own_from_v58(org: OrgClient) -> None:
    soql = (
        "SELECT Name, (SELECT LastName, (SELECT Subject FROM Tasks) FROM Contacts "
        "WHERE LastName LIKE 'Small%' ORDER BY LastName) FROM Account WHERE Name = 'Two'"
    )
    (two,) = org.records(soql)
    contacts = two["Contacts"]
    assert isinstance(contacts, dict)
    assert [child["Tasks"] is None for child in contacts["records"]] == [True, False]
    older = org.http.get("/services/data/v57.0/query", params={"q": soql})
    assert older.json()[0]["errorCode"] == "MALFORMED_QUERY"


def test_aliases_name_the_relationship(org: OrgClient) -> None:
    (two,) = org.records(
        "SELECT a.Name, (SELECT c.LastName FROM a.Contacts c WHERE c.LastName LIKE '%0') "
        "FROM Account a WHERE a.Name = 'Two'"
    )
    assert children(two) == ["Small 0"]


def test_columns_of_children_hang_under_their_relationship(org: OrgClient) -> None:
    described = org.data(
        "GET",
        "query",
        params={
            "q": "SELECT Name, (SELECT LastName FROM Contacts) FROM Account",
            "columns": "true",
        },
    ).json()
    name, contacts = described["columnMetadata"]
    assert (name["columnName"], name["joinColumns"]) == ("Name", [])
    assert (contacts["columnName"], contacts["aggregate"]) == ("Contacts", True)
    assert [column["columnName"] for column in contacts["joinColumns"]] == ["LastName"]


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        (
            "SELECT (SELECT Id FROM Contact) FROM Account",
            "INVALID_TYPE",
            "Didn't understand relationship 'Contact' in FROM part of query call",
        ),
        (
            "SELECT (SELECT Wrong FROM Contacts) FROM Account",
            "INVALID_FIELD",
            "No such column 'Wrong' on entity 'Contact'",
        ),
        (
            "SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account",
            "MALFORMED_QUERY",
            "only root queries support aggregate expressions",
        ),
        (
            "SELECT Id, (SELECT Id FROM Contacts), (SELECT Id FROM Contacts) FROM Account",
            "INVALID_FIELD",
            "duplicate field selected: Contacts",
        ),
        (
            f"SELECT {', '.join(['(SELECT Id FROM Contacts)'] * 21)} FROM Account",
            "MALFORMED_QUERY",
            "more than 20 child relationships",
        ),
        (
            "SELECT Name, (SELECT Id FROM Contacts) FROM Account GROUP BY Name",
            "MALFORMED_QUERY",
            "GROUP BY",
        ),
    ],
)
def test_a_bad_subquery_is_refused(org: OrgClient, soql: str, code: str, words: str) -> None:
    (error,) = org.query(soql).json()
    assert error["errorCode"] == code
    assert words in error["message"]


def test_a_bulk_query_has_no_children(org: OrgClient) -> None:
    """Contract 3: parent-to-child subqueries are not allowed."""
    soql = "SELECT Id, (SELECT Id FROM Contacts) FROM Account"
    answer = org.data("POST", "jobs/query", json={"operation": "query", "query": soql})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "API_ERROR")
