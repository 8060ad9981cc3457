"""Single records and collections over REST."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, assign, give_keys, metadata, serving

ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        give_keys(client, "Account", "Contact")
        yield client


def account(name: str, **more: object) -> dict[str, object]:
    return {"attributes": {"type": "Account"}, "Name": name, **more}


def test_a_record_lives_from_create_to_delete(org: OrgClient) -> None:
    made = org.data("POST", "sobjects/Account/", json={"Name": "Life", "NumberOfEmployees": 3})
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], "success": True, "errors": []}
    path = f"sobjects/Account/{made.json()['id']}"
    shown = org.data("GET", f"{path}?fields=Name,NumberOfEmployees").json()
    assert (shown["Name"], shown["NumberOfEmployees"]) == ("Life", 3)
    assert shown["attributes"]["type"] == "Account"
    changed = org.data("PATCH", path, json={"NumberOfEmployees": None})
    assert (changed.status_code, changed.content) == (204, b"")
    assert org.data("GET", path).json()["NumberOfEmployees"] is None
    assert org.data("DELETE", path).status_code == 204
    gone = org.data("DELETE", path)
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


def test_an_address_is_shown_as_one_value(org: OrgClient) -> None:
    made = org.data(
        "POST",
        "sobjects/Account",
        json={"Name": "Addressed", "BillingStreet": "1 Example Way", "BillingCity": "Nowhere"},
    ).json()["id"]
    shown = org.data("GET", f"sobjects/Account/{made}?fields=BillingAddress").json()
    assert shown["BillingAddress"]["city"] == "Nowhere"
    assert shown["BillingAddress"]["street"] == "1 Example Way"


def test_upsert_by_external_id_creates_then_changes(org: OrgClient) -> None:
    # An id may hold a slash: encoded, it stays one part of the path.
    path = "sobjects/Account/Clinic_Id__c/demo%3Ahousehold%2F1"
    first = org.data("PATCH", path, json={"Name": "Key"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    second = org.data("PATCH", path, json={"Name": "Key 2"})
    assert (second.status_code, second.json()["created"]) == (200, False)
    assert second.json()["id"] == first.json()["id"]
    shown = org.data("GET", path).json()
    assert (shown["Clinic_Id__c"], shown["Name"]) == ("demo:household/1", "Key 2")
    missing = "sobjects/Account/Clinic_Id__c/nobody"
    assert org.data("PATCH", f"{missing}?updateOnly=true", json={"Name": "x"}).status_code == 404
    assert org.data("GET", missing).status_code == 404
    unknown = org.data("GET", "sobjects/Account/Nickname__c/x")
    assert unknown.json()[0]["errorCode"] == "NOT_FOUND"
    assert org.data("DELETE", path).status_code == 204


def test_contract_4_3_a_post_can_stand_for_another_method(org: OrgClient) -> None:
    made = org.http.post("/services/data/v67.0/sobjects/Account", json={"Name": "Method"})
    where = made.headers["location"]
    assert where == f"/services/data/v67.0/sobjects/Account/{made.json()['id']}"
    changed = org.http.post(where, params={"_HttpMethod": "PATCH"}, json={"Name": "Changed"})
    assert changed.status_code == 204
    assert org.http.get(where).json()["Name"] == "Changed"
    assert org.http.post(where, params={"_HttpMethod": "DELETE"}).status_code == 204
    assert org.http.get(where).status_code == 404


@pytest.mark.parametrize(
    ("version", "first", "second"),
    [
        ("v45.0", (201, {"id", "success", "errors"}), (204, None)),
        ("v46.0", (201, {"id", "success", "errors", "created"}), (200, {"created"})),
        ("v67.0", (201, {"id", "success", "errors", "created"}), (200, {"created"})),
    ],
)
def test_contract_4_3_an_upsert_answers_as_its_version_does(
    org: OrgClient,
    version: str,
    first: tuple[int, set[str]],
    second: tuple[int, set[str] | None],
) -> None:
    path = f"/services/data/{version}/sobjects/Account/Clinic_Id__c/up-{version}"
    refused = org.http.patch(path, params={"updateOnly": "true"}, json={"Name": "x"})
    assert refused.status_code == 404
    made = org.http.patch(path, json={"Name": "x"})
    assert (made.status_code, set(made.json())) == first
    changed = org.http.patch(path, json={"Name": "y"})
    assert changed.status_code == second[0]
    if second[1] is None:
        assert changed.content == b""
    else:
        assert second[1] <= set(changed.json())
        assert changed.json()["created"] is False


def test_contract_4_3_a_key_of_several_records_lists_them(org: OrgClient) -> None:
    field = (
        "<fields><fullName>Group_Key__c</fullName><label>Group Key</label><type>Text</type>"
        "<length>40</length><externalId>true</externalId></fields>"
    )
    grant = (
        "<fieldPermissions><editable>true</editable><field>Account.Group_Key__c</field>"
        "<readable>true</readable></fieldPermissions><label>Group Key</label>"
    )
    package = (
        "<types><members>Account.Group_Key__c</members><name>CustomField</name></types>"
        "<types><members>Group_Key</members><name>PermissionSet</name></types>"
        "<version>67.0</version>"
    )
    deployed = org.deploy(
        {
            "package.xml": metadata("Package", package),
            "objects/Account.object": metadata("CustomObject", field),
            "permissionsets/Group_Key.permissionset": metadata("PermissionSet", grant),
        }
    )
    assert deployed["status"] == "Succeeded", deployed["details"]
    assign(org, "Group_Key")
    twins = [
        org.data("POST", "sobjects/Account", json={"Name": f"Twin {n}", "Group_Key__c": "twins"})
        for n in (1, 2)
    ]
    wanted = sorted(f"/services/data/v67.0/sobjects/Account/{one.json()['id']}" for one in twins)
    path = "sobjects/Account/Group_Key__c/twins"
    for method, body in (("PATCH", {"Name": "z"}), ("GET", None), ("DELETE", None)):
        answer = org.data(method, path, json=body)
        assert (answer.status_code, sorted(answer.json())) == (300, wanted)
    names = org.records("SELECT Name FROM Account WHERE Group_Key__c = 'twins' ORDER BY Name")
    assert [one["Name"] for one in names] == ["Twin 1", "Twin 2"]


@pytest.mark.parametrize(
    ("request_line", "body", "refusal"),
    [
        ("POST sobjects/Account", {"FirstName": "x"}, (400, "INVALID_FIELD")),
        ("POST sobjects/Account", {}, (400, "REQUIRED_FIELD_MISSING")),
        ("POST sobjects/Nothing__c", {"Name": "x"}, (404, "NOT_FOUND")),
        ("GET sobjects/Account/001000000000001AAA", None, (404, "NOT_FOUND")),
        ("GET sobjects/Account/nonsense", None, (404, "NOT_FOUND")),
        ("GET nowhere", None, (404, "NOT_FOUND")),
        ("PUT limits", {}, (405, "METHOD_NOT_ALLOWED")),
    ],
)
def test_a_bad_request_gets_the_error_array(
    org: OrgClient,
    request_line: str,
    body: dict[str, object] | None,
    refusal: tuple[int, str],
) -> None:
    method, path = request_line.split()
    answer = org.data(method, path, json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == refusal


def test_a_missing_column_and_a_hidden_one_read_alike(org: OrgClient) -> None:
    answer = org.data("POST", "sobjects/Account", json={"Name": "x", "Secret__c": "y"})
    assert answer.json() == [
        {
            "message": "No such column 'Secret__c' on sobject of type Account",
            "errorCode": "INVALID_FIELD",
        }
    ]


def test_broken_json_is_refused_without_quoting_it(org: OrgClient) -> None:
    answer = org.data("POST", "sobjects/Account", content=b'{"Name": "Private Person",}')
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert "Private" not in answer.text


def test_a_collection_answers_in_request_order(org: OrgClient) -> None:
    contact = {"attributes": {"type": "Contact"}, "FirstName": "No Last Name"}
    child = {
        "attributes": {"type": "Contact"},
        "LastName": "Child",
        "Account": {"Clinic_Id__c": "c:1"},
    }
    org.data("PATCH", "sobjects/Account/Clinic_Id__c/c:1", json={"Name": "Parent"})
    answer = org.data(
        "POST", "composite/sobjects", json={"records": [account("C1"), contact, child]}
    )
    assert answer.status_code == 200
    first, second, third = answer.json()
    assert (first["success"], first["errors"]) == (True, [])
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [LastName]",
                "fields": ["LastName"],
            }
        ],
    }
    parent = org.records(f"SELECT Account.Clinic_Id__c FROM Contact WHERE Id = '{third['id']}'")
    assert parent[0]["Account"]["Clinic_Id__c"] == "c:1"  # type: ignore[index]


def test_all_or_none_rolls_everything_back(org: OrgClient) -> None:
    records = [account("Never Kept"), {"attributes": {"type": "Contact"}, "FirstName": "x"}]
    answer = org.data(
        "POST", "composite/sobjects", json={"allOrNone": True, "records": records}
    ).json()
    assert answer[0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert answer[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert org.records("SELECT Id FROM Account WHERE Name = 'Never Kept'") == []


def test_collections_upsert_update_fetch_and_delete(org: OrgClient) -> None:
    records = [account("U1", Clinic_Id__c="u:1"), account("U2", Clinic_Id__c="u:2")]
    path = "composite/sobjects/Account/Clinic_Id__c"
    made = org.data("PATCH", path, json={"records": records}).json()
    assert [one["created"] for one in made] == [True, True]
    ids = [one["id"] for one in made]
    changed = org.data(
        "PATCH",
        "composite/sobjects",
        json={"records": [account("U1 changed", id=ids[0]), account("x", id="001000000000001AAA")]},
    ).json()
    assert [one["success"] for one in changed] == [True, False]
    fetched = org.data(
        "POST",
        "composite/sobjects/Account",
        json={"ids": [ids[1], "001000000000001AAA", ids[0]], "fields": ["Name"]},
    ).json()
    assert [one and one["Name"] for one in fetched] == ["U2", None, "U1 changed"]
    deleted = org.data("DELETE", f"composite/sobjects?ids={','.join(ids)}").json()
    assert [one["success"] for one in deleted] == [True, True]


def test_collections_keep_their_limits(org: OrgClient) -> None:
    many = [account(f"Many {n}") for n in range(201)]
    answer = org.data("POST", "composite/sobjects", json={"records": many})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    contact = {"attributes": {"type": "Contact"}, "LastName": "Chunk"}
    mixed = [account("Chunk") if n % 2 else contact for n in range(11)]
    answer = org.data("POST", "composite/sobjects", json={"records": mixed})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


def test_alert_rules_refuse_duplicates_unless_the_header_allows_them(org: OrgClient) -> None:
    twin = {
        "attributes": {"type": "Contact"},
        "FirstName": "Twin",
        "LastName": "Example",
        "Email": "twin@example.invalid",
    }
    assert org.data("POST", "composite/sobjects", json={"records": [twin]}).json()[0]["success"]
    refused = org.data("POST", "composite/sobjects", json={"records": [twin]}).json()[0]
    assert refused["errors"][0]["statusCode"] == "DUPLICATES_DETECTED"
    assert refused["errors"][0]["message"] == "Use one of these records?"
    saved = org.data("POST", "composite/sobjects", json={"records": [twin]}, headers=ALLOW)
    assert saved.json()[0]["success"]
    bulk = org.job(
        "Contact", "insert", "FirstName,LastName,Email\nTwin,Example,twin@example.invalid\n"
    )
    assert bulk.failed[0]["sf__Error"] == "DUPLICATES_DETECTED:Use one of these records?:--"
