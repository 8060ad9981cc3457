"""The practice is of the promised size and shape, and nobody in it could be real."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from extract.demo_clinic import dates
from tests.extract.demo_clinic.detectors_people import telecom
from tests.extract.demo_clinic.reading import Reading, extensions, references

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def test_size_stays_small_enough_for_a_demo(reading: Reading) -> None:
    records = list(reading.all())
    assert len(records) < 12_000
    assert sum(len(msgspec.json.encode(record)) for record in records) < 12_000_000


def test_proportions_are_those_of_a_practice(reading: Reading) -> None:
    count = {kind: len(records) for kind, records in reading.by_type.items()}
    assert (count["PractitionerRole"], count["Practitioner"], count["Location"]) == (12, 20, 2)
    payers = [o for o in reading.of("Organization") if o["type"][0]["coding"][0]["code"] != "prov"]
    assert len([one for one in payers if one.get("identifier")]) == 10
    assert 3.5 < count["Appointment"] / 300 < 4.6
    assert 1.5 < count["Claim"] / 300 < 2.3
    lines = {len(claim["item"]) for claim in reading.of("Claim")}
    assert {1, 2, 3, 4, 5} <= lines
    assert all(count[kind] for kind in count)


def test_ids_and_stamps_are_legal(reading: Reading) -> None:
    for record in reading.all():
        assert ID.fullmatch(record["id"])
        stamp = record["meta"]["lastUpdated"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
        assert stamp < dates.REFERENCE_DAY.isoformat()


def test_ids_have_several_styles(reading: Reading) -> None:
    ids = list(reading.by_type["Patient"])
    for style in (
        r"pt-\d+",
        r"chart\.\d{6}",
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        r"kin-\d+Q",
    ):
        assert any(re.fullmatch(style, ident) for ident in ids), style


def test_npis_have_a_valid_check_digit_and_were_never_issued(reading: Reading) -> None:
    for one in reading.of("Practitioner"):
        npi = one["identifier"][0]["value"]
        assert re.fullmatch(r"9\d{9}", npi)
        digits = [int(digit) for digit in "80840" + npi][::-1]
        doubled = [sum(divmod(digit * 2, 10)) for digit in digits[1::2]]
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_phones_and_mails_lead_to_nobody(reading: Reading) -> None:
    for record in reading.all():
        if record["resourceType"] == "Patient" and record["id"] in _spoiled(reading):
            continue
        for phone in telecom(record, "phone") if isinstance(record.get("telecom"), list) else []:
            assert re.search(r"555[ -]?01\d\d$", phone)
        for mail in telecom(record, "email") if isinstance(record.get("telecom"), list) else []:
            assert re.search(r"@([\w-]+\.)*(example\.(com|org|net)|test)$|^bram|^none$|^@$", mail)


def _spoiled(reading: Reading) -> set[str]:
    return {
        one["id"]
        for one in reading.of("Patient")
        if any("555" not in p or "XX" in p or len(p) < 10 for p in telecom(one, "phone"))
    }


def test_zip_codes_keep_their_leading_zeros(reading: Reading) -> None:
    codes = {a.get("postalCode", "") for p in reading.of("Patient") for a in p["address"]}
    assert any(code.startswith("0") for code in codes)


def test_local_offsets_agree_with_the_time_zone_database() -> None:
    for zone in (dates.NEW_YORK, dates.PHOENIX):
        for number in range(365 * 8):
            day = date(2021, 1, 1) + timedelta(days=number)
            noon = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(zone))
            offset = noon.utcoffset()
            assert offset is not None
            assert dates.offset_hours(zone, day=day) == offset.total_seconds() / 3600


def test_appointments_span_three_years_and_sixty_days_ahead(reading: Reading) -> None:
    starts = [
        datetime.fromisoformat(one["start"]) for one in reading.of("Appointment") if "start" in one
    ]
    today = datetime(2026, 11, 16, tzinfo=UTC)
    assert min(starts) > today - timedelta(days=1100)
    assert min(starts) < today - timedelta(days=900)
    assert today + timedelta(days=40) < max(starts) < today + timedelta(days=64)


def test_money_and_results_keep_their_decimals(reading: Reading) -> None:
    totals = [str(one["total"]["value"]) for one in reading.of("Claim")]
    assert all(re.fullmatch(r"\d+\.\d\d", total) for total in totals)
    assert any(total.endswith("0") for total in totals)


def test_files_are_what_they_claim(reading: Reading) -> None:
    seen = set()
    for one in reading.of("DocumentReference"):
        described = one["content"][0]["attachment"]
        if not described.get("data"):
            continue
        payload = base64.b64decode(described["data"])
        assert described["size"] == len(payload)
        if payload.startswith(b"%PDF"):
            place = int(payload.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
            assert payload[place:].startswith(b"xref")
            seen.add("pdf")
        elif payload.startswith(b"\x89PNG"):
            length = int.from_bytes(payload[33:37], "big")
            side = int.from_bytes(payload[16:20], "big")
            assert len(zlib.decompress(payload[41 : 41 + length])) == side * (side + 1)
            seen.add("png")
    assert seen == {"pdf", "png"}


def test_referrers_have_no_role_and_relatives_may_be_patients(reading: Reading) -> None:
    roster = {one["practitioner"]["reference"] for one in reading.of("PractitionerRole")}
    referrals = [one for one in reading.of("ServiceRequest") if extensions(one, "referral-volume")]
    sources = {one["requester"]["reference"] for one in referrals}
    assert sources
    assert not sources & roster
    assert {source.partition("/")[0] for source in sources} == {"Practitioner", "Organization"}


def test_recalls_have_intervals_and_labs_an_order(reading: Reading) -> None:
    plans = [one for one in reading.of("ServiceRequest") if one["intent"] == "plan"]
    units = {
        p["occurrenceTiming"]["repeat"]["periodUnit"] for p in plans if "occurrenceTiming" in p
    }
    assert units == {"d", "wk", "mo", "a"}
    for report in reading.of("DiagnosticReport"):
        assert all(reading.has(name) for name in references(report["result"]))
