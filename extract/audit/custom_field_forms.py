"""What the values of a clinic's own field look like, and so what the field should become."""

from __future__ import annotations

from enum import Enum

from extract.audit.workspace import Row, whole


class Form(Enum):
    """What a value is, in the words of the report."""

    YES_OR_NO = "yes or no"
    DATE = "date"
    MOMENT = "date and time"
    WHOLE_NUMBER = "whole number"
    NUMBER = "number"
    MONEY = "money"
    PICKLIST = "picklist"
    TEXT = "text"
    REFERENCE = "reference"
    STRUCTURE = "structure"


FHIR_FORMS = {
    "valueBoolean": Form.YES_OR_NO,
    "valueCode": Form.PICKLIST,
    "valueCoding": Form.PICKLIST,
    "valueDate": Form.DATE,
    "valueDateTime": Form.MOMENT,
    "valueInstant": Form.MOMENT,
    "valueDecimal": Form.NUMBER,
    "valueQuantity": Form.NUMBER,
    "valueInteger": Form.WHOLE_NUMBER,
    "valuePositiveInt": Form.WHOLE_NUMBER,
    "valueUnsignedInt": Form.WHOLE_NUMBER,
    "valueMoney": Form.MONEY,
    "valueReference": Form.REFERENCE,
}
FHIR_TEXTS = frozenset(
    {
        "valueString", "valueMarkdown", "valueCodeableConcept", "valueUri", "valueUrl",
        "valueCanonical", "valueId", "valueOid", "valueUuid", "valueTime",
    }
)  # fmt: skip
# The column of the inventory that counts how many values have a form.
COUNTED = {
    Form.YES_OR_NO: "yes_or_no",
    Form.DATE: "dates",
    Form.MOMENT: "moments",
    Form.WHOLE_NUMBER: "whole_numbers",
    Form.NUMBER: "numbers",
    Form.MONEY: "numbers",
}
# Looked for in texts, the narrowest first, where so many records have one: a single `12` is a text.
ENOUGH = 5
HIDDEN_IN_TEXT = (Form.YES_OR_NO, Form.DATE, Form.MOMENT, Form.WHOLE_NUMBER, Form.NUMBER)


def form_of(field: Row) -> Form:
    """
    Tell a field's form: as the source types it; texts have a narrower one if all of them do.

    A list of moments that are all bare dates is a list of dates: midnight would be invented.
    """
    kind = str(field["kind"])
    if kind in FHIR_TEXTS:
        hidden = HIDDEN_IN_TEXT if whole(field, "records") >= ENOUGH else ()
        return next((form for form in hidden if not misfits(field, form)), Form.TEXT)
    form = FHIR_FORMS.get(kind, Form.STRUCTURE)
    return Form.DATE if form is Form.MOMENT and not misfits(field, Form.DATE) else form


def misfits(field: Row, form: Form) -> int:
    """Count the values that a form does not take; any text is a text."""
    if form in COUNTED:
        return whole(field, "occurrences") - whole(field, COUNTED[form])
    return whole(field, "of_another_type") if form is Form.PICKLIST else 0
