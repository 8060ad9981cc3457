"""Which type a clinic's own field gets in the map, or why a person has to decide."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.audit.custom_field_forms import Form, form_of, misfits
from extract.audit.workspace import Row, whole

TEXT_LENGTH = 255
LONG_TEXT_LENGTH = 32_768
LONGEST_TEXT = 131_072
MOST_DIGITS = 18
MOST_VALUES = 1_000
SPARE_DIGITS = 2
DECIMALS = 2
# Above this share the values are rather of two types than of one with mistakes in it.
MISTAKES = 0.1
BY_HAND = "map it by hand as a string, which takes every value, or decline it"
# What field encryption takes; numbers, checkboxes and picklists it does not (contract 5.5).
ENCRYPTABLE = frozenset({"Text", "TextArea", "LongTextArea", "Date", "DateTime"})


@dataclass(frozen=True, slots=True)
class FieldType:
    """A column's type in the warehouse and in the org."""

    data_type: str
    sf_type: str
    length: int | None = None

    @property
    def is_list(self) -> bool:
        """Tell whether it takes the values of a list only."""
        return self.sf_type in {"Picklist", "MultiselectPicklist"}


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why nothing is proposed, and what a person can do."""

    why: str
    hint: str = BY_HAND


SIMPLE = {
    Form.YES_OR_NO: FieldType("boolean", "Checkbox"),
    Form.DATE: FieldType("date", "Date"),
    Form.MOMENT: FieldType("timestamp", "DateTime"),
    Form.MONEY: FieldType("decimal(18,2)", "Currency"),
}


def field_type(field: Row, *, on_activity: bool) -> FieldType | Undecided:
    """
    Choose the type that holds all values but mistakes; what is in doubt is left to a person.

    `on_activity` tells of an object whose fields are those of `Activity`: no long text.
    """
    form = form_of(field)
    if doubt := _doubt(field, form):
        return doubt
    values = field["picklist_values"]
    is_closed = isinstance(values, list) and 0 < len(values) <= MOST_VALUES
    if form is Form.PICKLIST and is_closed:
        return FieldType("string", "MultiselectPicklist" if field["has_several"] else "Picklist")
    if not field["has_several"]:
        if form in SIMPLE:
            return SIMPLE[form]
        if form in {Form.WHOLE_NUMBER, Form.NUMBER}:
            return _number(field, form)
    return _text(field, on_activity=on_activity)


def _doubt(field: Row, form: Form) -> Undecided | None:
    wrong = misfits(field, form)
    doubts = (
        (
            not re.fullmatch(r"[^{}\x00-\x1f]+", str(field["name"])),
            "its address ends in no name that the map can hold",
            "rename it in the clinic system",
        ),
        (
            form is Form.STRUCTURE,
            f"{field['kind']} is a structure that no field takes",
            "unfold it in models/staging/fhir/stg_fhir__extensions.sql, or decline it",
        ),
        (bool(field["systems_disagree"]), "systems send it with different types", BY_HAND),
        (
            bool(field["has_several_urls"]),
            "several extensions end in this name, and would share a field",
            "rename one in the clinic system, or decline it",
        ),
        (
            whole(field, "units") > 1,
            f"its numbers come in {field['units']} units, which a number would lose",
            "have one unit sent, or decline it",
        ),
        (
            wrong > MISTAKES * whole(field, "occurrences"),
            f"{wrong:,} of {field['occurrences']:,} values are no {form.value}",
            BY_HAND,
        ),
    )
    return next((Undecided(why, hint) for holds, why, hint in doubts if holds), None)


def _number(field: Row, form: Form) -> FieldType | Undecided:
    digits = whole(field, "whole_digits")
    if form is Form.WHOLE_NUMBER:
        return FieldType("bigint", "Number")
    scale = max(DECIMALS, whole(field, "decimals"))
    if digits + scale > MOST_DIGITS:
        return Undecided(f"its numbers have more than {MOST_DIGITS} digits")
    return FieldType(
        f"decimal({min(MOST_DIGITS, digits + SPARE_DIGITS + scale)},{scale})", "Number"
    )


def _text(field: Row, *, on_activity: bool) -> FieldType | Undecided:
    longest = whole(field, "longest")
    # Several values stand in one text, a line each.
    has_lines = bool(field["has_lines"] or field["has_several"])
    if longest <= TEXT_LENGTH and not has_lines:
        return FieldType("string", "Text", TEXT_LENGTH)
    if on_activity:
        if longest > TEXT_LENGTH or field["has_several"]:
            return Undecided("it needs a long text, which no Event or Task has", "decline it")
        return FieldType("string", "TextArea")
    if longest > LONGEST_TEXT:
        return Undecided(f"it has texts of {longest:,} characters, longer than any field")
    # Room to grow: texts get longer, and a field's length is a schema change.
    has_room = 2 * longest <= LONG_TEXT_LENGTH
    return FieldType("string", "LongTextArea", LONG_TEXT_LENGTH if has_room else LONGEST_TEXT)
