"""The functions of the formula language that this org understands, as SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb

from loaders.stand_in_org.formula_pieces import (
    FormulaRefused,
    Kind,
    Piece,
    Surroundings,
    before_piece,
    wrong_kind,
)

Arguments = Sequence[Piece]
Make = Callable[[Surroundings, Arguments], Piece]
_ANY: tuple[Kind, ...] = (
    "Text", "Number", "Boolean", "Date", "DateTime", "Picklist", "Multipicklist",
)  # fmt: skip
_TEXT: tuple[Kind, ...] = ("Text",)
_NUMBER: tuple[Kind, ...] = ("Number",)
_TRUTH: tuple[Kind, ...] = ("Boolean",)
_DAY: tuple[Kind, ...] = ("Date",)
# What is no date is blank; an error would spoil the whole batch.
_DATE = (
    "TRY_CAST(format('{{:04d}}-{{:02d}}-{{:02d}}', CAST({0} AS BIGINT), CAST({1} AS BIGINT),"
    " CAST({2} AS BIGINT)) AS DATE)"
)
_DAY_OF = "TRY_CAST(substr(CAST({0} AS VARCHAR), 1, 10) AS DATE)"


@dataclass(frozen=True, slots=True)
class Function:
    """What a function takes, one tuple of types a parameter (the last may repeat), and makes."""

    takes: tuple[tuple[Kind, ...], ...]
    make: Make
    repeats: bool = False

    def call(self, name: str, around: Surroundings, given: Arguments) -> Piece:
        """
        Give what a call of the function makes.

        Raises:
            FormulaRefused: the arguments are too many, too few, or of the wrong types.

        """
        count = len(self.takes)
        if len(given) != count and not (self.repeats and len(given) > count):
            raise FormulaRefused(
                f"Incorrect number of parameters for function '{name}()'. Expected {count},"
                f" received {len(given)}"
            )
        for place, piece in enumerate(given):
            kinds = self.takes[min(place, count - 1)]
            if piece.kind not in kinds and piece.kind != "Null":
                raise wrong_kind(f"function '{name}()'", expected=kinds[0], piece=piece)
        return self.make(around, given)


def text(piece: Piece) -> str:
    """Give a text as formulas see it: a blank one is the empty text."""
    return f"coalesce({piece.sql}, '')"


def blank(piece: Piece) -> str:
    """Give the condition of a blank value."""
    if piece.kind in ("Text", "Picklist", "Multipicklist"):
        return f"({text(piece)} = '')"
    return f"({piece.sql} IS NULL)"


def _joined(word: str) -> Make:
    def make(_around: Surroundings, given: Arguments) -> Piece:
        return Piece("(" + f" {word} ".join(piece.sql for piece in given) + ")", "Boolean")

    return make


def _plain(form: str, kind: Kind) -> Make:
    """Make a function out of SQL with a hole for each argument; texts are never null there."""

    def make(_around: Surroundings, given: Arguments) -> Piece:
        filled = [text(piece) if piece.kind == "Text" else piece.sql for piece in given]
        return Piece(form.format(*filled), kind)

    return make


def _if(_around: Surroundings, given: Arguments) -> Piece:
    condition, then, other = given
    if then.kind != other.kind and "Null" not in (then.kind, other.kind):
        raise wrong_kind("function 'IF()'", expected=then.kind, piece=other)
    kind = other.kind if then.kind == "Null" else then.kind
    return Piece(f"CASE WHEN {condition.sql} THEN {then.sql} ELSE {other.sql} END", kind)


def _is_changed(around: Surroundings, given: Arguments) -> Piece:
    (piece,) = given
    if piece.field is None:
        raise FormulaRefused("Incorrect parameter for function 'ISCHANGED()'. Expected a field")
    was = before_piece(around, piece)
    return Piece(f"({piece.sql} IS DISTINCT FROM {was.sql})", "Boolean")


def _prior_value(around: Surroundings, given: Arguments) -> Piece:
    if given[0].field is None:
        raise FormulaRefused("Incorrect parameter for function 'PRIORVALUE()'. Expected a field")
    return before_piece(around, given[0])


def _is_blank(_around: Surroundings, given: Arguments) -> Piece:
    return Piece(blank(given[0]), "Boolean")


def _blank_value(_around: Surroundings, given: Arguments) -> Piece:
    value, other = given
    if other.kind not in (value.kind, "Null"):
        raise wrong_kind("function 'BLANKVALUE()'", expected=value.kind, piece=other)
    return Piece(f"CASE WHEN {blank(value)} THEN {other.sql} ELSE {value.sql} END", value.kind)


def _is_pickval(_around: Surroundings, given: Arguments) -> Piece:
    return Piece(f"({text(given[0])} = {text(given[1])})", "Boolean")


def _includes(_around: Surroundings, given: Arguments) -> Piece:
    values = f"string_split({text(given[0])}, ';')"
    return Piece(f"list_contains({values}, {text(given[1])})", "Boolean")


def _text(_around: Surroundings, given: Arguments) -> Piece:
    return Piece(f"coalesce(CAST({given[0].sql} AS VARCHAR), '')", "Text")


def _regex(_around: Surroundings, given: Arguments) -> Piece:
    value, pattern = given
    if not _is_pattern(pattern.sql):
        raise FormulaRefused("Incorrect parameter for function 'REGEX()'. Expected a pattern")
    return Piece(f"regexp_full_match({text(value)}, {pattern.sql})", "Boolean")


@cache
def _is_pattern(pattern: str) -> bool:
    """Tell whether this is a constant that the database reads as a pattern."""
    try:
        with duckdb.connect() as apart:
            apart.execute(f"SELECT regexp_full_match('', {pattern})")
    except duckdb.Error:
        return False
    return True


def _today(around: Surroundings, _given: Arguments) -> Piece:
    return Piece(f"DATE '{around.today.isoformat()}'", "Date")


def _now(around: Surroundings, _given: Arguments) -> Piece:
    return Piece(f"TIMESTAMP '{around.now.isoformat(sep=' ')}'", "DateTime")


def _part(name: str) -> Function:
    return Function((_DAY,), _plain(f"{name}({{0}})", "Number"))


FUNCTIONS: Mapping[str, Function] = {
    "ABS": Function((_NUMBER,), _plain("abs({0})", "Number")),
    "AND": Function((_TRUTH,), _joined("AND"), repeats=True),
    "BEGINS": Function((_TEXT, _TEXT), _plain("starts_with({0}, {1})", "Boolean")),
    "BLANKVALUE": Function((_ANY, _ANY), _blank_value),
    "CONTAINS": Function((_TEXT, _TEXT), _plain("contains({0}, {1})", "Boolean")),
    "DATE": Function((_NUMBER,) * 3, _plain(_DATE, "Date")),
    "DATEVALUE": Function(
        (("DateTime", "Text"),), _plain(_DAY_OF, "Date")
    ),
    "DAY": _part("day"),
    "IF": Function((_TRUTH, _ANY, _ANY), _if),
    "INCLUDES": Function((("Multipicklist",), _TEXT), _includes),
    "ISBLANK": Function((_ANY,), _is_blank),
    "ISCHANGED": Function((_ANY,), _is_changed),
    "ISNEW": Function((), _plain("_new", "Boolean")),
    "ISNULL": Function((_ANY,), _is_blank),
    "ISPICKVAL": Function((("Picklist",), _TEXT), _is_pickval),
    "LEFT": Function((_TEXT, _NUMBER), _plain("substr({0}, 1, CAST({1} AS BIGINT))", "Text")),
    "LEN": Function((_TEXT,), _plain("length({0})", "Number")),
    "LOWER": Function((_TEXT,), _plain("lower({0})", "Text")),
    "MOD": Function((_NUMBER, _NUMBER), _plain("({0} % {1})", "Number")),
    "MONTH": _part("month"),
    "NOT": Function((_TRUTH,), _plain("(NOT {0})", "Boolean")),
    "NOW": Function((), _now),
    "OR": Function((_TRUTH,), _joined("OR"), repeats=True),
    "PRIORVALUE": Function((_ANY,), _prior_value),
    "REGEX": Function((_TEXT, _TEXT), _regex),
    "RIGHT": Function((_TEXT, _NUMBER), _plain("right({0}, CAST({1} AS BIGINT))", "Text")),
    "TEXT": Function((("Picklist", "Date", "DateTime"),), _text),
    "TODAY": Function((), _today),
    "TRIM": Function((_TEXT,), _plain("trim({0})", "Text")),
    "UPPER": Function((_TEXT,), _plain("upper({0})", "Text")),
    "VALUE": Function((_TEXT,), _plain("TRY_CAST({0} AS DOUBLE)", "Number")),
    "YEAR": _part("year"),
}  # fmt: skip
