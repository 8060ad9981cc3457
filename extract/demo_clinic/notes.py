"""Clinical notes (DocumentReference) and intake forms (QuestionnaireResponse)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1

from extract.demo_clinic import dates, words
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.shapes import LOINC, Resource, concept, ref, resource, tag

LONG_NOTE_CHARACTERS = 200_000
CATEGORY = "https://demo-clinic.example/document-categories"
_KINDS = (
    ("11506-3", "Progress note"),
    ("34117-2", "History and physical note"),
    ("11488-4", "Consult note"),
    ("34109-9", "Telephone note"),
)
PSYCHOTHERAPY = ("34788-0", "Psychotherapy note")


def attachment(payload: bytes, *, kind: str, title: str, is_inline: bool = True) -> Resource:
    """Describe a payload; FHIR R4 wants the SHA-1 of its bytes, in base64."""
    made: Resource = {"contentType": kind}
    if is_inline:
        made["data"] = b64encode(payload).decode()
    made["size"] = len(payload)
    made["hash"] = b64encode(sha1(payload, usedforsecurity=False).digest()).decode()
    made["title"] = title
    return made


def _long_text(dice: Dice) -> str:
    pieces: list[str] = []
    length = 0
    while length < LONG_NOTE_CHARACTERS:
        piece = f"{len(pieces) + 1}. {dice.pick(words.FINDINGS)} {dice.pick(words.PLANS)} ✓\n"
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)[:LONG_NOTE_CHARACTERS]


def note_text(dice: Dice) -> str:
    """Write a note: some in one line, some with the line breaks and quotes of another century."""
    opening = f"{dice.pick(words.NOTE_OPENINGS)}; {dice.pick(words.SYMPTOMS)}"
    parts = [f"S: {opening}."]
    parts += [f"O: {text}" for text in dice.some(words.FINDINGS, count=dice.whole(1, 4))]
    parts += [f"P: {text}" for text in dice.some(words.PLANS, count=dice.whole(1, 3))]
    break_with = dice.weighted(((" ", 70), ("\n", 16), ("\r\n", 8), ("\t", 3), ('", "', 3)))
    return break_with.join(parts)


def _write_down(text: str, *, record: str, chart: Chart, desk: Desk) -> None:
    marks = {
        "note_with_crlf": "\r\n" in text,
        "note_with_lf": "\n" in text.replace("\r\n", ""),
        "note_with_tab": "\t" in text,
        "note_with_quote_and_comma": '", "' in text,
        "note_of_200000_characters": len(text) == LONG_NOTE_CHARACTERS,
    }
    for defect, is_there in marks.items():
        if is_there:
            desk.truth.plant(defect, record, person=chart.person)


def _note(chart: Chart, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "note", chart.number, place)
    ident = f"note-{chart.id}-{place}"
    special = dice.chance(2) or ("zero_byte" in chart.cases and place == 1)
    code, name = PSYCHOTHERAPY if special else dice.pick(_KINDS)
    is_long = "long_note" in chart.cases and place == 1
    text = _long_text(dice) if is_long else note_text(dice)
    day = dates.days_ago(dice.whole(1, 1000))
    body: Resource = {
        "status": "current",
        "docStatus": dice.weighted((("final", 90), ("preliminary", 6), ("amended", 4))),
        "type": concept(name, system=LOINC, code=code),
        "category": [concept("", system=CATEGORY, code="clinical-note")],
        "subject": ref("Patient", chart.id),
        "date": dates.instant(day, second=dice.whole(28_800, 64_800)),
        "author": [ref("Practitioner", chart.provider.id)],
        "description": f"{name} of {day.isoformat()}",
        "content": [
            {"attachment": attachment(text.encode(), kind="text/plain", title=f"{name}.txt")}
        ],
    }
    record = f"DocumentReference/{ident}"
    made = resource(
        "DocumentReference", ident=ident, modified=dates.modified_on(dice, day=day), body=body
    )
    _write_down(text, record=record, chart=chart, desk=desk)
    if special:
        tag(made, code="psychotherapy")
        desk.truth.plant("psychotherapy_note", record, person=chart.person)
    return made


def _answer(question: str, *, link: str, kind: str, value: object) -> Resource:
    return {"linkId": link, "text": question, "answer": [{kind: value}]}


def _form_items(dice: Dice, *, day: str) -> list[Resource]:
    habits = [
        _answer("Do you smoke?", link="3.1", kind="valueBoolean", value=dice.chance(15)),
        _answer("Cups of coffee a day", link="3.2", kind="valueInteger", value=dice.whole(0, 6)),
    ]
    reason = dice.pick(words.SYMPTOMS)
    return [
        _answer("What brings you here?", link="1", kind="valueString", value=reason),
        _answer("Since when?", link="2", kind="valueDate", value=day),
        {"linkId": "3", "text": "Habits", "item": habits},
        _answer(
            "How bad is it?",
            link="4",
            kind="valueCoding",
            value={"code": "mod", "display": "moderate"},
        ),
    ]


def _form(chart: Chart, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "form", chart.number, place)
    day = max(chart.since, dates.days_ago(1000))
    began = dates.days_ago(1100 + dice.whole(0, 200)).isoformat()
    author = ref("Patient", chart.id)
    if dice.chance(30):
        author = ref("Practitioner", chart.provider.id)
    body: Resource = {
        "questionnaire": "https://demo-clinic.example/forms/" + dice.pick(("intake|2", "intake|3")),
        "status": dice.weighted((("completed", 92), ("in-progress", 5), ("amended", 3))),
        "subject": ref("Patient", chart.id),
        "authored": dates.instant(day, second=dice.whole(28_800, 64_800)),
        "author": author,
        "item": _form_items(dice, day=began),
    }
    modified = dates.modified_on(dice, day=day)
    ident = f"form-{chart.id}-{place}"
    return resource("QuestionnaireResponse", ident=ident, modified=modified, body=body)


def notes(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's clinical notes and intake forms."""
    dice = desk.dice("notes", chart=chart)
    count = dice.weighted(((1, 35), (2, 35), (3, 20), (5, 10)))
    made = [_note(chart, place=place, desk=desk) for place in range(1, count + 1)]
    if dice.chance(70):
        made.append(_form(chart, place=1, desk=desk))
    return made
