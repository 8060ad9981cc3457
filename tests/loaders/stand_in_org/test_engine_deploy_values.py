"""Value sets and the values of picklists that a deploy brings, and where they then hold."""

from __future__ import annotations

import pytest

from tests.loaders.stand_in_org.engine_org import Bench
from tests.loaders.stand_in_org.engine_package import (
    NAMESPACE,
    custom_object,
    field,
    package,
    standard_object,
    values,
)


def test_global_value_set_feeds_its_fields(fresh: Bench) -> None:
    entries = (
        "<customValue><fullName>{0}</fullName><default>false</default><label>{0}</label>"
        "</customValue>"
    )

    def value_set(*names: str) -> dict[str, str]:
        body = "".join(entries.format(name) for name in names)
        text = (
            f"<GlobalValueSet {NAMESPACE}>{body}<masterLabel>Kinds</masterLabel>"
            "<sorted>false</sorted></GlobalValueSet>"
        )
        return {"globalValueSets/Kinds.globalValueSet": text}

    uses = field("Kind__c", "Picklist", "<valueSet><valueSetName>Kinds</valueSetName></valueSet>")
    files = {**value_set("A"), "objects/Account.object": standard_object(uses)}
    named = {"GlobalValueSet": ["Kinds"], "CustomObject": ["Account"]}
    assert fresh.problems(package(files, named)) == []
    assert fresh.problems(package(value_set("A", "B"), {"GlobalValueSet": ["Kinds"]})) == []
    account = fresh.org.sobject("Account")
    assert account is not None
    assert account.fields["kind__c"].picklist == ("A", "B")
    assert account.fields["kind__c"].restricted_picklist


def test_standard_value_set_replaces_the_list_contract_11(fresh: Bench) -> None:
    body = (
        f"<StandardValueSet {NAMESPACE}><sorted>false</sorted><standardValue>"
        "<fullName>Payer</fullName><default>false</default><label>Payer</label></standardValue>"
        "</StandardValueSet>"
    )
    files = {"standardValueSets/AccountType.standardValueSet": body}
    assert fresh.problems(package(files, {"StandardValueSet": ["AccountType"]})) == []
    account = fresh.org.sobject("Account")
    assert account is not None
    assert account.fields["type"].picklist == ("Payer",)
    fresh.insert("Account", Name="a", Type="Anything at all")


def test_picklist_values_follow_a_redeploy(clinic: Bench) -> None:
    note = custom_object("Note", field("Kind__c", "Picklist", values("Progress", "Fax")))
    body = package({"objects/Note__c.object": note}, {"CustomField": ["Note__c.Kind__c"]})
    assert clinic.problems(body) == []
    clinic.insert("Note__c", Kind__c="Fax")
    assert clinic.refused("Note__c", Kind__c="Phone").code is not None


@pytest.mark.parametrize(
    ("picklist", "value", "problems"),
    [
        ("Kind__c", "A%2BB", []),
        ("Kind__c", "Nope", ["Picklist value: Nope in picklist: Kind__c not found"]),
        ("No__c", "A", ["In field: picklist - no CustomField named Account.No__c found"]),
    ],
)
def test_a_record_type_offers_values_that_exist_percent_encoded(
    fresh: Bench, picklist: str, value: str, problems: list[str]
) -> None:
    record_type = (
        "<recordTypes><fullName>Payer</fullName><active>true</active><label>Payer</label>"
        f"<picklistValues><picklist>{picklist}</picklist><values><fullName>{value}</fullName>"
        "<default>false</default></values></picklistValues></recordTypes>"
    )
    kind = field("Kind__c", "Picklist", values("A+B"))
    files = {"objects/Account.object": standard_object(kind, record_type)}
    assert fresh.problems(package(files, {"CustomObject": ["Account"]})) == problems
