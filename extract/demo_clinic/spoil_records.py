"""What goes wrong with notes, documents, forms, prescriptions and laboratory results."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from extract.demo_clinic.notes import attachment
from extract.demo_clinic.shapes import Resource, concept, ref
from extract.demo_clinic.spoiler import (
    Hand,
    Spoil,
    Spoiler,
    dropping,
    entered_in_error,
    orphaning,
    setting,
)

FORMULA = '=HYPERLINK("https://example.test","open me")'
SIGNS = "Bell \x07 and escape \x1b came through the old terminal"
EMOJI = "Feels 😀 today; family 👨‍👩‍👧, said “تحسن” and “שיפור”"
MANY_DIGITS = Decimal("0.1234567890")


def _is_note(record: Resource) -> bool:
    return bool(record["category"][0]["coding"][0]["code"] == "clinical-note")


def _of_note(spoil: Spoil) -> Spoil:
    return lambda record, hand: _is_note(record) and spoil(record, hand)


def _of_document(spoil: Spoil) -> Spoil:
    return lambda record, hand: not _is_note(record) and spoil(record, hand)


def _text(text: str) -> Spoil:
    def spoil(record: Resource, _: Hand) -> bool:
        record["content"] = [
            {"attachment": attachment(text.encode(), kind="text/plain", title="note.txt")}
        ]
        return True

    return _of_note(spoil)


def _attachment(change: Callable[[Resource], bool]) -> Spoil:
    return _of_document(lambda record, _: change(record["content"][0]["attachment"]))


def _lost_binary(described: Resource) -> bool:
    if "url" not in described:
        return False
    described["url"] = "Binary/gone"
    return True


def _no_bytes_no_address(described: Resource) -> bool:
    return described.pop("data", None) is not None


def _another_hash(described: Resource) -> bool:
    described["hash"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
    return True


def _another_type(described: Resource) -> bool:
    if described["contentType"] != "application/pdf" or "data" not in described:
        return False
    described["contentType"] = "image/jpeg"
    return True


def _is_lab(record: Resource) -> bool:
    return bool(record["category"][0]["coding"][0]["code"] == "laboratory")


def _of_lab(spoil: Spoil) -> Spoil:
    return lambda record, hand: _is_lab(record) and spoil(record, hand)


def _many_digits(record: Resource, _: Hand) -> bool:
    if "valueQuantity" not in record:
        return False
    record["valueQuantity"]["value"] = MANY_DIGITS
    return True


def _no_value(record: Resource, _: Hand) -> bool:
    if record.pop("valueQuantity", None) is None:
        return False
    record["dataAbsentReason"] = concept("Sample was lost", code="error")
    return True


def _unknown_flag(record: Resource, _: Hand) -> bool:
    record["interpretation"] = [concept("", code="ZZ")]
    return True


def _na_dose(record: Resource, _: Hand) -> bool:
    record["dosageInstruction"][0]["text"] = "#N/A"
    return True


def _from_outside(record: Resource, hand: Hand) -> bool:
    record["requester"] = ref("Practitioner", hand.dice.pick(hand.practice.referrers).id)
    return True


NOTE_SPOILERS = (
    Spoiler("orphan_patient", "DocumentReference", _of_note(orphaning("Patient"))),
    Spoiler("orphan_provider", "DocumentReference", _of_note(orphaning("Practitioner"))),
    Spoiler("entered_in_error", "DocumentReference", _of_note(entered_in_error)),
    Spoiler("note_without_type", "DocumentReference", _of_note(dropping("type"))),
    Spoiler("text_equal_to_na", "DocumentReference", _text("#N/A")),
    Spoiler("note_that_looks_like_a_formula", "DocumentReference", _text(FORMULA)),
    Spoiler("note_with_control_characters", "DocumentReference", _text(SIGNS)),
    Spoiler("note_with_emoji_and_right_to_left", "DocumentReference", _text(EMOJI)),
    Spoiler("orphan_patient", "DocumentReference", _of_document(orphaning("Patient"))),
    Spoiler("entered_in_error", "DocumentReference", _of_document(entered_in_error)),
    Spoiler("orphan_binary", "DocumentReference", _attachment(_lost_binary)),
    Spoiler("document_without_content", "DocumentReference", _attachment(_no_bytes_no_address)),
    Spoiler("document_hash_differs", "DocumentReference", _attachment(_another_hash)),
    Spoiler("document_type_misstated", "DocumentReference", _attachment(_another_type)),
    Spoiler("orphan_patient", "QuestionnaireResponse", orphaning("Patient")),
    Spoiler("form_without_patient", "QuestionnaireResponse", dropping("subject", "author")),
    Spoiler("entered_in_error", "QuestionnaireResponse", entered_in_error),
)
CLINICAL_SPOILERS = (
    Spoiler("orphan_patient", "MedicationRequest", orphaning("Patient")),
    Spoiler("orphan_provider", "MedicationRequest", orphaning("Practitioner")),
    Spoiler("prescribed_by_outside_provider", "MedicationRequest", _from_outside),
    Spoiler("entered_in_error", "MedicationRequest", entered_in_error),
    Spoiler(
        "prescription_status_unknown_code", "MedicationRequest", setting("status", value="mailed")
    ),
    Spoiler("text_equal_to_na", "MedicationRequest", _na_dose),
    Spoiler("orphan_patient", "Observation", _of_lab(orphaning("Patient"))),
    Spoiler("entered_in_error", "Observation", _of_lab(entered_in_error)),
    Spoiler("interpretation_unknown_code", "Observation", _of_lab(_unknown_flag)),
    Spoiler("lab_value_missing", "Observation", _of_lab(_no_value)),
    Spoiler("lab_value_with_many_digits", "Observation", _of_lab(_many_digits)),
)
