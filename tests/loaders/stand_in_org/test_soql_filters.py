"""Filters, sorting and grouping, compared with plain Python over the same notes."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path as Folder

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.stand_in_org.soql_tree import (
    Comparison,
    Condition,
    Literal,
    Membership,
    Path,
    Query,
    SelectItem,
    Source,
)
from tests.loaders.stand_in_org.front_org import OrgClient, serving
from tests.loaders.stand_in_org.soql_notes import PAYERS, Note, as_csv, holds, make_notes
from tests.loaders.stand_in_org.soql_printer import printed
from tests.loaders.stand_in_org.soql_trees import PATTERNS, joined

KEY = Path(("Clinic_Id__c",))
EQUALS = ["=", "!="]
ORDERS = [*EQUALS, "<", ">", "<=", ">="]


def fields(*names: str) -> st.SearchStrategy[Path]:
    return st.sampled_from(names).map(lambda name: Path(tuple(name.split("."))))


def literals(kind: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Literal]:
    null = Literal("null", None)
    return st.just(null) | values.map(lambda value: Literal(kind, value))  # type: ignore[arg-type]


def comparing(
    paths: st.SearchStrategy[Path], values: st.SearchStrategy[Literal], operators: list[str]
) -> st.SearchStrategy[Condition]:
    given_values = values.filter(lambda literal: literal.value not in (None, ""))
    ordered = [name for name in operators if name not in EQUALS]
    tests: st.SearchStrategy[Condition] = st.builds(
        Comparison, paths, st.sampled_from(EQUALS), values
    )
    if ordered:
        tests |= st.builds(Comparison, paths, st.sampled_from(ordered), given_values)
    members = st.lists(values, min_size=1, max_size=3).map(tuple)
    return tests | st.builds(Membership, paths, st.sampled_from(["in", "not in"]), members)


TEXTS = fields("Title__c", "Kind__c", "Clinic_Id__c", "Payer__r.Name")
WORDS = st.sampled_from(
    ["ÄRGER", "a_b", "A%B", "o'neil", "x\\y", "", "progress", "n:003", "N:003", *PAYERS]
)
NUMBERS = st.sampled_from([Decimal(n) for n in ("0", "-1.5", "10.25", "10.250001", "0.5", "3e9")])
MOMENTS = st.integers(0, 400 * 24).map(lambda hours: datetime(2026, 1, 1) + timedelta(hours=hours))  # noqa: DTZ001 - UTC, as stored
FLAGS = literals("string", st.sampled_from(["A", "B", "A;B", "B;A"]))
LIKES = PATTERNS.map(lambda text: Literal("string", text))
SETS = st.lists(FLAGS, min_size=1, max_size=2).map(tuple)
TESTS = st.one_of(
    comparing(TEXTS, literals("string", WORDS), ORDERS),
    comparing(fields("Fee__c", "Score__c"), literals("number", NUMBERS), ORDERS),
    comparing(fields("Is_Final__c"), literals("boolean", st.booleans()), EQUALS),
    comparing(
        fields("Taken_On__c"), literals("date", MOMENTS.map(lambda moment: moment.date())), ORDERS
    ),
    comparing(fields("Taken_At__c"), literals("datetime", MOMENTS), ORDERS),
    st.builds(Comparison, TEXTS, st.just("like"), LIKES),
    st.builds(Comparison, fields("Flags__c"), st.sampled_from(EQUALS), FLAGS),
    st.builds(Membership, fields("Flags__c"), st.sampled_from(["includes", "excludes"]), SETS),
)


@dataclass(frozen=True)
class Clinic:
    org: OrgClient
    notes: list[Note]

    def keys(self, condition: Condition) -> list[object]:
        query = Query((SelectItem(KEY),), Source(("Note__c",)), where=condition)
        return sorted(str(r["Clinic_Id__c"]) for r in self.org.records(printed(query)))


@pytest.fixture(scope="module")
def clinic(clinic_template: Folder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    data = tmp_path_factory.mktemp("notes") / "org"
    shutil.copytree(clinic_template, data)
    notes = make_notes(60)
    with serving(data) as org:
        made = org.job("Account", "insert", "Name\n" + "\n".join(PAYERS) + "\n")
        assert len(made.successful) == len(PAYERS), made.failed
        ids = {str(r["Name"]): str(r["Id"]) for r in org.records("SELECT Id, Name FROM Account")}
        loaded = org.job("Note__c", "insert", as_csv(notes, ids))
        assert len(loaded.successful) == len(notes), loaded.failed
        yield Clinic(org, notes)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(condition=joined(TESTS))
def test_a_filter_finds_what_plain_python_finds(clinic: Clinic, condition: Condition) -> None:
    expected = sorted(str(note["Clinic_Id__c"]) for note in clinic.notes if holds(condition, note))
    assert clinic.keys(condition) == expected


def test_chosen_values_are_equal_in_any_order(clinic: Clinic) -> None:
    """SOQL guide, Query Multi-Select Picklists: both selected, an exact match."""
    both = sum(note["Flags__c"] == ("A", "B") for note in clinic.notes)
    for value in ("A;B", "B;A"):
        found = clinic.org.records(f"SELECT Id FROM Note__c WHERE Flags__c = '{value}'")
        assert len(found) == both > 0


@pytest.mark.parametrize("test", ["= '{}'", "LIKE '{}'", "IN ('{}', 'other')"])
@pytest.mark.parametrize(
    ("field", "value", "cased"),
    [
        ("Clinic_Id__c", make_notes(1)[0]["Clinic_Id__c"], True),
        ("Title__c", "O'Neil", False),
        ("Kind__c", "Progress", False),
        ("Payer__r.Name", "Zenith", False),
    ],
)
def test_only_a_case_sensitive_key_tells_upper_from_lower_case(
    clinic: Clinic, field: str, value: str, cased: bool, test: str
) -> None:
    """SOQL guide, Comparison Operators."""

    def found(text: str) -> int:
        where = f"{field} {test}".format(text.replace("'", "\\'"))
        return len(clinic.org.records(f"SELECT Id FROM Note__c WHERE {where}"))

    expected = sum(note[field] == value for note in clinic.notes)
    assert found(value) == expected > 0
    assert found(value.swapcase()) == (0 if cased else expected)


@pytest.mark.parametrize("nulls", ["FIRST", "LAST"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize(
    "field", ["Title__c", "Kind__c", "Fee__c", "Taken_On__c", "Taken_At__c", "Payer__r.Name"]
)
def test_an_order_is_what_plain_python_makes_of_it(
    clinic: Clinic, field: str, direction: str, nulls: str
) -> None:
    """SOQL guide, ORDER BY: text without regard to letter case, picklists as they were set up."""

    def place(value: object) -> object:
        if field == "Kind__c":
            return ["Progress", "Phone"].index(str(value))
        return value.lower() if isinstance(value, str) else value

    present = sorted(
        (place(note[field]) for note in clinic.notes if note[field] is not None),
        reverse=direction == "DESC",
    )
    absent = [None] * sum(note[field] is None for note in clinic.notes)
    found = clinic.org.records(
        f"SELECT Clinic_Id__c FROM Note__c ORDER BY {field} {direction} NULLS {nulls}"
    )
    by_key = {note["Clinic_Id__c"]: note[field] for note in clinic.notes}
    values = [by_key[record["Clinic_Id__c"]] for record in found]
    shown = [None if value is None else place(value) for value in values]
    assert shown == (absent + present if nulls == "FIRST" else present + absent)


def folded(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def test_groups_are_what_plain_python_counts(clinic: Clinic) -> None:
    def group(note: Note) -> tuple[object, object]:
        return note["Kind__c"], folded(note["Payer__r.Name"])

    expected = Counter(group(note) for note in clinic.notes)
    fees: dict[object, float] = {}
    for note in clinic.notes:
        if note["Fee__c"] is not None:
            fees[group(note)] = fees.get(group(note), 0) + float(str(note["Fee__c"]))
    found = clinic.org.records(
        "SELECT Kind__c, Payer__r.Name payer, COUNT(Id) n, SUM(Fee__c), MAX(Score__c) best "
        "FROM Note__c GROUP BY Kind__c, Payer__r.Name"
    )
    assert {(r["Kind__c"], folded(r["payer"])): r["n"] for r in found} == expected
    for record in found:
        total = fees.get((record["Kind__c"], folded(record["payer"])))
        assert record["expr0"] == (None if total is None else pytest.approx(total))


def test_texts_group_without_letter_case_where_the_user_speaks_english(clinic: Clinic) -> None:
    """As reproduced on a real org: in other locales each spelling is a group of its own."""
    soql = (
        "SELECT Payer__r.Name, COUNT(Id) n FROM Note__c GROUP BY ROLLUP(Payer__r.Name) "
        "HAVING COUNT(Id) > 0 ORDER BY GROUPING(Payer__r.Name), Payer__r.Name NULLS LAST"
    )
    user = f"sobjects/User/{clinic.org.running.site.org.admin_user_id}"

    def groups() -> list[object]:
        return [record["Name"] for record in clinic.org.records(soql)]

    assert groups() == ["Acme Health", "Zenith", None, None]
    changed = clinic.org.data("PATCH", user, json={"LocaleSidKey": "de_DE"})
    assert changed.status_code == 204, changed.text
    try:
        assert groups() == ["Acme Health", "acme health", "Zenith", None, None]
    finally:
        clinic.org.data("PATCH", user, json={"LocaleSidKey": "en_US"})


def test_a_having_of_a_group_is_compared_like_its_field(clinic: Clinic) -> None:
    found = clinic.org.records(
        "SELECT Payer__r.Name, COUNT(Id) n FROM Note__c GROUP BY Payer__r.Name "
        "HAVING Payer__r.Name LIKE 'ACME%' AND MIN(Taken_On__c) < 2030-01-01"
    )
    acme = sum(folded(note["Payer__r.Name"]) == "acme health" for note in clinic.notes)
    assert [record["n"] for record in found] == [acme]
