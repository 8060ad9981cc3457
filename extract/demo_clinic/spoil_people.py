"""What goes wrong with patients, their relatives, accounts and insurances."""

from __future__ import annotations

from extract.demo_clinic.shapes import BASE, ROLE_CODE, Resource, concept, extension
from extract.demo_clinic.spoiler import (
    Hand,
    Spoiler,
    dropping,
    entered_in_error,
    orphaning,
    setting,
)

_BAD_MAILS = ("bram@", "bram.example.com", "bram@@example.com", "none", "bram at example.com", "@")
_BAD_PHONES = ("call mum", "555-01", "(212) 555-01XX", "0", "unlisted", "ask at desk 4")
_WRONGLY_TYPED = (
    ("treatment_plan_start", "after Easter"),
    ("sessions_per_week", "two or three"),
    ("sphere_right", "plano"),
    ("xray_on_file", "at the other clinic"),
)


def _telecom(system: str, *, values: tuple[str, ...]) -> Spoiler:
    def spoil(record: Resource, hand: Hand) -> bool:
        found = [one for one in record.get("telecom", []) if one["system"] == system]
        for one in found[:1]:
            one["value"] = hand.dice.pick(values)
        return bool(found)

    return Spoiler(f"{system}_invalid", "Patient", spoil)


def _drop_custom(record: Resource, *, name: str) -> None:
    url = f"{BASE}custom/{name}"
    record["extension"] = [one for one in record["extension"] if one["url"] != url]


def _wrong_type(record: Resource, hand: Hand) -> bool:
    name, text = hand.dice.pick(_WRONGLY_TYPED)
    _drop_custom(record, name=name)
    record["extension"].append(extension(f"custom/{name}", kind="valueString", value=text))
    return True


def _undeclared(record: Resource, hand: Hand) -> bool:
    number = str(hand.dice.whole(1, 90))
    record["extension"].append(extension("custom/locker", kind="valueString", value=number))
    return True


def _na_text(record: Resource, _: Hand) -> bool:
    _drop_custom(record, name="adjustment_notes")
    record["extension"].append(
        extension("custom/adjustment_notes", kind="valueString", value="#N/A")
    )
    return True


def _partial_birth_date(record: Resource, _: Hand) -> bool:
    record["birthDate"] = record["birthDate"][:7]
    return True


def _reversed_period(record: Resource, _: Hand) -> bool:
    if "end" not in record["period"]:
        return False
    period = record["period"]
    period["start"], period["end"] = period["end"], period["start"]
    return True


def _unknown_coding(element: str, *, code: str) -> Spoiler:
    def spoil(record: Resource, _: Hand) -> bool:
        if element not in record:
            return False
        record[element]["coding"][0]["code"] = code
        return True

    return Spoiler(*_NAMES[element], spoil)


_NAMES = {
    "maritalStatus": ("marital_status_unknown_code", "Patient"),
    "relationship": ("coverage_relationship_unknown_code", "Coverage"),
}

PATIENT_SPOILERS = (
    _telecom("email", values=_BAD_MAILS),
    _telecom("phone", values=_BAD_PHONES),
    Spoiler("gender_unknown_code", "Patient", setting("gender", value="X")),
    _unknown_coding("maritalStatus", code="PARTNER"),
    Spoiler("orphan_provider", "Patient", orphaning("Practitioner")),
    Spoiler("custom_field_not_castable", "Patient", _wrong_type),
    Spoiler("custom_field_not_castable", "Patient", _wrong_type),
    Spoiler("custom_field_not_declared", "Patient", _undeclared),
    Spoiler("text_equal_to_na", "Patient", _na_text),
    Spoiler("birth_date_partial", "Patient", _partial_birth_date),
    Spoiler("birth_date_missing", "Patient", dropping("birthDate")),
    Spoiler("patient_inactive", "Patient", setting("active", value=False)),
    Spoiler("patient_without_telecom", "Patient", dropping("telecom")),
    _telecom("email", values=_BAD_MAILS),
    _telecom("phone", values=_BAD_PHONES),
)

_BESTIE = [concept("", system=ROLE_CODE, code="BESTIE")]
FAMILY_SPOILERS = (
    Spoiler("orphan_patient", "RelatedPerson", orphaning("Patient")),
    Spoiler("relationship_unknown_code", "RelatedPerson", setting("relationship", value=_BESTIE)),
    Spoiler("relative_without_name", "RelatedPerson", dropping("name")),
    Spoiler("orphan_patient", "Account", orphaning("Patient")),
    Spoiler(
        "orphan_guarantor",
        "Account",
        setting("guarantor", value=[{"party": {"reference": "RelatedPerson/gone-guarantor"}}]),
    ),
    Spoiler("account_without_guarantor", "Account", dropping("guarantor")),
    Spoiler("entered_in_error", "Account", entered_in_error),
    Spoiler("orphan_patient", "Coverage", orphaning("Patient")),
    Spoiler("orphan_payer", "Coverage", orphaning("Organization")),
    Spoiler("coverage_without_payer", "Coverage", dropping("payor")),
    Spoiler("coverage_ends_before_start", "Coverage", _reversed_period),
    _unknown_coding("relationship", code="roomie"),
    Spoiler("entered_in_error", "Coverage", entered_in_error),
)
