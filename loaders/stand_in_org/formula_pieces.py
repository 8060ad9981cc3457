"""What a formula is made of: typed pieces of SQL, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from loaders.stand_in_org.model import Field
from loaders.stand_in_org.store import quoted

Kind = Literal["Text", "Number", "Boolean", "Date", "DateTime", "Picklist", "Multipicklist", "Null"]

_KINDS: Mapping[str, Kind] = {
    "boolean": "Boolean", "currency": "Number", "date": "Date", "datetime": "DateTime",
    "double": "Number", "int": "Number", "multipicklist": "Multipicklist", "percent": "Number",
    "picklist": "Picklist",
}  # fmt: skip
# Fields whose values no formula can use.
_CLOSED = frozenset({"address", "base64", "location", "anyType", "complexvalue"})


class FormulaRefused(Exception):
    """The formula is wrong, or says something that this org does not understand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula in SQL, with its type; `field` when it is a field and nothing more."""

    sql: str
    kind: Kind
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What a formula can see: the fields of a record, what they were before, and the time.

    `before` is the table of the records as they were, absent where all records are new.
    """

    fields: Mapping[str, Field]
    now: datetime
    today: date
    image: str
    before: str | None = None


def field_piece(around: Surroundings, name: str) -> Piece:
    """
    Give a field of the record.

    Raises:
        FormulaRefused: there is none of this name, or its values are closed to formulas.

    """
    found = around.fields.get(name.lower())
    if found is None or found.type in _CLOSED:
        raise FormulaRefused(f"Field {name} does not exist. Check spelling.")
    return Piece(quoted(found.name), _KINDS.get(found.type, "Text"), found)


def before_piece(around: Surroundings, piece: Piece) -> Piece:
    """Give what a field was before; a new record's is what it is now."""
    if around.before is None or piece.field is None:
        return piece
    was = (
        f"(SELECT was.{piece.sql} FROM {around.before} AS was"  # noqa: S608 - catalogue names
        f" WHERE was.Id = {around.image}.Id)"
    )
    return Piece(f"CASE WHEN _new THEN {piece.sql} ELSE {was} END", piece.kind)


def wrong_kind(where: str, *, expected: str, piece: Piece) -> FormulaRefused:
    """Say that something has the wrong type for where it stands."""
    if piece.kind in ("Picklist", "Multipicklist") and piece.field is not None:
        return FormulaRefused(
            f"Field {piece.field.name} is a picklist field. Picklist fields are only supported in"
            " certain functions."
        )
    return FormulaRefused(
        f"Incorrect parameter type for {where}. Expected {expected}, received {piece.kind}"
    )
