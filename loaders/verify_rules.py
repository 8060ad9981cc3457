"""By which rule a cell of the org may be other text than was sent, and still be what was sent."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaders.canonical import (
    BOOLEAN,
    CHOICES,
    DATETIME,
    LONG_TEXT,
    NUMBER,
    TEXT,
    cell_from_org,
    literal,
)
from loaders.describe import FieldDescribe
from loaders.plan_store import PlanColumn

# The word for a cell that no rule explains.
DIFFERENT = "!"
# Beside the differences, in the folder of what is reported of a run.
NORMALISED_FILE = "normalised.csv"
# docs/verify.md has them in these words.
RULES: Mapping[str, str] = {
    "line_ends": "a text has other line ends (CRLF or CR)",
    "outer_blanks": "a text has blanks around it, or control characters",
    "choice_order": "the choices of a multi-select picklist stand in another order",
    "checkbox_text": "a checkbox is written in other letters, or empty for `false`",
    "time_format": "the same millisecond is written with an offset or with other digits",
    "number_format": "the same number is written with an exponent or with other zeros",
    "number_rounded": "a number has more digits than its field, and is the same when rounded",
    "org_default": "nothing was planned, and the field has a default of the org",
    "merged_survivor": "a lookup points to the survivor of the record that was planned",
    "owner_defaulted": "no user has the planned owner's e-mail: the default owner owns the record",
    "reference_emptied": "nothing in the org has the planned name, and the lookup is empty",
}
_PICKLIST = "picklist"


@dataclass(frozen=True, slots=True)
class Normalised:
    """How many cells of a field are other text in the org, and by which rule still the same."""

    sobject: str
    field: str
    rule: str
    cells: int


def read_normalised(file: Path) -> tuple[Normalised, ...]:
    """Read what the last `verify` of a run counted; nothing where it was not verified."""
    if not file.exists():
        return ()
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Normalised(row["sobject"], row["field"], row["rule"], int(row["cells"]))
            for row in csv.DictReader(rows)
        )


def settled(sent: str, *, there: str, rules: Sequence[tuple[str, str]] = ()) -> str:
    """
    Give the SQL of a cell's word: null as it was sent, else the first rule that fits, or `!`.

    All that calls a cell equal goes through here, so what is other text has exactly one name.
    """
    named = "".join(f" when {fits} then {literal(rule)}" for rule, fits in rules)
    return f"case when {there} is not distinct from {sent} then null{named} else '{DIFFERENT}' end"


def plain(column: PlanColumn, field: FieldDescribe | None, *, there: str, sent: str) -> str:
    """
    Give the SQL of the word of a cell that is sent as it is; `there` is what the org answered.

    Ids of other records are what they are: no rule is for them, but that for what was not sent.
    """
    rules = [] if column.match else _RULES_OF.get(column.type, [])
    same = cell_from_org(there, kind=column.type, scale=column.scale)
    cells = {"there": there, "sent": sent, "same": same, "scale": column.scale}
    named = [(rule, fits.format(**cells)) for rule, fits in rules]
    return settled(sent, there=there, rules=[*named, *_defaulted(column, field, there, sent)])


# Of the rules that look at one canonical text, the narrower goes first. What cannot be read gives
# none, and is no empty cell: only of a text nothing may be left.
_CANONICAL = "{same} = {sent}"
_EMPTIED = "{same} is not distinct from {sent}"
# A number of Salesforce has 18 digits at most; those of the canonical text's own width cost a
# hundred times as much, and numbers are other text in every row.
_ROUNDED = "try_cast({there} as decimal(18, {scale})) = try_cast({sent} as decimal(18, {scale}))"
_EXACT = "try_cast({there} as double) = try_cast({sent} as double)"
_OF_TEXT = [
    (
        "line_ends",
        "replace(replace({there}, chr(13) || chr(10), chr(10)), chr(13), chr(10)) = {sent}",
    ),
    ("outer_blanks", _EMPTIED),
]
_RULES_OF = {
    TEXT: _OF_TEXT,
    LONG_TEXT: _OF_TEXT,
    CHOICES: [("choice_order", _EMPTIED)],
    BOOLEAN: [("checkbox_text", _CANONICAL)],
    DATETIME: [("time_format", _CANONICAL)],
    NUMBER: [("number_format", f"{_ROUNDED} and {_EXACT}"), ("number_rounded", _ROUNDED)],
}


def _defaulted(
    column: PlanColumn, field: FieldDescribe | None, there: str, sent: str
) -> list[tuple[str, str]]:
    """
    Let the org's default stand where nothing was sent; a checkbox is always sent.

    Describe names the default of a picklist, and no other value will do. Of other fields it names
    a formula, which only the org can work out.
    """
    if column.type == BOOLEAN or field is None or not field.defaulted_on_create:
        return []
    fits = f"{sent} is null"
    if field.type == _PICKLIST:
        named = ", ".join(literal(option.value) for option in field.options if option.default)
        fits = f"{fits} and {there} in ({named or 'null'})"
    return [("org_default", fits)]
