"""Changes made to a running clinic, for incremental reads: patients edited, charts added."""

from __future__ import annotations

import sqlite3
from itertools import cycle

import msgspec

from extract.demo_clinic import dates, store
from extract.demo_clinic.casting import Part, Scene
from extract.demo_clinic.defects import Truth
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.export import ENCODER
from extract.demo_clinic.families import build_family
from extract.demo_clinic.generator import family_records
from extract.demo_clinic.practice import build_practice
from extract.demo_clinic.shapes import Resource

_DECODER = msgspec.json.Decoder(dict[str, msgspec.Raw])


def change_stamp(number: int) -> str:
    """Give the instant of a change: an hour after the one before, all after the practice's."""
    day, hour = divmod(number, 24)
    return dates.instant(dates.days_ago(-day), second=hour * 3600)


def edit_patients(
    connection: sqlite3.Connection, *, count: int, stamp: str, extensions: list[list[Resource]]
) -> list[str]:
    """
    Touch the first patients in the order of time: they get another street and the new stamp.

    They also get the lists of extensions in turn, as when staff fill in a field that was added.
    """
    rows = store.page(connection, search=store.Search("Patient", by_time=True), limit=count)
    moved: Resource = {"use": "home", "line": [f"1 Moved Ln, {stamp}"], "country": "US"}
    filled = cycle(extensions or [[]])
    store.put(
        connection,
        entries=[
            _edited(row, stamp=stamp, address=moved, added=added)
            for row, added in zip(rows, filled, strict=False)
        ],
    )
    return [row.id for row in rows]


def _edited(row: store.Row, *, stamp: str, address: Resource, added: list[Resource]) -> store.Entry:
    # The other elements stay raw: decimals keep their trailing zeros.
    record: Resource = dict(_DECODER.decode(row.doc))
    record["meta"] = {**msgspec.json.decode(record["meta"]), "lastUpdated": stamp}
    record["address"] = [address]
    there = record.get("extension", msgspec.Raw(b"[]"))
    record["extension"] = [*msgspec.json.decode(there, type=list[msgspec.Raw]), *added]
    return "Patient", row.id, stamp, ENCODER.encode(record)


def add_patients(
    connection: sqlite3.Connection, *, count: int, stamp: str, truth: Truth, start: int
) -> tuple[list[str], dict[str, int]]:
    """Add single patients with everything that hangs on them; count what was added."""
    seed = truth.seed
    desk = Desk(build_practice(patients=truth.patients, seed=seed), seed, truth)
    scene = Scene((Part("adult"),), is_scripted=False)
    added: list[str] = []
    counted: dict[str, int] = {}
    for number in range(start, start + count):
        family = build_family(scene, practice=desk.practice, seed=seed, first_number=number)
        records = family_records(family, desk=desk)
        for record in records:
            record["meta"]["lastUpdated"] = stamp
            kind = record["resourceType"]
            truth.count(kind)
            counted[kind] = counted.get(kind, 0) + 1
        store.put(connection, entries=store.entries_of(records))
        truth.count_people(1)
        truth.forget_touched()
        added.append(family.head.id)
    return added, dict(sorted(counted.items()))
