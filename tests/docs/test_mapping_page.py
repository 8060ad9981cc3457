"""docs/mapping.md is what manifest and SQL say; a lineage that cannot be seen is not guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import DemoRoad
from tests.docs.lineage import Lineage, Origin
from tests.docs.mapping_page import PAGE, page


@pytest.fixture(scope="module")
def lineage(demo_road: DemoRoad) -> Lineage:
    return Lineage(json.loads((demo_road.target / "manifest.json").read_bytes()))


def test_page_is_up_to_date(demo_road: DemoRoad) -> None:
    made = page(demo_road.target / "manifest.json")
    assert PAGE.read_text(encoding="utf-8") == made, "stale: run `make docs`"


def test_a_field_is_traced_to_where_it_stands_in_the_source(lineage: Lineage) -> None:
    clinic = lineage.nearest("sf_contact", "Birthdate", prefix="int_clinic__")
    assert clinic == {Origin("int_clinic__patients", "birth_date")}
    assert lineage.sources("int_clinic__patients", "birth_date") == {
        "Patient.birthDate",
        "patient_data.DOB",
        "patients.date_of_birth",
    }
    assert "Claim.item.sequence" in lineage.sources("int_clinic__claim_lines", "line_number")


def test_a_crosswalk_is_named_with_the_code_that_it_was_asked_for(lineage: Lineage) -> None:
    assert lineage.nearest("sf_contact", "Gender__c", prefix="int_clinic__") == {
        Origin("int_codes_mapped", "gender"),
        Origin("int_clinic__patients", "gender_code"),
    }


def test_a_constant_comes_from_nowhere(lineage: Lineage) -> None:
    assert lineage.nearest("sf_account", "Type", prefix="int_clinic__") == frozenset()


def model(name: str, sql: str) -> dict[str, Any]:
    return {
        "name": name,
        "resource_type": "model",
        "relation_name": f'"w"."s"."{name}"',
        "compiled_code": sql,
    }


def test_unions_are_followed_by_place_and_joins_are_not_followed() -> None:
    one = model("int_clinic__one", "select 1 as a, 2 as b")
    two = model("int_clinic__two", "select 3 as c, 4 as d")
    mart = model(
        "sf_mart",
        "with o as (select * from w.s.int_clinic__one), t as (select * from w.s.int_clinic__two),"
        " u as (select o.a as x, o.b as y from o union all select t.c, t.d from t inner join o"
        " on t.d = o.b) select * from u",
    )
    found = Lineage({"nodes": {"1": one, "2": two, "3": mart}, "sources": {}})
    assert found.nearest("sf_mart", "x", prefix="int_clinic__") == {
        Origin("int_clinic__one", "a"),
        Origin("int_clinic__two", "c"),
    }
