"""What SOQL means: types, letter case, null, relationships, and the refusals of bad questions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

ACCOUNTS = (
    "Name,Type,AnnualRevenue,NumberOfEmployees,Website,Description\n"
    '"O\'Hara, Ann",Customer,1000,10,http://a.invalid,"two\nlines"\n'
    "zeta,Other,,20,,\n"
    "Émile,Customer,99999999,,http://e.invalid,\n"
    "100% Care,,0,0,,\n"
)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        loaded = client.job("Account", "insert", ACCOUNTS)
        assert len(loaded.successful) == 4, loaded.failed
        ann = client.records("SELECT Id FROM Account WHERE Name LIKE 'O%'")[0]["Id"]
        kids = client.job(
            "Contact", "insert", f"LastName,AccountId\nOne,{ann}\nTwo,{ann}\nAlone,\n"
        )
        assert len(kids.successful) == 3, kids.failed
        yield client


def names(org: OrgClient, where: str) -> list[object]:
    found = org.records(f"SELECT Name FROM Account WHERE {where} ORDER BY Name")
    return [record["Name"] for record in found]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (r"Name = 'o\'hara, ann'", ["O'Hara, Ann"]),
        ("Name LIKE '%E%' AND Type = 'Customer'", ["Émile"]),
        ("Name LIKE 'é%'", ["Émile"]),
        (r"Name LIKE '100\%%'", ["100% Care"]),
        (r"Name LIKE '%\%'", []),
        ("Type != 'Customer'", ["100% Care", "zeta"]),
        ("NOT Type = 'Customer'", ["100% Care", "zeta"]),
        ("Type = null", ["100% Care"]),
        ("Type <> null", ["Émile", "O'Hara, Ann", "zeta"]),
        ("Type IN ('Customer', 'nobody')", ["Émile", "O'Hara, Ann"]),
        ("Type IN ('Other', null)", ["100% Care", "zeta"]),
        ("Type NOT IN ('Customer')", ["100% Care", "zeta"]),
        ("AnnualRevenue > 999.5", ["Émile", "O'Hara, Ann"]),
        ("AnnualRevenue <= 1000.5", ["100% Care", "O'Hara, Ann"]),
        ("NumberOfEmployees IN (0, 20)", ["100% Care", "zeta"]),
        ("(Type = 'Other' OR Type = null) AND NumberOfEmployees >= 20", ["zeta"]),
        ("IsDeleted = false AND Website != null", ["Émile", "O'Hara, Ann"]),
        ("CreatedDate > 2020-01-01T00:00:00Z AND Type = 'Other'", ["zeta"]),
        ("CreatedDate < 2020-01-01T00:00:00.000+02:00", []),
        ("CreatedDate = TODAY AND Type = 'Other'", ["zeta"]),
        ("Owner.Username LIKE 'ADMIN@%' AND Type = 'Other'", ["zeta"]),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'one')", ["O'Hara, Ann"]),
        ("Account.Type = 'Other'", ["zeta"]),
    ],
)
def test_a_condition_selects_what_the_original_would(
    org: OrgClient, where: str, expected: list[str]
) -> None:
    # O'Hara before Émile or after it depends on the collation; the set is what counts here.
    assert sorted(map(str, names(org, where))) == sorted(expected)


def test_parents_are_nested_and_absent_parents_are_null(org: OrgClient) -> None:
    found = org.records(
        "SELECT LastName, Account.Name, Account.Owner.Profile.Name FROM Contact ORDER BY LastName"
    )
    assert found[0]["Account"] is None
    account = found[1]["Account"]
    assert isinstance(account, dict)
    assert account["attributes"]["type"] == "Account"
    assert account["Owner"]["Profile"]["Name"] == "System Administrator"


@pytest.mark.parametrize("test", ["= false", "!= true", "= null", "IN (false)"])
def test_a_checkbox_of_no_parent_is_false(org: OrgClient, test: str) -> None:
    """SOQL guide: Boolean fields on outer-joined objects are treated as false."""
    found = org.records(f"SELECT LastName FROM Contact WHERE Account.IsDeleted {test}")
    assert sorted(str(record["LastName"]) for record in found) == ["Alone", "One", "Two"]


def test_parents_of_several_types_answer_name_and_type(org: OrgClient) -> None:
    contact = org.records("SELECT Id FROM Contact WHERE LastName = 'One'")[0]["Id"]
    made = org.data("POST", "sobjects/Task", json={"Subject": "Call", "WhoId": contact})
    assert made.status_code == 201, made.text
    task = org.records("SELECT Who.Name, Who.Type, What.Name, Owner.Type FROM Task")[0]
    who, owner = task["Who"], task["Owner"]
    assert isinstance(who, dict)
    assert isinstance(owner, dict)
    assert (who["Name"], who["Type"], who["attributes"]["type"]) == ("One", "Contact", "Contact")
    assert owner["Type"] == "User"
    assert task["What"] is None


def test_values_have_json_types(org: OrgClient) -> None:
    record = org.records(
        "SELECT Id, IsDeleted, AnnualRevenue, NumberOfEmployees, Description, CreatedDate "
        "FROM Account WHERE Name LIKE 'O%'"
    )[0]
    assert record["IsDeleted"] is False
    assert (record["AnnualRevenue"], type(record["AnnualRevenue"])) == (1000.0, float)
    assert record["NumberOfEmployees"] == 10
    assert record["Description"] == "two\nlines"
    assert str(record["CreatedDate"]).endswith("+0000")
    assert len(str(record["Id"])) == 18


def test_order_limit_and_offset_cut_the_list(org: OrgClient) -> None:
    found = org.records(
        "SELECT Name FROM Account ORDER BY AnnualRevenue DESC NULLS LAST, Name LIMIT 2 OFFSET 1"
    )
    assert [record["Name"] for record in found] == ["O'Hara, Ann", "100% Care"]
    first = org.records("SELECT Name FROM Account ORDER BY AnnualRevenue LIMIT 1")
    assert first[0]["Name"] == "zeta"


def test_counts_and_groups(org: OrgClient) -> None:
    counted = org.query("SELECT COUNT() FROM Account WHERE Type = 'Customer'").json()
    assert counted == {"totalSize": 2, "done": True, "records": []}
    assert org.records("SELECT COUNT(Id) n FROM Account")[0]["n"] == 4
    groups = org.records(
        "SELECT Type, COUNT(Id), MAX(NumberOfEmployees) most FROM Account "
        "GROUP BY Type HAVING COUNT(Id) > 1"
    )
    assert groups == [
        {"attributes": {"type": "AggregateResult"}, "Type": "Customer", "expr0": 2, "most": 10}
    ]


def test_a_15_character_id_finds_its_record(org: OrgClient) -> None:
    record_id = str(org.records("SELECT Id FROM Account LIMIT 1")[0]["Id"])
    found = org.records(f"SELECT Id FROM Account WHERE Id = '{record_id[:15]}'")
    assert [record["Id"] for record in found] == [record_id]
    # Fifteen characters tell upper from lower case: this is another record's id.
    assert org.records(f"SELECT Id FROM Account WHERE Id = '{record_id[:15].swapcase()}'") == []


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id, FROM Account", "MALFORMED_QUERY", "unexpected token"),
        ("Id FROM Account", "MALFORMED_QUERY", "SELECT"),
        ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "no viable alternative"),
        (r"SELECT Id FROM Account WHERE Name = '\z'", "MALFORMED_QUERY", "illegal character"),
        (
            "SELECT Id FROM Account WHERE Name = 'a' AND Type = 'b' OR Type = 'c'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        ("SELECT COUNT(), Id FROM Account", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-1'"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "must be grouped"),
        (
            "SELECT Wrong FROM Account",
            "INVALID_FIELD",
            "No such column 'Wrong' on entity 'Account'",
        ),
        ("SELECT IsPersonAccount FROM Account", "INVALID_FIELD", "No such column"),
        ("SELECT Boss.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", "must be of type string"),
        ("SELECT Id FROM Account WHERE NumberOfEmployees = '5'", "INVALID_FIELD", "should not be"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2020-01-01", "INVALID_FIELD", "dateTime"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
        (
            "SELECT Id FROM Account WHERE Id = 'nonsense'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid ID",
        ),
        ("SELECT Id FROM ScratchOrgInfo limit 1", "INVALID_TYPE", "is not supported"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY", "requires a filter"),
        (
            "SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = '001000000000001AAA' "
            "OR ShareType = 'V'",
            "MALFORMED_QUERY",
            "requires a filter",
        ),
    ],
)
def test_a_bad_question_is_refused_in_the_originals_words(
    org: OrgClient, soql: str, code: str, words: str
) -> None:
    answer = org.query(soql)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == code
    assert words in error["message"]


def test_file_links_are_read_with_their_filter(org: OrgClient) -> None:
    answer = org.query(
        "SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId IN ('001000000000001AAA')"
    )
    assert answer.json()["totalSize"] == 0


def test_columns_are_described_when_asked(org: OrgClient) -> None:
    path = "query?q=SELECT Id, Owner.Name FROM Account&columns=true"
    described = org.data("GET", path).json()
    assert described["entityName"] == "Account"
    first, second = described["columnMetadata"]
    assert (first["columnName"], first["displayName"], first["aggregate"]) == ("Id", "Id", False)
    assert (second["columnName"], second["foreignKeyName"]) == ("Owner", "OwnerId")
    assert (second["apexType"], second["textType"]) == (None, False)
    assert second["joinColumns"][0]["columnName"] == "Name"


def test_a_long_result_comes_page_by_page(org: OrgClient) -> None:
    rows = "".join(f"Page {n}\n" for n in range(450))
    assert not org.job("Product2", "insert", "Name\n" + rows).failed
    first = org.data(
        "GET",
        "query/?q=SELECT Name FROM Product2",
        headers={"Sforce-Query-Options": "batchSize=200"},
    ).json()
    assert (first["totalSize"], first["done"], len(first["records"])) == (450, False, 200)
    second = org.http.get(first["nextRecordsUrl"]).json()
    third = org.http.get(second["nextRecordsUrl"]).json()
    assert (len(second["records"]), len(third["records"]), third["done"]) == (200, 50, True)
    assert "nextRecordsUrl" not in third
    seen = {r["Name"] for page in (first, second, third) for r in page["records"]}
    assert len(seen) == 450
    gone = org.data("GET", "query/01g000000000001AAA-2000")
    assert gone.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_query_all_still_shows_deleted_rows(org: OrgClient) -> None:
    made = org.data("POST", "sobjects/Account", json={"Name": "Short Lived"}).json()["id"]
    assert org.data("DELETE", f"sobjects/Account/{made}").status_code == 204
    soql = f"SELECT Id, IsDeleted FROM Account WHERE Id = '{made}'"
    assert org.records(soql) == []
    assert org.records(soql, path="queryAll")[0]["IsDeleted"] is True
    gone = org.data("GET", f"sobjects/Account/{made}")
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")
