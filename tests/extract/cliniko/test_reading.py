"""What is landed is what the account holds, byte for byte; later runs ask for news alone."""

from __future__ import annotations

import base64
import json
from urllib.parse import unquote

from extract.explain import explained
from extract.report import exit_code
from tests.extract.cliniko.account import many_alerts, patient
from tests.extract.cliniko.account_visits import SCAN
from tests.extract.cliniko.conftest import Reader
from tests.extract.cliniko.records import record, to

LATER = "2026-02-01T00:00:00Z"


def test_an_account_is_landed_and_then_its_news(account: Reader) -> None:
    vendor = account.vendor
    many_alerts(vendor)
    first = account.run()
    assert exit_code(first) == 0
    assert account.landed() == account.truth()
    assert_file_came_without_the_key(account)
    told = explained(first)["not_taken"]
    assert {(one["type"], one["reason"], one["count"]) for one in told} == {  # type: ignore[attr-defined]
        ("patients", "deleted_in_source", 1),
        ("individual_appointments", "deleted_in_source", 1),
        ("products", "no_clinic_entity", 1),
    }

    vendor.put("patients", patient("103", "Sable", "Dayshade", updated_at=LATER))
    vendor.put("patients", patient("102", "Bram", "Thistlewood", updated_at=LATER), into="archived")
    vendor.put("invoices", {"deleted_at": LATER, **to("invoices", "402")}, into="deleted")
    del vendor.held["contacts", ""]["42"]
    del vendor.held["patient_attachments", ""]["341"]
    vendor.requests.clear()
    second = account.run()
    assert account.landed() == account.truth()
    assert {kind: count for kind, count in second.changed.items() if count} == {"patients": 2}
    gone = {"invoices": 1, "contacts": 1, "patient_attachments": 1, "patient_attachment_content": 1}
    assert {kind: count for kind, count in second.deleted.items() if count} == gone
    kept = account.query("select doc ->> '$.number' from raw_cliniko.deleted where id = '402'")
    assert kept == [("2",)]
    asked = [unquote(one) for one in vendor.requests]
    # One page, for they were all changed before: 151 of them took two when they were read whole.
    alerts = [one for one in asked if one.startswith("/v1/medical_alerts?")]
    assert len(alerts) == 3
    assert all("q[]=updated_at:>2025-06-01T09:59:00Z" in one for one in alerts[:2])
    assert all("q[]=updated_at:>" in one for one in alerts)
    assert not any("q[]" in one for one in asked if "contacts" in one)
    assert not any("content" in one for one in asked)

    third = account.run()
    assert third.load_ids == []
    assert account.landed() == account.truth()


def assert_file_came_without_the_key(account: Reader) -> None:
    [(doc,)] = account.query("select doc from raw_cliniko.patient_attachment_content")
    assert base64.b64decode(json.loads(doc)["content_base64"]) == SCAN
    assert account.vendor.keys_seen_by_storage == [None]


def test_numbers_and_blanks_keep_the_text_in_which_they_were_written(account: Reader) -> None:
    odd = b'{"id": 7,  "amount": 1.00, "big": 123456789012345678901, "updated_at": null}'
    account.vendor.put_bytes("billable_items", "7", odd)
    account.read("billable_items")
    [(doc,)] = account.query("select doc from raw_cliniko.billable_items where id = '7'")
    assert doc.encode() == odd


def test_a_record_that_is_none_is_put_aside_and_its_neighbours_land(account: Reader) -> None:
    account.vendor.put_bytes("users", "x", b'{"name": "no id"}')
    account.vendor.put_bytes("users", "y", b"[1, 2]")
    account.vendor.put_bytes("users", "z", rb'{"id": "5", "name": "half a \ud800 pair"}')
    tally = account.read("users")
    assert exit_code(tally) == 4
    reasons = account.query("select reason, doc from raw_cliniko.quarantined order by 1, 2")
    assert reasons == [
        ("no_id", '{"name": "no id"}'),
        ("unreadable_json", "[1, 2]"),
        ("unreadable_json", r'{"id": "5", "name": "half a \ud800 pair"}'),
    ]
    assert len(account.landed()) == 2


def test_numbers_of_practitioners_who_left_are_read_too(account: Reader) -> None:
    kind = "practitioner_reference_numbers"
    account.vendor.put("practitioners", record("practitioners", "13", last_name="New"))
    account.read("practitioners", kind)
    assert account.landed() == account.truth("practitioners", kind)
