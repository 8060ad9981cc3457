"""How to find what is wrong with people, families, accounts, insurances and providers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from tests.extract.demo_clinic.reading import Reading, Record, extensions

Detector = Callable[[Reading], set[str]]
TODAY = date(2026, 11, 16)
MAIL = re.compile(r"[\w.'-]+@[\w-]+(\.[\w-]+)+")
TYPED = {
    "treatment_plan_start": "valueDate",
    "sessions_per_week": "valueInteger",
    "sphere_right": "valueDecimal",
    "xray_on_file": "valueBoolean",
}
KINSHIP = {"SPS", "MTH", "FTH", "GUARD", "CHILD", "FRND", "FAMMEMB", "PRN"}


def of(kind: str, holds: Callable[[Record], object]) -> Detector:
    """Find resources of a type by a condition."""
    return lambda reading: {f"{kind}/{one['id']}" for one in reading.of(kind) if holds(one)}


def telecom(record: Record, system: str) -> list[str]:
    """Give a person's addresses of a kind."""
    return [one["value"] for one in record.get("telecom", []) if one["system"] == system]


def _family(record: Record) -> str:
    return next((n.get("family", "") for n in record.get("name", []) if n["use"] == "official"), "")


def _scripts(text: str) -> set[str]:
    return {unicodedata.name(sign).split()[0] for sign in text if sign.isalpha()}


def _bad_phone(value: str) -> bool:
    return len(re.sub(r"[^0-9]", "", value)) not in (10, 11) or bool(re.search("[A-Za-z]", value))


def _replacement(record: Record) -> str:
    links = record.get("link", [])
    return next((ln["other"]["reference"] for ln in links if ln["type"] == "replaced-by"), "")


def _chained(reading: Reading) -> set[str]:
    patients = reading.by_type["Patient"]
    return {
        f"Patient/{one['id']}"
        for one in patients.values()
        if _replacement(one) and _replacement(patients[_replacement(one).partition("/")[2]])
    }


def _duplicates(reading: Reading) -> set[str]:
    same: defaultdict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for one in reading.of("Patient"):
        home = next(address for address in one["address"] if address["use"] == "home")
        born = str(one.get("birthDate", one["id"]))
        same[born, home["line"][0], one["gender"]].append(one)
    merged = {_replacement(one) for one in reading.of("Patient")}
    return {
        f"Patient/{one['id']}"
        for charts in same.values()
        for one in charts
        if len(charts) > 1 and not _replacement(one) and f"Patient/{one['id']}" not in merged
    }


def _minor(record: Record) -> bool:
    born = date.fromisoformat((record.get("birthDate", "1900-01-01") + "-01")[:10])
    return (TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))) < 18


def _minor_accounts(reading: Reading, *, by_patient: bool) -> set[str]:
    minors = {f"Patient/{one['id']}" for one in reading.of("Patient") if _minor(one)}
    return {
        f"Account/{one['id']}"
        for one, party in _guaranteed(reading)
        if one["subject"][0]["reference"] in minors
        and (party.startswith("Patient/") or party in _known_relatives(reading)) == by_patient
    }


def _guaranteed(reading: Reading) -> Iterator[tuple[Record, str]]:
    for one in reading.of("Account"):
        for guarantor in one.get("guarantor", []):
            yield one, guarantor["party"]["reference"]


def _known_relatives(reading: Reading) -> set[str]:
    return {
        link["other"]["reference"]
        for one in reading.of("Patient")
        for link in one.get("link", [])
        if link["type"] == "seealso"
    }


def _outside_guarantors(reading: Reading) -> set[str]:
    known = _known_relatives(reading)
    return {
        f"Account/{one['id']}"
        for one, party in _guaranteed(reading)
        if party.startswith("RelatedPerson/") and party not in known and reading.has(party)
    }


def _guarantor_loops(reading: Reading) -> set[str]:
    pays = {
        (one["subject"][0]["reference"], party)
        for one, party in _guaranteed(reading)
        if one["status"] == "active"
    }
    loops = {(of_whom, by) for of_whom, by in pays if of_whom != by and (by, of_whom) in pays}
    return {
        f"Account/{one['id']}"
        for one, party in _guaranteed(reading)
        if (one["subject"][0]["reference"], party) in loops
    }


def _two_households(reading: Reading) -> set[str]:
    parties: defaultdict[str, set[str]] = defaultdict(set)
    minors = {f"Patient/{one['id']}" for one in reading.of("Patient") if _minor(one)}
    for one, party in _guaranteed(reading):
        if one["status"] == "active" and one["subject"][0]["reference"] in minors:
            parties[one["subject"][0]["reference"]].add(party)
    torn = {child for child, found in parties.items() if len(found) > 1}
    return {
        f"Account/{one['id']}"
        for one, _ in _guaranteed(reading)
        if one["subject"][0]["reference"] in torn
    }


def _relation_loops(reading: Reading) -> set[str]:
    is_patient = {
        link["other"]["reference"]: f"Patient/{one['id']}"
        for one in reading.of("Patient")
        for link in one.get("link", [])
        if link["type"] == "seealso"
    }
    edges = {
        f"RelatedPerson/{one['id']}": (
            one["patient"]["reference"],
            is_patient.get(f"RelatedPerson/{one['id']}", ""),
        )
        for one in reading.of("RelatedPerson")
    }
    pairs = set(edges.values())
    return {name for name, (of_whom, who) in edges.items() if who and (who, of_whom) in pairs}


def _insured(count: int) -> Detector:
    def find(reading: Reading) -> set[str]:
        counted = Counter(one["beneficiary"]["reference"] for one in reading.of("Coverage"))
        return of("Coverage", lambda one: counted[one["beneficiary"]["reference"]] == count)(
            reading
        )

    return find


def _payers_alike(read: Callable[[Record], str]) -> Detector:
    def find(reading: Reading) -> set[str]:
        payers = [one for one in reading.of("Organization") if _is_payer(one)]
        counted = Counter(read(one) for one in payers)
        return {f"Organization/{one['id']}" for one in payers if counted[read(one)] > 1}

    return find


def _is_payer(record: Record) -> bool:
    return record["type"][0]["coding"][0]["code"] in ("ins", "pay")


def _case_twins(reading: Reading) -> set[str]:
    counted = Counter(one["id"].lower() for one in reading.of("Patient"))
    return of("Patient", lambda one: counted[one["id"].lower()] > 1)(reading)


def _wrongly_typed(record: Record) -> bool:
    return any(
        kind not in one
        for name, kind in TYPED.items()
        for one in extensions(record, f"custom/{name}")
    )


def _reversed(record: Record) -> bool:
    period = record.get("period", {})
    return "end" in period and period["end"] < period["start"]


def _tagged(code: str) -> Callable[[Record], bool]:
    return lambda record: any(tag["code"] == code for tag in record["meta"].get("tag", []))


PEOPLE_DETECTORS: dict[str, Detector] = {
    "account_without_guarantor": of("Account", lambda one: not one.get("guarantor")),
    "birth_date_missing": of("Patient", lambda one: "birthDate" not in one),
    "birth_date_partial": of("Patient", lambda one: len(one.get("birthDate", "0" * 10)) < 10),
    "coverage_ends_before_start": of("Coverage", _reversed),
    "coverage_relationship_unknown_code": of(
        "Coverage", lambda one: one["relationship"]["coding"][0]["code"] == "roomie"
    ),
    "coverage_without_order": of("Coverage", lambda one: "order" not in one),
    "coverage_without_payer": of("Coverage", lambda one: not one.get("payor")),
    "custom_field_not_castable": of("Patient", _wrongly_typed),
    "custom_field_not_declared": of("Patient", lambda one: extensions(one, "custom/locker")),
    "deceased_with_date": of("Patient", lambda one: "deceasedDateTime" in one),
    "deceased_without_date": of("Patient", lambda one: one.get("deceasedBoolean")),
    "do_not_migrate": of("Patient", _tagged("do-not-migrate")),
    "duplicate_chart": _duplicates,
    "email_invalid": of(
        "Patient", lambda one: any(not MAIL.fullmatch(mail) for mail in telecom(one, "email"))
    ),
    "family_across_two_households": _two_households,
    "family_name_missing": of("Patient", lambda one: one.get("name") and not _family(one)),
    "gender_unknown_code": of(
        "Patient", lambda one: one["gender"] not in ("male", "female", "other", "unknown")
    ),
    "guarantor_loop": _guarantor_loops,
    "guarantor_not_a_patient": _outside_guarantors,
    "ids_differ_only_in_case": _case_twins,
    "marital_status_unknown_code": of(
        "Patient",
        lambda one: (
            "maritalStatus" in one
            and one["maritalStatus"]["coding"][0]["code"] not in ("M", "S", "D", "W")
        ),
    ),
    "merged_chart": of("Patient", _replacement),
    "merged_chart_chain": _chained,
    "minor": of("Patient", _minor),
    "minor_with_outside_guarantor": lambda reading: _minor_accounts(reading, by_patient=False),
    "minor_with_patient_guarantor": lambda reading: _minor_accounts(reading, by_patient=True),
    "name_accents": of(
        "Patient", lambda one: _scripts(_family(one)) == {"LATIN"} and not _family(one).isascii()
    ),
    "name_apostrophe": of("Patient", lambda one: "'" in _family(one)),
    "name_cjk": of("Patient", lambda one: _scripts(_family(one)) & {"CJK", "HANGUL"}),
    "name_hyphen": of("Patient", lambda one: "-" in _family(one)),
    "name_missing": of("Patient", lambda one: not one.get("name")),
    "name_other_script": of(
        "Patient",
        lambda one: _scripts(_family(one)) & {"CYRILLIC", "GREEK", "ARABIC", "HEBREW"},
    ),
    "patient_inactive": of("Patient", lambda one: not one["active"] and not _replacement(one)),
    "patient_without_telecom": of(
        "Patient",
        lambda one: not _minor(one) and not one.get("telecom"),
    ),
    "payer_inactive": of("Organization", lambda one: _is_payer(one) and not one["active"]),
    "payers_of_the_same_name": _payers_alike(lambda one: one["name"]),
    "payers_of_the_same_payer_id": _payers_alike(lambda one: one["identifier"][0]["value"]),
    "phone_invalid": of("Patient", lambda one: any(map(_bad_phone, telecom(one, "phone")))),
    "provider_inactive": of("Practitioner", lambda one: not one["active"]),
    "relationship_loop": _relation_loops,
    "relationship_unknown_code": of(
        "RelatedPerson", lambda one: one["relationship"][0]["coding"][0]["code"] not in KINSHIP
    ),
    "relative_without_name": of("RelatedPerson", lambda one: not one.get("name")),
    "test_patient": of("Patient", _tagged("test-patient")),
    "three_insurances": _insured(3),
    "two_insurances": _insured(2),
}
