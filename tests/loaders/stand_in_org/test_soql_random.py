"""Random statements over real objects: answered or refused by the API, never broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.stand_in_org.soql_tree import Path, Query, Source
from tests.loaders.stand_in_org.front_org import OrgClient, serving
from tests.loaders.stand_in_org.soql_printer import printed
from tests.loaders.stand_in_org.soql_trees import ALIASES, Trees, tamed

CODES = {
    "INVALID_FIELD",
    "INVALID_QUERY_FILTER_OPERATOR",
    "INVALID_TYPE",
    "MALFORMED_QUERY",
    "NUMBER_OUTSIDE_VALID_RANGE",
}
FIELDS = (
    "Id Name Type Industry AnnualRevenue NumberOfEmployees CreatedDate IsDeleted OwnerId Website "
    "Description BillingAddress BillingStreet LastActivityDate Owner.Name Owner.IsActive "
    "Parent.Parent.Name CreatedBy.Profile.Name Parent.CreatedDate RecordType.Name "
    "LastName AccountId Account.Name Account.Owner.Name Birthdate ReportsTo.Name "
    "Subject ActivityDate WhoId What Who.Name What.Type Owner.Profile.Name IsClosed a.Name "
    "StartDate Roles ContentSize VersionData Amount Probability CloseDate"
)
OBJECTS = "Account Contact Task Event Opportunity User AccountContactRelation ContentVersion"
CHILDREN = "Contacts Tasks Events Opportunities Account.Contacts"


def dotted(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


PATHS = st.sampled_from(FIELDS.split()).map(lambda text: Path(dotted(text)))
NAMES = st.sampled_from(OBJECTS.split())
SOURCES = st.builds(Source, (NAMES | st.sampled_from(CHILDREN.split())).map(dotted), ALIASES)
ANY = Trees(PATHS, SOURCES, NAMES).statements()
# Over one object whose fields are known, most of what is asked can be answered.
OWN = FIELDS.split()[:17]
ACCOUNTS = Trees(
    st.sampled_from(OWN).map(lambda text: Path(dotted(text))),
    st.just(Source(("Account",))),
    st.just("User"),
).statements()
STATEMENTS = ANY | ACCOUNTS.map(tamed)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        rows = "Name,Type,AnnualRevenue\nOne,Other,1\nTwo,,-2\nThree,Prospect,\n"
        assert not client.job("Account", "insert", rows).failed
        found = client.records("SELECT Id FROM Account LIMIT 1")[0]["Id"]
        made = client.data("POST", "sobjects/Task", json={"Subject": "Call", "WhatId": found})
        assert made.status_code == 201, made.text
        yield client


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=STATEMENTS)
def test_no_statement_breaks_the_org(org: OrgClient, query: Query) -> None:
    soql = printed(query)
    answer = org.query(soql, path="queryAll")
    if answer.status_code != 200:
        assert answer.status_code == 400, answer.text
        assert answer.json()[0]["errorCode"] in CODES


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(min_size=1, max_size=60))
def test_no_text_breaks_the_org(org: OrgClient, text: str) -> None:
    for soql in (text, f"SELECT Id FROM Account WHERE Name = '{text}'"):
        answer = org.query(soql)
        refused = answer.status_code == 400 and answer.json()[0]["errorCode"] in CODES
        assert refused or answer.status_code == 200
