"""Contract 2.8: which record an upsert means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import errors, insert, made, upsert
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient


@pytest.mark.contract("2.8-1", "2.8-5")
def test_no_match_inserts_one_updates_and_several_fail(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    mine = key("open")
    first = upsert(org, "Open_Key__c,Title__c", f"{mine},A", by="Open_Key__c")
    second = upsert(org, "Open_Key__c,Title__c", f"{mine},B", by="Open_Key__c")
    assert [one.successful[0]["sf__Created"] for one in (first, second)] == ["true", "false"]
    assert made(first) == made(second)
    # An external id is not unique by itself.
    twin = made(insert(org, "Open_Key__c", mine))
    both = ", ".join(sorted([made(first), twin]))
    third = upsert(org, "Open_Key__c,Title__c", f"{mine},C", by="Open_Key__c")
    assert errors(third) == [
        "DUPLICATE_EXTERNAL_ID:Open_Key: more than one record found for external id field: "
        f"[{both}]:Open_Key__c --"
    ]
    rest = org.data("PATCH", f"sobjects/{THING}/Open_Key__c/{mine}", json={"Title__c": "D"})
    assert (rest.status_code, len(rest.json())) == (300, 2)


@pytest.mark.contract("2.8-2")
def test_a_key_twice_in_a_chunk_fails_every_row_that_has_it(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    mine = key("twice")
    done = upsert(org, "Key__c,Title__c", f"{mine},A", f"{mine},B", f"{mine}x,C")
    said = f"DUPLICATE_VALUE:Duplicate external id specified: {mine}:Key__c --"
    assert errors(done) == [said, said]
    assert [row["Title__c"] for row in done.successful] == ["C"]


@pytest.mark.contract("2.8-3")
def test_keys_match_without_case_unless_the_field_tells_case_apart(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    lower, upper = key("a"), key("a").upper()
    for name, created in (("Loose_Key__c", "false"), ("Key__c", "true")):
        assert not upsert(org, f"{name},Title__c", f"{lower},A", by=name).failed
        again = upsert(org, f"{name},Title__c", f"{upper},B", by=name)
        assert again.successful[0]["sf__Created"] == created, name
    described = org.data("GET", f"sobjects/{THING}/describe").json()["fields"]
    cases = {one["name"]: one["caseSensitive"] for one in described}
    assert (cases["Loose_Key__c"], cases["Key__c"]) == (False, True)
    twice = upsert(org, "Loose_Key__c", f"{lower}B", f"{upper}b", by="Loose_Key__c")
    said = f"DUPLICATE_VALUE:Duplicate external id specified: {lower}b:Loose_Key__c --"
    assert errors(twice) == [said, said]


@pytest.mark.contract("2.8-4")
@pytest.mark.both_ways("likely_texts", True, False)
def test_a_blank_key_fails_its_row(org: OrgClient, way: bool) -> None:
    for cell in ("", "#N/A"):
        (said,) = errors(upsert(org, "Key__c,Title__c", f"{cell},Nobody"))
        assert said.startswith("MISSING_ARGUMENT:Key__c not specified")
        assert said.endswith(":Key__c --")
        assert (said == "MISSING_ARGUMENT:Key__c not specified in an upsert call:Key__c --") is way


@pytest.mark.contract("2.8-6")
def test_by_id_rows_with_it_are_updated_and_rows_without_inserted(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    one = made(insert(org, "Key__c", key("one")))
    done = upsert(
        org, "Id,Key__c,Title__c", f"{one},{key('one')},Changed", f",{key('two')},New", by="Id"
    )
    assert not done.failed
    assert {row["Title__c"]: row["sf__Created"] for row in done.successful} == {
        "Changed": "false", "New": "true",
    }  # fmt: skip


@pytest.mark.contract("2.8-7")
def test_an_empty_id_column_beside_the_key_is_accepted(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    rows = [f",{key('e')}-{n},T" for n in range(2)]
    for created in ("true", "false"):
        done = upsert(org, "Id,Key__c,Title__c", *rows)
        assert not done.failed
        assert {row["sf__Created"] for row in done.successful} == {created}


@pytest.mark.contract("2.8-7")
@pytest.mark.both_ways("id_beside_key", "refused", "ignored")
def test_a_filled_id_beside_another_key(
    org: OrgClient, way: str, key: Callable[[str], str]
) -> None:
    one = made(insert(org, "Key__c", key("i")))
    done = upsert(org, "Id,Key__c,Title__c", f"{one},{key('i')},T", f",{key('j')},T")
    said = ["INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an upsert call:Id --"]
    assert errors(done) == (said if way == "refused" else [])


@pytest.mark.contract("2.8-8")
@pytest.mark.both_ways("deleted_hold_unique", False, True)
def test_records_in_the_recycle_bin_are_not_matched(
    org: OrgClient, way: bool, key: Callable[[str], str]
) -> None:
    gone = made(insert(org, "Key__c", key("bin")))
    assert not org.job(THING, "delete", f"Id\n{gone}\n").failed
    done = upsert(org, "Key__c", key("bin"))
    if way:
        assert errors(done) == [
            "DUPLICATE_VALUE:duplicate value found: Key__c duplicates value on record with id: "
            f"{gone}:--"
        ]
    else:
        assert done.successful[0]["sf__Created"] == "true"
        assert made(done) != gone
