"""Shield Platform Encryption: where it may be deployed, and what an encrypted field cannot do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.engine_package import (
    field,
    package,
    permission_set,
    settings,
    standard_object,
)
from tests.loaders.stand_in_org.front_org import OrgClient, serving

PROBABILISTIC = {"encryptionScheme": "ProbabilisticEncryption"}
SENSITIVE = {"encryptionScheme": "CaseSensitiveDeterministicEncryption"}
INSENSITIVE = {"encryptionScheme": "CaseInsensitiveDeterministicEncryption"}
NAMES = ("Hidden__c", "Known__c", "Folded__c", "Plain__c")


def _on_account(*parts: str) -> bytes:
    return package(
        {"objects/Account.object": standard_object(*parts)}, {"CustomObject": ["Account"]}
    )


def _deploy(org: OrgClient, body: bytes) -> list[str]:
    engine = org.running.site.org
    result = engine.deploy(body, options={}, user_id=engine.admin_user_id)
    return [one.problem or "" for one in result.components if not one.success]


def _allow_deterministic(org: OrgClient) -> None:
    switch = settings("PlatformEncryption", enableDeterministicEncryption="true")
    files = {"settings/PlatformEncryption.settings": switch}
    assert _deploy(org, package(files, {"Settings": ["PlatformEncryption"]})) == []


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org"), settings=Settings(shield=True)) as client:
        _allow_deterministic(client)
        files = {
            "objects/Account.object": standard_object(
                field("Folded__c", "Text", length="80", **INSENSITIVE),
                field("Known__c", "Text", length="80", externalId="true", **SENSITIVE),
                field("Plain__c", "Text", length="80"),
                field("Hidden__c", "Text", length="80", **PROBABILISTIC),
                "<fields><fullName>Phone</fullName>"
                "<encryptionScheme>ProbabilisticEncryption</encryptionScheme></fields>",
            ),
            "permissionsets/P.permissionset": permission_set([f"Account.{name}" for name in NAMES]),
        }
        named = {"CustomObject": ["Account"], "PermissionSet": ["P"]}
        assert _deploy(client, package(files, named)) == []
        found = client.records("SELECT Id FROM PermissionSet WHERE Name = 'P'")[0]["Id"]
        user = client.running.site.org.admin_user_id
        granted = {"AssigneeId": user, "PermissionSetId": found}
        assert client.data("POST", "sobjects/PermissionSetAssignment", json=granted).is_success
        row = {"Name": "A", "Phone": "1", **dict.fromkeys(NAMES, "Value")}
        assert client.data("POST", "sobjects/Account", json=row).is_success
        yield client


def _described(org: OrgClient, name: str) -> dict[str, object]:
    fields = org.data("GET", "sobjects/Account/describe").json()["fields"]
    return next(dict(field) for field in fields if field["name"] == name)


def _refusal(org: OrgClient, soql: str) -> tuple[int, str, str]:
    answer = org.query(soql)
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


@pytest.mark.parametrize("name", ["Hidden__c", "Phone"])
@pytest.mark.parametrize("contract", ["5.5 probabilistic describe"])
def test_a_probabilistic_field_is_no_filter_order_or_group(
    org: OrgClient, name: str, contract: str
) -> None:
    shown = _described(org, name)
    uses = [shown[use] for use in ("encrypted", "filterable", "sortable", "groupable")]
    assert uses == [True, False, False, False], contract
    assert shown["aggregatable"] is False


@pytest.mark.parametrize(
    ("soql", "what"),
    [
        ("SELECT Id FROM Account WHERE Hidden__c = 'Value'", "filtered"),
        ("SELECT Id FROM Account ORDER BY Hidden__c", "sorted"),
        ("SELECT Hidden__c FROM Account GROUP BY Hidden__c", "grouped"),
    ],
)
@pytest.mark.parametrize("contract", ["5.5 probabilistic queries are rejected"])
def test_a_query_over_a_probabilistic_field_is_rejected(
    org: OrgClient, soql: str, what: str, contract: str
) -> None:
    status, code, message = _refusal(org, soql)
    assert (status, code) == (400, "INVALID_FIELD"), contract
    assert f"field 'Hidden__c' can not be {what} in a query call" in message


def test_its_value_is_still_read(org: OrgClient) -> None:
    assert org.records("SELECT Hidden__c FROM Account")[0]["Hidden__c"] == "Value"


@pytest.mark.parametrize("contract", ["5.5 deterministic: equality only"])
def test_a_deterministic_field_takes_equality_only(org: OrgClient, contract: str) -> None:
    shown = _described(org, "Known__c")
    assert (shown["encrypted"], shown["filterable"], shown["externalId"]) == (True, True, True)
    assert len(org.records("SELECT Id FROM Account WHERE Known__c = 'Value'")) == 1
    assert org.records("SELECT Id FROM Account WHERE Known__c = 'value'") == [], contract
    assert len(org.records("SELECT Id FROM Account WHERE Folded__c IN ('value')")) == 1
    for operator in ("LIKE", ">="):
        soql = f"SELECT Id FROM Account WHERE Known__c {operator} 'Val'"
        status, code, message = _refusal(org, soql)
        assert (status, code) == (400, "INVALID_FIELD")
        assert f"The operator {operator.lower()} is not supported on an encrypted field" in message


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        (
            field("A__c", "Number", precision="3", scale="0", **PROBABILISTIC),
            "Can not specify 'encryptionScheme' for a CustomField of type Number",
        ),
        (
            field("A__c", "Text", length="80", externalId="true", **PROBABILISTIC),
            "A__c is unique or an external ID: it cannot have ProbabilisticEncryption",
        ),
        (
            field("A__c", "Text", length="80", unique="true", **INSENSITIVE),
            "A__c is unique or an external ID: it cannot have"
            " CaseInsensitiveDeterministicEncryption",
        ),
        (
            field("Hidden__c", "Text", length="80", unique="true", **PROBABILISTIC),
            "Hidden__c is unique or an external ID: it cannot have ProbabilisticEncryption",
        ),
        (field("Hidden__c", "Email", **PROBABILISTIC), "Cannot change the field type of Hidden__c"),
        (
            field("A__c", "Text", length="80", encryptionScheme="Rot13"),
            "Error parsing file: 'Rot13' is not a valid value for the enum 'EncryptionScheme'",
        ),
    ],
)
def test_encryption_is_refused_where_it_cannot_be(
    org: OrgClient, element: str, problem: str
) -> None:
    assert _deploy(org, _on_account(element)) == [problem]


@pytest.mark.parametrize("sorts", [True, False])
def test_whether_deterministic_fields_sort_is_switchable(org: OrgClient, sorts: bool) -> None:
    switched = org.http.post("/_stand_in/settings", json={"deterministic_sortable": sorts})
    assert switched.is_success
    assert _deploy(org, _on_account(field("Known__c", "Text", length="80", **SENSITIVE))) == []
    shown = _described(org, "Known__c")
    assert (shown["sortable"], shown["groupable"]) == (sorts, sorts)
    assert org.query("SELECT Id FROM Account ORDER BY Known__c").is_success is sorts


@pytest.mark.parametrize("allowed", [True, False])
def test_whether_a_key_may_be_encrypted_without_case_is_switchable(
    org: OrgClient, allowed: bool
) -> None:
    assert org.http.post("/_stand_in/settings", json={"insensitive_keys": allowed}).is_success
    key = field("Key__c", "Text", length="80", unique="true", **INSENSITIVE)
    assert (_deploy(org, _on_account(key)) == []) is allowed


def test_taking_the_encryption_back_makes_the_field_filterable_again(org: OrgClient) -> None:
    encrypted = field("Back__c", "Text", length="80", **PROBABILISTIC)
    assert _deploy(org, _on_account(encrypted)) == []
    assert _deploy(org, _on_account(field("Back__c", "Text", length="80"))) == []
    engine = org.running.site.org.sobject("Account")
    assert engine is not None
    assert engine.fields["back__c"].filterable


def test_the_org_needs_shield_a_secret_and_the_setting(org: OrgClient) -> None:
    probabilistic = _on_account(field("B__c", "Text", length="80", **PROBABILISTIC))
    deterministic = _on_account(field("B__c", "Text", length="80", **SENSITIVE))

    def refused(body: bytes, **switched: object) -> str:
        org.http.post("/_stand_in/settings", json=switched)
        (problem,) = _deploy(org, body)
        org.http.post("/_stand_in/settings", json=dict.fromkeys(switched))
        return problem

    assert refused(probabilistic, shield=False).endswith("Platform Encryption is not enabled")
    assert refused(probabilistic, tenant_secret=False).endswith("no active tenant secret")
    assert refused(deterministic, deterministic_secret=False).endswith(
        "no active deterministic tenant secret"
    )
    off = settings("PlatformEncryption", enableDeterministicEncryption="false")
    files = {"settings/PlatformEncryption.settings": off}
    assert _deploy(org, package(files, {"Settings": ["PlatformEncryption"]})) == []
    assert refused(deterministic).endswith("deterministic encryption is not enabled")
    _allow_deterministic(org)
    assert _deploy(org, deterministic) == []
