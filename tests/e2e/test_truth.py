"""What the demo clinic planted is what the audit found: the same records, not only as many."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import DemoRoad, run

Defects = dict[str, Any]


@pytest.fixture(scope="module")
def planted() -> Defects:
    """The defects as the generator wrote them down while it planted them."""
    told = run([sys.executable, "-m", "extract.demo_clinic", "truth"], env=dict(os.environ))
    assert told.code == 0, told.stderr
    defects: Defects = told.json()["defects"]
    return defects


@pytest.fixture(scope="module")
def warehouse(demo_road: DemoRoad) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_road.data / "warehouse.duckdb"), read_only=True) as db:
        yield db


def raw(reference: str) -> str:
    """Turn `ChargeItem/x` into `charge_item/x`, as the audit names raw records."""
    kind, _, name = reference.partition("/")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() + "/" + name


def ids(planted: Defects, *classes: str) -> set[str]:
    return {raw(each) for name in classes for each in planted[name]["ids"]}


def excluded(warehouse: duckdb.DuckDBPyConnection, reason: str) -> set[str]:
    found = warehouse.execute(
        """
        select records.raw_table || '/' || records.raw_id
        from audit.audit_excluded_records as excluded
        inner join intermediate.int_clinic__source_records as records using (entity, record_key)
        where excluded.reason = ?
        """,
        [reason],
    ).fetchall()
    return {row[0] for row in found}


@pytest.mark.parametrize(
    ("reason", "classes"),
    [
        ("test_patient", ["test_patient"]),
        ("do_not_migrate", ["do_not_migrate"]),
        ("missing_name", ["name_missing"]),
        ("special_class_note", ["psychotherapy_note"]),
        ("no_start_time", ["appointment_without_start"]),
        ("no_content", ["zero_byte_document", "document_without_content"]),
        ("file_not_fetched", ["orphan_binary"]),
        ("not_prepaid", ["charge_item_not_prepaid"]),
        ("not_a_laboratory_result", ["observation_not_laboratory"]),
        ("custom_field_not_castable", ["custom_field_not_castable"]),
    ],
)
def test_records_left_out_are_the_planted_ones(
    planted: Defects, warehouse: duckdb.DuckDBPyConnection, reason: str, classes: list[str]
) -> None:
    assert excluded(warehouse, reason) == ids(planted, *classes)


@pytest.mark.parametrize(
    ("reason", "planted_class", "used_otherwise"),
    [
        # A billing account decides households and a lab order gives a date: neither is a record.
        ("entered_in_error", "entered_in_error", {"account", "service_request"}),
        # Somebody may be referred who is no patient: that referral loads without a household.
        ("orphan_patient", "orphan_patient", {"service_request"}),
    ],
)
def test_only_supporting_records_escape_a_reason(
    planted: Defects,
    warehouse: duckdb.DuckDBPyConnection,
    reason: str,
    planted_class: str,
    used_otherwise: set[str],
) -> None:
    found, there = excluded(warehouse, reason), ids(planted, planted_class)
    assert found <= there
    assert {each.split("/")[0] for each in there - found} <= used_otherwise


def test_merged_charts_are_merged_and_look_alikes_are_only_proposed(
    planted: Defects, warehouse: duckdb.DuckDBPyConnection
) -> None:
    merged = warehouse.sql(
        "select record_key from audit.audit_merged_records where entity = 'patients'"
    ).fetchall()
    assert {f"patient/{row[0].split(':')[-1]}" for row in merged} == ids(planted, "merged_chart")

    proposed = warehouse.sql(
        "select patient_key, other_patient_key from audit.audit_duplicate_candidates"
    ).fetchall()
    pairs = {frozenset(f"Patient/{key.split(':')[-1]}" for key in pair) for pair in proposed}
    assert pairs == {frozenset(pair) for pair in planted["duplicate_chart"]["groups"]}
    contacts = {
        row[0] for row in warehouse.sql("select Clinic_Id__c from salesforce.sf_contact").fetchall()
    }
    assert all(key in contacts for pair in proposed for key in pair)


def test_lab_values_arrive_to_the_last_digit(
    planted: Defects, warehouse: duckdb.DuckDBPyConnection
) -> None:
    classes = {
        "lab_value_with_trailing_zeros": "1.00",
        "lab_value_below_limit": "<0.5",
        "lab_value_above_limit": ">=200",
        "lab_value_in_words": "positive",
        "lab_value_with_many_digits": "0.1234567890",
    }
    values = dict(
        warehouse.sql(
            "select Clinic_Id__c, Result_Value__c from salesforce.sf_lab_result"
        ).fetchall()
    )
    for name, value in classes.items():
        keys = [f"demo:lab_result:{each.partition('/')[2]}" for each in planted[name]["ids"]]
        loaded = {values[key] for key in keys if key in values}
        assert loaded == {value}, name


def test_nine_o_clock_stays_nine_o_clock_across_the_clock_change(
    planted: Defects, warehouse: duckdb.DuckDBPyConnection
) -> None:
    for zone, name in (
        ("America/New_York", "series_across_clock_change_new_york"),
        ("America/Phoenix", "series_across_clock_change_phoenix"),
    ):
        keys = [f"demo:appointment:{each.partition('/')[2]}" for each in planted[name]["ids"]]
        hours = warehouse.execute(
            """
            select strftime((StartDateTime at time zone 'UTC') at time zone ?, '%H:%M')
            from salesforce.sf_event where list_contains(?, Clinic_Id__c)
            """,
            [zone, keys],
        ).fetchall()
        assert len(hours) == len(keys) > 10
        assert set(hours) == {("09:00",)}, zone


def test_ids_that_differ_only_in_letter_case_are_different_people(
    planted: Defects, warehouse: duckdb.DuckDBPyConnection
) -> None:
    keys = [
        f"demo:patient:{i.partition('/')[2]}" for i in planted["ids_differ_only_in_case"]["ids"]
    ]
    found = warehouse.execute(
        "select Clinic_Id__c from salesforce.sf_contact where list_contains(?, Clinic_Id__c)",
        [keys],
    ).fetchall()
    assert sorted(row[0] for row in found) == sorted(keys)
    assert len({key.lower() for key in keys}) < len(keys)
