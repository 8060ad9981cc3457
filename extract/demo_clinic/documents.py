"""Scans and letters: DocumentReference with the bytes inside or in a Binary."""

from __future__ import annotations

from base64 import b64encode

from extract.demo_clinic import dates, media
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.notes import CATEGORY, attachment
from extract.demo_clinic.shapes import LOINC, Resource, concept, ref, resource

# Larger files stand beside their description, as servers do.
INLINE_BYTES = 6000
_KINDS = (
    ("scan", "Insurance card", "64290-0"),
    ("letter", "Referral letter", "57133-1"),
    ("imaging", "X-ray report", "18748-4"),
    ("consent", "Signed consent form", "59284-0"),
)


def _file(dice: Dice) -> tuple[bytes, str, str]:
    kind = dice.weighted((("pdf", 55), ("png", 25), ("txt", 20)))
    if kind == "pdf":
        lines = dice.weighted(((4, 35), (20, 35), (60, 22), (320, 8)))
        return media.pdf_file(dice, lines=lines), "application/pdf", kind
    if kind == "png":
        side = dice.weighted(((16, 40), (48, 40), (96, 15), (160, 5)))
        return media.png_file(dice, side=side), "image/png", kind
    return media.text_file(dice, lines=dice.whole(3, 20)), "text/plain", kind


def _document(chart: Chart, *, place: int, desk: Desk) -> list[Resource]:
    dice = Dice(desk.seed, "document", chart.number, place)
    ident = f"doc-{chart.id}-{place}"
    category, name, loinc = dice.pick(_KINDS)
    payload, mime, ending = _file(dice)
    if "zero_byte" in chart.cases and place == 1:
        payload = b""
        desk.truth.plant("zero_byte_document", f"DocumentReference/{ident}", person=chart.person)
    day = dates.days_ago(dice.whole(1, 1000))
    modified = dates.modified_on(dice, day=day)
    is_inline = len(payload) <= INLINE_BYTES
    title = f"{name.lower().replace(' ', '_')}_{day.isoformat()}.{ending}"
    described = attachment(payload, kind=mime, title=title, is_inline=is_inline)
    made: list[Resource] = []
    if not is_inline:
        described["url"] = f"Binary/bin-{ident}"
        content: Resource = {"contentType": mime, "data": b64encode(payload).decode()}
        made.append(resource("Binary", ident=f"bin-{ident}", modified=modified, body=content))
    body: Resource = {
        "status": "current",
        "type": concept(name, system=LOINC, code=loinc),
        "category": [concept("", system=CATEGORY, code=category)],
        "subject": ref("Patient", chart.id),
        "date": dates.instant(day, second=dice.whole(28_800, 64_800)),
        "author": [ref("Practitioner", chart.provider.id)] if dice.chance(60) else [],
        "description": f"{name}, page 1 of 1" if dice.chance(70) else "",
        "content": [{"attachment": described}],
    }
    made.append(resource("DocumentReference", ident=ident, modified=modified, body=body))
    return made


def documents(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's documents."""
    dice = desk.dice("documents", chart=chart)
    count = dice.weighted(((0, 30), (1, 38), (2, 22), (3, 10)))
    count = max(count, 1 if "zero_byte" in chart.cases else 0)
    return [
        record
        for place in range(1, count + 1)
        for record in _document(chart, place=place, desk=desk)
    ]
