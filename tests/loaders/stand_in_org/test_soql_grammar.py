"""The grammar of SOQL, by property: what is printed is read back, and garbage is refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_grammar import parse_soql
from loaders.stand_in_org.soql_tree import Comparison, Literal, Path, Query, Source
from tests.loaders.stand_in_org.soql_printer import printed, quoted
from tests.loaders.stand_in_org.soql_trees import ALIASES, Trees

WORDS = (
    "SELECT FROM WHERE AND OR NOT IN LIKE ( ) , = != < >= : 'x' 'it\\'s' 5 -1.5e9 2020-01-01 "
    "2020-01-01T00:00:00Z NULL TRUE LAST_N_DAYS TODAY COUNT( MAX( FIELDS( ALL TYPEOF WHEN THEN "
    "ELSE END GROUP BY ROLLUP( HAVING ORDER NULLS LAST LIMIT OFFSET FOR UPDATE USING SCOPE Id "
    "Account Owner.Name \\ ' \" ; 99999999999999999999 1e999 é \0"
)
SALAD = st.lists(st.sampled_from(WORDS.split(" ")), max_size=25).map(" ".join)
NAMES = st.sampled_from(["Name", "Type", "Owner", "Account", "Clinic_Id__c", "Children__r", "x1"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: Path(tuple(parts)))
SOURCES = st.builds(Source, st.lists(NAMES, min_size=1, max_size=2).map(tuple), ALIASES)
QUERIES = Trees(PATHS, SOURCES, NAMES).statements()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=QUERIES, seed=st.integers(0, 2**16))
def test_a_printed_statement_is_read_back_as_the_same_tree(query: Query, seed: int) -> None:
    spelling = random.Random(seed)  # noqa: S311 - letter case, no secret

    def word(text: str) -> str:
        return "".join(spelling.choice((c.upper(), c.lower())) for c in text)

    assert parse_soql(printed(query, word)) == query


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=60) | SALAD)
def test_garbage_is_read_or_refused_in_the_apis_words(text: str) -> None:
    assert refused(text) in (None, "MALFORMED_QUERY", "NUMBER_OUTSIDE_VALID_RANGE")


def refused(soql: str) -> str | None:
    try:
        parse_soql(soql)
    except ApiError as refusal:
        return refusal.code if refusal.status == 400 else str(refusal.status)
    return None


@pytest.mark.parametrize("opening", ["(", "NOT ", "Id IN (SELECT Id FROM Account WHERE "])
def test_a_statement_nested_without_end_is_refused(opening: str) -> None:
    soql = "SELECT Id FROM Account WHERE " + opening * 2_000
    with pytest.raises(ApiError, match="nested too deeply"):
        parse_soql(soql)


def test_a_hundred_thousand_characters_are_read_and_one_more_is_not() -> None:
    """Contract 4.7: SOQL is at most 100,000 characters."""
    start, end = "SELECT Id FROM Account WHERE Name IN ('", "')"
    soql = start + "','".join(["x" * 97] * 1000)
    soql = soql[: 100_000 - len(end)] + end
    assert len(soql) == 100_000
    parse_soql(soql)
    with pytest.raises(ApiError, match="longer than 100000"):
        parse_soql(soql + " ")


@pytest.mark.parametrize(
    ("escaped", "meant"),
    [
        (r"it\'s", "it's"),
        (r"\"", '"'),
        (r"a\\b", "a\\b"),
        (r"\n\r\t\b\f", "\n\r\t\b\f"),
        (r"\N\R\T", "\n\r\t"),
        (r"\u00e9\u00C9", "éÉ"),
        (r"\ud83d\ude00", "😀"),
        (r"100\%\_", "100%_"),
    ],
)
def test_escapes_mean_what_they_mean_in_the_original(escaped: str, meant: str) -> None:
    """SOQL guide: Quoted String Escape Sequences."""
    query = parse_soql(f"SELECT Id FROM Account WHERE Name = '{escaped}'")
    assert query.where == Comparison(Path(("Name",)), "=", Literal("string", meant))
    assert quoted(meant).startswith("'")


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        (r"SELECT Id FROM Account WHERE Name = '\z'", r"illegal character sequence '\z'"),
        (r"SELECT Id FROM Account WHERE Name = '\ud83d'", "illegal character sequence"),
        ("SELECT Id FROM Account WHERE Name = :name", "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Account ALL ROWS", "ALL ROWS not allowed in this context"),
        ("SELECT Id FROM Account ORDER BY Id FOR UPDATE", "FOR UPDATE"),
        ("SELECT Id FROM Account LIMIT 99999999999", "numeric value out of range: 99999999999"),
        ("SELECT Id FROM Account WHERE AnnualRevenue > 1e999", "numeric value out of range: 1e999"),
        ("SELECT Id FROM Account WHERE Name = 'a' HAVING COUNT(Id) > 1", "token: 'HAVING'"),
        ("SELECT Id FROM Account WHERE COUNT(Id) > 1", "unexpected token: 'COUNT'"),
        ("SELECT DISTANCE(A, B) FROM Account", "unexpected token: 'DISTANCE'"),
        ("SELECT convertCurrency(A) FROM Account", "unexpected token: 'convertCurrency'"),
        ("SELECT convertTimezone(CreatedDate) FROM Account", "token: 'convertTimezone'"),
        ("SELECT Id FROM Account WHERE Amount > USD5000", "unexpected token: 'USD5000'"),
        ("SELECT Id FROM Account USING SCOPE team", "unsupported filter scope: 'team'"),
        ("SELECT Id FROM Account GROUP BY CUBE(A, B, C, D)", "at most 3"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2020-13-01T00:00:00Z", "unexpected token"),
        ("SELECT Id FROM Account WHERE CreatedDate > 1699-01-01T00:00:00Z", "unexpected token"),
        (f"SELECT Id FROM Account WHERE Name = '{'x' * 4001}'", "longer than 4000 characters"),
        ("SELECT Id FROM Account UPDATE TRACKING", "unexpected token: 'UPDATE'"),
    ],
)
def test_what_this_soql_does_not_know_is_refused(soql: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_soql(soql)
    assert refused.value.code == "MALFORMED_QUERY"
    assert words in refused.value.message


def test_a_refusal_quotes_the_place_and_not_the_whole_statement() -> None:
    soql = "SELECT Id\nFROM Account\nWHERE Name = '" + "x" * 500 + "' AND = 5"
    with pytest.raises(ApiError) as refused:
        parse_soql(soql)
    _, line, mark, place, message = refused.value.message.split("\n")
    column = soql.split("\n")[2].index("= 5")
    assert place == f"ERROR at Row:3:Column:{column + 1}"
    assert message == "unexpected token: '='"
    assert line[mark.index("^")] == "="
    assert len(line) <= 120
