"""Notes of an invented clinic, and what a SOQL condition says of one: plain Python, no SQL."""

from __future__ import annotations

import csv
import io
import operator
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from loaders.stand_in_org.soql_tree import (
    Comparison,
    Condition,
    Junction,
    Literal,
    Membership,
    Negation,
    Path,
)

PAYERS = ("Acme Health", "acme health", "Zenith")
_TITLES = (None, "Ärger", "ärger", "a_b", "a%b", "aXb", "O'Neil", "x\\y", "  pad", "zz")
_OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
# The only field here that tells upper from lower case: a case-sensitive key.
_CASED = "Clinic_Id__c"


@dataclass(frozen=True, slots=True)
class Note:
    """One note, with the name of its payer."""

    cells: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.cells[name]


def make_notes(count: int) -> list[Note]:
    """Make notes, the same ones every time, with many nulls and many ties."""
    chance = random.Random(7)  # noqa: S311 - test data
    return [_note(chance, number) for number in range(count)]


def _note(chance: random.Random, number: int) -> Note:
    def maybe(value: object) -> object:
        return None if chance.random() < 0.25 else value

    moment = datetime(2026, 1, 1, 6) + timedelta(hours=chance.randrange(0, 24 * 400, 7))  # noqa: DTZ001 - UTC, as stored
    title = chance.choice(_TITLES)
    return Note(
        {
            "Clinic_Id__c": f"{chance.choice('nN')}:{number:03d}",
            "Title__c": None if title is None else title.strip(),
            "Kind__c": maybe(chance.choice(["Progress", "Phone"])),
            "Flags__c": chance.choice([None, ("A",), ("B",), ("A", "B")]),
            "Fee__c": maybe(Decimal(chance.choice(["0", "-1.5", "10.25", "99999.99"]))),
            "Score__c": maybe(Decimal(chance.randrange(-5, 6)) / 2),
            "Is_Final__c": chance.random() < 0.5,
            "Taken_On__c": maybe(moment.date()),
            "Taken_At__c": maybe(moment),
            "Payer__r.Name": maybe(chance.choice(PAYERS)),
        }
    )


def as_csv(notes: list[Note], payer_ids: Mapping[str, str]) -> str:
    """Write the notes as a job's CSV."""
    body = io.StringIO()
    names = [*(name for name in notes[0].cells if name != "Payer__r.Name"), "Payer__c"]
    rows = csv.writer(body, lineterminator="\n")
    rows.writerow(names)
    for note in notes:
        payer = note["Payer__r.Name"]
        cells = {**note.cells, "Payer__c": None if payer is None else payer_ids[str(payer)]}
        rows.writerow([_cell(cells[name]) for name in names])
    return body.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, datetime):
        return f"{value.isoformat()}.000Z"
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(condition: Condition, note: Note) -> bool:
    """Tell whether the condition is true of the note."""
    if isinstance(condition, Negation):
        return not holds(condition.condition, note)
    if isinstance(condition, Junction):
        joined = all if condition.operator == "and" else any
        return joined(holds(part, note) for part in condition.conditions)
    assert isinstance(condition.left, Path)
    name = condition.left.text
    if isinstance(condition, Comparison):
        return _compares(name, note[name], condition)
    return _belongs(name, note[name], condition)


def _compares(name: str, value: object, condition: Comparison) -> bool:
    if condition.operator == "like":
        return value is not None and _matches(str(value), condition.right, cased=name == _CASED)
    if condition.operator in ("=", "!="):
        return _equal(name, value, condition.right) is (condition.operator == "=")
    if value is None or _is_null(condition.right):
        return False
    left, right = _folded(name, value), _folded(name, condition.right.value)
    return _OPERATORS[condition.operator](left, right)


def _belongs(name: str, value: object, condition: Membership) -> bool:
    if condition.operator in ("in", "not in"):
        found = any(_equal(name, value, literal) for literal in condition.values)
        return found is (condition.operator == "in")
    chosen = set(value) if isinstance(value, tuple) else set()
    found = any(
        value is None if _is_null(literal) else set(str(literal.value).split(";")) <= chosen
        for literal in condition.values
    )
    return found is (condition.operator == "includes")


def _equal(name: str, value: object, literal: Literal) -> bool:
    if _is_null(literal):
        # A checkbox is never null: null stands for false.
        return value is None or value is False
    if isinstance(value, tuple):
        return set(value) == set(str(literal.value).split(";"))
    return value is not None and _folded(name, value) == _folded(name, literal.value)


def _is_null(literal: Literal) -> bool:
    return literal.value is None or literal.value == ""


def _folded(name: str, value: object) -> object:
    return value.lower() if isinstance(value, str) and name != _CASED else value


def _matches(value: str, literal: Literal, *, cased: bool) -> bool:
    """Match a pattern: % any text, _ any character, a backslash takes their meaning away."""
    wanted = ""
    for piece in re.findall(r"\\.|.", str(literal.value), re.DOTALL):
        wanted += {"%": ".*", "_": "."}.get(piece, re.escape(piece[-1]))
    flags = re.DOTALL if cased else re.DOTALL | re.IGNORECASE
    return re.fullmatch(wanted, value, flags) is not None
