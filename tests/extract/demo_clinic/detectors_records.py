"""How to find what is wrong with appointments, notes, documents, results and messages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.extract.demo_clinic.detectors_people import Detector, of
from tests.extract.demo_clinic.reading import Reading, Record, extensions, references

STATUSES = {"pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error"}


def _code(record: Record, element: str) -> str:
    found = record.get(element, [{}])
    concept = found[0] if isinstance(found, list) else found
    return str(concept.get("coding", [{}])[0].get("code", ""))


def _length(record: Record) -> timedelta:
    if "start" not in record or "end" not in record:
        return timedelta(0)
    return datetime.fromisoformat(record["end"]) - datetime.fromisoformat(record["start"])


def _names(record: Record, kind: str) -> bool:
    return any(reference.startswith(f"{kind}/") for reference in references(record))


def _local(reading: Reading, record: Record) -> tuple[str, datetime]:
    """Give an appointment's time on the wall of its place, by the time zone database."""
    place = next(ref for ref in references(record) if ref.startswith("Location/")).partition("/")[2]
    zone = reading.by_type["Location"][place]["extension"][1]["valueCode"]
    return zone, datetime.fromisoformat(record["start"]).astimezone(ZoneInfo(zone))


def _nine_o_clock(zone: str) -> Detector:
    def find(reading: Reading) -> set[str]:
        found = set()
        for one in reading.of("Appointment"):
            if extensions(one, "series-key"):
                where, local = _local(reading, one)
                if where == zone and (local.hour, local.minute) == (9, 0):
                    found.add(f"Appointment/{one['id']}")
        return found

    return find


def _on_change_day(reading: Reading) -> set[str]:
    """Find visits at nine on a Sunday on which New York's clocks changed."""
    found = set()
    york = ZoneInfo("America/New_York")
    for one in reading.of("Appointment"):
        if "start" not in one or not reading.has(_location(one)):
            continue
        _, local = _local(reading, one)
        night, noon = (
            datetime(local.year, local.month, local.day, h, tzinfo=york) for h in (0, 12)
        )
        if night.utcoffset() != noon.utcoffset() and (local.hour, local.minute) == (9, 0):
            found.add(f"Appointment/{one['id']}")
    return found


def _location(record: Record) -> str:
    return next(ref for ref in references(record) if ref.startswith("Location/"))


def _note(holds: Callable[[str], bool]) -> Detector:
    return lambda reading: {
        f"DocumentReference/{ident}" for ident, text in reading.notes.items() if holds(text)
    }


def _is_note(record: Record) -> bool:
    return _code(record, "category") == "clinical-note"


def _bytes(reading: Reading, described: Record) -> bytes | None:
    if "url" in described:
        binary = reading.by_type["Binary"].get(described["url"].partition("/")[2])
        return None if binary is None else base64.b64decode(binary["data"])
    return base64.b64decode(described["data"]) if "data" in described else None


def _document(holds: Callable[[Record, bytes], bool]) -> Detector:
    def find(reading: Reading) -> set[str]:
        found = set()
        for one in reading.of("DocumentReference"):
            described = one["content"][0]["attachment"]
            content = _bytes(reading, described)
            if content is not None and holds(described, content):
                found.add(f"DocumentReference/{one['id']}")
        return found

    return find


def _sha1(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def _value(record: Record) -> str:
    if "valueQuantity" in record:
        quantity = record["valueQuantity"]
        return f"{quantity.get('comparator', '')}{quantity['value']}"
    if "valueCodeableConcept" in record:
        return str(record["valueCodeableConcept"]["text"])
    return str(record.get("valueString", ""))


def _lab(value: str) -> Detector:
    return of(
        "Observation", lambda one: _code(one, "category") == "laboratory" and _value(one) == value
    )


def _outside(reading: Reading) -> set[str]:
    roster = {one["practitioner"]["reference"] for one in reading.of("PractitionerRole")}
    return of(
        "MedicationRequest",
        lambda one: (
            reading.has(one["requester"]["reference"])
            and one["requester"]["reference"] not in roster
        ),
    )(reading)


RECORD_DETECTORS: dict[str, Detector] = {
    "appointment_ends_before_start": of("Appointment", lambda one: _length(one) < timedelta(0)),
    "appointment_longer_than_14_days": of(
        "Appointment", lambda one: _length(one) > timedelta(days=14)
    ),
    "appointment_on_clock_change_day": _on_change_day,
    "appointment_status_unknown_code": of("Appointment", lambda one: one["status"] not in STATUSES),
    "appointment_type_unknown_code": of(
        "Appointment", lambda one: _code(one, "appointmentType") == "ZZ-OLD"
    ),
    "appointment_without_end": of("Appointment", lambda one: "start" in one and "end" not in one),
    "appointment_without_patient": of("Appointment", lambda one: not _names(one, "Patient")),
    "appointment_without_start": of("Appointment", lambda one: "start" not in one),
    "communication_without_patient": of("Communication", lambda one: not _names(one, "Patient")),
    "document_hash_differs": _document(lambda one, content: one["hash"] != _sha1(content)),
    "document_type_misstated": _document(
        lambda one, content: content.startswith(b"%PDF") and one["contentType"] != "application/pdf"
    ),
    "document_without_content": of(
        "DocumentReference",
        lambda one: not {"data", "url"} & set(one["content"][0]["attachment"]),
    ),
    "form_without_patient": of("QuestionnaireResponse", lambda one: not _names(one, "Patient")),
    "interpretation_unknown_code": of(
        "Observation", lambda one: _code(one, "interpretation") not in ("", "H", "L", "N", "A")
    ),
    "lab_value_above_limit": _lab(">=200"),
    "lab_value_below_limit": _lab("<0.5"),
    "lab_value_in_words": _lab("positive"),
    "lab_value_missing": _lab(""),
    "lab_value_with_many_digits": _lab("0.1234567890"),
    "lab_value_with_trailing_zeros": _lab("1.00"),
    "medium_unknown_code": of("Communication", lambda one: _code(one, "medium") == "PIGEON"),
    "no_show": of("Appointment", lambda one: one["status"] == "noshow"),
    "note_of_200000_characters": _note(lambda text: len(text) == 200_000),
    "note_that_looks_like_a_formula": _note(lambda text: text.startswith("=")),
    "note_with_control_characters": _note(lambda text: "\x07" in text and "\x1b" in text),
    "note_with_crlf": _note(lambda text: "\r\n" in text),
    "note_with_emoji_and_right_to_left": _note(lambda text: "😀" in text),
    "note_with_lf": _note(lambda text: "\n" in text.replace("\r\n", "")),
    "note_with_quote_and_comma": _note(lambda text: '", "' in text),
    "note_with_tab": _note(lambda text: "\t" in text),
    "note_without_type": of("DocumentReference", lambda one: _is_note(one) and "type" not in one),
    "observation_not_laboratory": of(
        "Observation", lambda one: _code(one, "category") != "laboratory"
    ),
    "prescribed_by_outside_provider": _outside,
    "prescription_status_unknown_code": of(
        "MedicationRequest", lambda one: one["status"] == "mailed"
    ),
    "psychotherapy_note": of(
        "DocumentReference",
        lambda one: any(tag["code"] == "psychotherapy" for tag in one["meta"].get("tag", [])),
    ),
    "recall_without_interval": of(
        "ServiceRequest", lambda one: one["intent"] == "plan" and "occurrenceTiming" not in one
    ),
    "series_across_clock_change_new_york": _nine_o_clock("America/New_York"),
    "series_across_clock_change_phoenix": _nine_o_clock("America/Phoenix"),
    "zero_byte_document": _document(lambda one, content: not content and one["size"] == 0),
}
