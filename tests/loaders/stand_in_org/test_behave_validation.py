"""Validation rules: formulas that refuse records, through every way in (contract 2.10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.stand_in_org.formula_pieces import FormulaRefused
from loaders.stand_in_org.formulas import check_formula
from loaders.stand_in_org.set_up import ValidationRule
from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.engine_org import Bench, open_bench
from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving

CODE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = open_bench(tmp_path_factory.mktemp("org"))
    yield bench
    bench.org.close()


def refuses(bench: Bench, formula: str, sobject: str = "Account", **values: str) -> bool:
    """Tell whether a rule with this formula refuses a new record."""
    rule = {"object": sobject, "name": "R", "formula": formula, "message": "no"}
    bench.org.change_settings({"validation_rules": [rule], "duplicate_rules": False})
    columns = {"Name": ["x"], **{name: [value] for name, value in values.items()}}
    if sobject == "Contact":
        columns["LastName"] = columns.pop("Name")
    (done,) = bench.write(sobject, "insert", columns)
    assert done.code in (None, CODE), done
    return done.code == CODE


@pytest.mark.parametrize(
    ("formula", "values", "refused"),
    [
        ("ISBLANK(Phone)", {}, True),
        ("ISBLANK(Phone)", {"Phone": "1"}, False),
        ('Phone = ""', {}, True),
        ("Phone = NULL", {"Phone": "1"}, False),
        ("NULL <> Phone", {"Phone": "1"}, True),
        ('ISPICKVAL(Industry, "Banking")', {"Industry": "Banking"}, True),
        ('ISPICKVAL(Industry, "")', {}, True),
        ('TEXT(Industry) <> "Banking"', {"Industry": "Banking"}, False),
        ("AND(LEN(Name) < 3, NOT(ISBLANK(Site)))", {"Site": "s"}, True),
        ("LEN(Name) < 3 && (ISBLANK(Site) || Site = 'q')", {"Site": "s"}, False),
        ("NumberOfEmployees >= 10", {"NumberOfEmployees": "10"}, True),
        ("NumberOfEmployees >= 10", {}, False),
        ("NOT(REGEX(Phone, '\\\\d{3}-\\\\d{4}'))", {"Phone": "555-0100"}, False),
        ("NOT(REGEX(Phone, '\\\\d{3}-\\\\d{4}'))", {"Phone": "5550100"}, True),
        ("OR(BEGINS(Name, 'y'), CONTAINS(Site, 'an'))", {"Site": "Santa"}, True),
        ("IF(ISNEW(), UPPER(Name) = 'X', false)", {}, True),
        ("ISCHANGED(Name)", {}, False),
        ("PRIORVALUE(Name) = Name", {}, True),
        ("CreatedDate > NOW()", {}, False),
        ("YEAR(TODAY()) = 2026", {}, True),
        ("TODAY() - DATE(2026, 11, 20) = 3", {}, True),
        ("DATE(2026, 13, 1) = TODAY()", {}, False),
        ("AnnualRevenue / 2 + 1 > 5 /* half */", {"AnnualRevenue": "8.5"}, True),
        ("LEFT(Name, 1) & RIGHT(Name, 1) == 'xx'", {}, True),
        ("BLANKVALUE(Site, 'none') = 'none'", {}, True),
        ("!ISBLANK(ParentId)", {}, False),
    ],
)
def test_a_formula_means_what_salesforce_says(
    bench: Bench, formula: str, values: dict[str, str], *, refused: bool
) -> None:
    assert refuses(bench, formula, **values) is refused


def test_dates_are_compared_as_dates(bench: Bench) -> None:
    future = "Birthdate > TODAY()"
    assert refuses(bench, future, "Contact", Birthdate="2026-11-24")
    assert not refuses(bench, future, "Contact", Birthdate="2026-11-23")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("VLOOKUP(Name)", "Unknown function VLOOKUP. Check spelling."),
        ("Nmae = 'x'", "Field Nmae does not exist. Check spelling."),
        ("Owner.Name = 'x'", "Field Owner.Name does not exist. Check spelling."),
        ("$User.Alias = 'x'", "Field $User.Alias does not exist. Check spelling."),
        ("Industry = 'Banking'", "Field Industry is a picklist field."),
        ("LEN(Name, Site) = 1", "Incorrect number of parameters for function 'LEN()'."),
        ("LEN(AnnualRevenue) = 1", "Expected Text, received Number"),
        ("Name > 3", "Expected Text, received Number"),
        ("LEN(Name)", "Formula result is data type (Number), incompatible"),
        ("ISBLANK(Name", "Syntax error. Missing ')'"),
        ("ISBLANK(Name) AND true", "Syntax error. Extra AND"),
        ("Name = 'x", "Syntax error. Found '''"),
        ("", "Syntax error"),
        ("REGEX(Name, '(?=x)')", "Expected a pattern"),
        ("REGEX(Name, Site)", "Expected a pattern"),
        ("ISCHANGED(LEN(Name))", "Expected a field"),
    ],
)
def test_what_no_formula_means_is_refused(bench: Bench, formula: str, said: str) -> None:
    account = bench.org.sobject("Account")
    assert account is not None
    with pytest.raises(FormulaRefused) as refused:
        check_formula(formula, account.fields)
    assert said in str(refused.value)


def test_only_changed_values_are_held_to_a_rule_about_changes(bench: Bench) -> None:
    made = bench.insert("Account", Name="Kept", Site="before")
    rule = {"object": "Account", "name": "R", "message": "fixed", "field": "Site",
            "formula": "AND(ISCHANGED(Site), PRIORVALUE(Site) = 'before')"}  # fmt: skip
    bench.org.change_settings({"validation_rules": [rule]})
    (same,) = bench.write("Account", "update", {"Id": [made], "Site": ["before"]})
    (other,) = bench.write("Account", "update", {"Id": [made], "Site": ["after"]})
    assert (same.code, other.code, other.fields) == (None, CODE, ("Site",))


def test_a_rule_given_at_the_start_sleeps_until_its_field_exists(tmp_path: Path) -> None:
    rule = ValidationRule("Account", "R", "ISBLANK(Nowhere__c)", "no")
    bench = open_bench(tmp_path, settings=Settings(validation_rules=(rule,)))
    bench.insert("Account", Name="x")
    bench.org.change_settings({"empty_files": True})
    bench.org.close()


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    rules = (
        ValidationRule("Account", "B", 'Site = "bad"', "No bad: sites", "Site"),
        ValidationRule("Account", "C", 'Site = "bad"', "never said", ""),
        ValidationRule("Account", "A", "ISBLANK(Phone)", "Phone, please"),
    )
    settings = Settings(validation_rules=rules)
    with serving(tmp_path_factory.mktemp("org"), settings=settings) as client:
        yield client


def test_rules_of_the_settings_file_refuse_rows_of_every_way_in(org: OrgClient) -> None:
    done = org.job("Account", "insert", "Name,Site,Phone\nV1,bad,1\nV2,good,\nV3,good,1\n")
    assert {row["Name"]: row["sf__Error"] for row in done.failed} == {
        "V1": f"{CODE}:No bad: sites:Site --",
        "V2": f"{CODE}:Phone, please:--",
    }
    record = {"Name": "V4", "Site": "bad", "Phone": "1"}
    single = org.data("POST", "sobjects/Account", json=record)
    assert (single.status_code, single.json()) == (
        400, [{"message": "No bad: sites", "errorCode": CODE, "fields": ["Site"]}],
    )  # fmt: skip
    typed = {"attributes": {"type": "Account"}, **record}
    many = org.data("POST", "composite/sobjects", json={"records": [typed]}).json()
    assert many[0]["errors"] == [
        {"statusCode": CODE, "message": "No bad: sites", "fields": ["Site"]}
    ]
    rooted = {**record, "attributes": {"type": "Account", "referenceId": "one"}}
    tree = org.data("POST", "composite/tree/Account", json={"records": [rooted]})
    assert (tree.status_code, tree.json()["results"][0]["errors"][0]["statusCode"]) == (400, CODE)


def test_rules_are_changed_while_the_org_runs(org: OrgClient) -> None:
    rule = {"object": "Lead", "name": "R", "formula": 'City = "x"', "message": "no"}
    org.settings(validation_rules=[rule])
    lead = {"LastName": "A", "Company": "c", "City": "x"}
    assert org.data("POST", "sobjects/Lead", json=lead).status_code == 400
    for wrong in ({"formula": "Nowhere__c = 1"}, {"object": "Nothing__c"}, {"field": "Nowhere__c"}):
        refused = org.http.post(
            "/_stand_in/settings", json={"validation_rules": [{**rule, **wrong}]}
        )
        assert refused.status_code == 400, wrong
    org.settings(validation_rules=[])
    assert org.data("POST", "sobjects/Lead", json=lead).status_code == 201


def rule_file(
    formula: str, *, active: bool = True, message: str = "Deployed: no"
) -> dict[str, str]:
    rule = (
        "<validationRules><fullName>Deployed_Rule</fullName>"
        f"<active>{str(active).lower()}</active>"
        f"<errorConditionFormula>{formula}</errorConditionFormula>"
        f"<errorDisplayField>Site</errorDisplayField><errorMessage>{message}</errorMessage>"
        "</validationRules>"
    )
    listed = "<types><members>Account.Deployed_Rule</members><name>ValidationRule</name></types>"
    return {
        "package.xml": metadata("Package", f"{listed}<version>67.0</version>"),
        "objects/Account.object": metadata("CustomObject", rule),
    }


def test_a_deployed_rule_refuses_records_until_it_is_not_active(org: OrgClient) -> None:
    org.settings(validation_rules=[])
    record = {"Name": "D", "Site": "deployed"}

    def create() -> tuple[int, object]:
        answer = org.data("POST", "sobjects/Account", json=record)
        return answer.status_code, answer.json()

    assert create()[0] == 201
    assert org.deploy(rule_file("Site = &quot;deployed&quot;"))["status"] == "Succeeded"
    assert create() == (
        400, [{"message": "Deployed: no", "errorCode": CODE, "fields": ["Site"]}],
    )  # fmt: skip
    off = org.deploy(rule_file("Site = &quot;deployed&quot;", active=False))
    assert off["status"] == "Succeeded"
    assert create()[0] == 201


@pytest.mark.parametrize("formula", ["VLOOKUP(Site)", "Nowhere__c = 1", "LEN(Site)"])
def test_a_deploy_refuses_a_formula_that_this_org_does_not_understand(
    org: OrgClient, formula: str
) -> None:
    result = org.deploy(rule_file(formula))
    assert result["status"] == "Failed"
    (failure,) = result["details"]["componentFailures"]  # type: ignore[index]
    assert failure["fullName"] == "Account.Deployed_Rule"
    assert failure["problem"].startswith("Error in formula: ")
