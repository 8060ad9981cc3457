"""Read a formula (of a validation rule) into SQL; what is not understood is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from loaders.stand_in_org.change import BEFORE, IMAGE
from loaders.stand_in_org.formula_functions import FUNCTIONS, blank, text
from loaders.stand_in_org.formula_pieces import (
    FormulaRefused,
    Kind,
    Piece,
    Surroundings,
    field_piece,
    wrong_kind,
)
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.store import literal

_TOKEN = re.compile(
    r"""\s*(?:/\*.*?\*/\s*)*(?:
    (?P<number>\d+(?:\.\d*)?|\.\d+)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<name>\$?[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)
  | (?P<symbol>==|!=|<>|<=|>=|&&|\|\||[-+*/&=<>!(),])
  | (?P<end>$))""",
    re.VERBOSE | re.DOTALL,
)
_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - the org's times are UTC without a zone
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_COMPARED = {
    "=": "=",
    "==": "=",
    "<>": "!=",
    "!=": "!=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
}
_WORDS = {
    "true": Piece("true", "Boolean"),
    "false": Piece("false", "Boolean"),
    "null": Piece("NULL", "Null"),
}
# Left type, operator, right type -> type of the result.
_SUMS: dict[tuple[Kind, str, Kind], Kind] = {
    ("Number", "+", "Number"): "Number",
    ("Number", "-", "Number"): "Number",
    ("Number", "*", "Number"): "Number",
    ("Number", "/", "Number"): "Number",
    ("Date", "+", "Number"): "Date",
    ("Date", "-", "Number"): "Date",
    ("Date", "-", "Date"): "Number",
    ("Text", "+", "Text"): "Text",
    ("Text", "&", "Text"): "Text",
}


@dataclass(slots=True)
class _Reader:
    around: Surroundings
    tokens: Sequence[tuple[str, str]]
    place: int = field(default=0)

    @property
    def symbol(self) -> str:
        kind, word = self.tokens[self.place]
        return word if kind == "symbol" else ""

    def take(self, *symbols: str) -> str | None:
        if self.symbol not in symbols:
            return None
        self.place += 1
        return self.tokens[self.place - 1][1]

    def need(self, symbol: str) -> None:
        if self.take(symbol) is None:
            raise FormulaRefused(f"Syntax error. Missing '{symbol}'")

    def either(self) -> Piece:
        left = self.both()
        while self.take("||"):
            left = FUNCTIONS["OR"].call("||", self.around, [left, self.both()])
        return left

    def both(self) -> Piece:
        left = self.comparison()
        while self.take("&&"):
            left = FUNCTIONS["AND"].call("&&", self.around, [left, self.comparison()])
        return left

    def comparison(self) -> Piece:
        left = self.sum()
        while (sign := self.take(*_COMPARED)) is not None:
            left = _compared(left, sign, self.sum())
        return left

    def sum(self) -> Piece:
        left = self.product()
        while (sign := self.take("+", "-", "&")) is not None:
            left = _calculated(left, sign, self.product())
        return left

    def product(self) -> Piece:
        left = self.single()
        while (sign := self.take("*", "/")) is not None:
            left = _calculated(left, sign, self.single())
        return left

    def single(self) -> Piece:
        if self.take("!"):
            return FUNCTIONS["NOT"].call("!", self.around, [self.single()])
        if self.take("-"):
            return _calculated(Piece("0", "Number"), "-", self.single())
        if self.take("("):
            inner = self.either()
            self.need(")")
            return inner
        kind, word = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return Piece(word, "Number")
        if kind == "text":
            return Piece(literal(_unescaped(word[1:-1])), "Text")
        if kind == "name":
            return self.named(word)
        raise FormulaRefused(f"Syntax error. Found '{word}'" if word else "Syntax error")

    def named(self, word: str) -> Piece:
        if self.take("("):
            return self.called(word)
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        return field_piece(self.around, word)

    def called(self, word: str) -> Piece:
        given = []
        if self.take(")") is None:
            given.append(self.either())
            while self.take(","):
                given.append(self.either())
            self.need(")")
        function = FUNCTIONS.get(word.upper())
        if function is None:
            raise FormulaRefused(f"Unknown function {word.upper()}. Check spelling.")
        return function.call(word.upper(), self.around, given)


def _unescaped(inner: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), inner)


def _compared(left: Piece, sign: str, right: Piece) -> Piece:
    for piece in (left, right):
        if piece.kind in ("Picklist", "Multipicklist"):
            raise wrong_kind(f"operator '{sign}'", expected="Text", piece=piece)
    if left.kind != right.kind and "Null" not in (left.kind, right.kind):
        raise wrong_kind(f"operator '{sign}'", expected=left.kind, piece=right)
    if "Null" in (left.kind, right.kind) and _COMPARED[sign] in ("=", "!="):
        other = left if right.kind == "Null" else right
        return Piece(f"({'' if _COMPARED[sign] == '=' else 'NOT '}{blank(other)})", "Boolean")
    sides = [text(piece) if piece.kind == "Text" else piece.sql for piece in (left, right)]
    return Piece(f"({sides[0]} {_COMPARED[sign]} {sides[1]})", "Boolean")


def _calculated(left: Piece, sign: str, right: Piece) -> Piece:
    kind = _SUMS.get((left.kind, sign, right.kind))
    if kind is None:
        raise wrong_kind(f"operator '{sign}'", expected=left.kind, piece=right)
    if kind == "Text":
        return Piece(f"({text(left)} || {text(right)})", kind)
    days = f"CAST({right.sql} AS INTEGER)" if kind == "Date" else right.sql
    return Piece(f"({left.sql} {sign} {days})", kind)


def _tokens(formula: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while True:
        token = _TOKEN.match(formula, place)
        if token is None or token.lastgroup is None:
            raise FormulaRefused(f"Syntax error. Found '{formula[place:].strip()[:1]}'")
        found.append((token.lastgroup, token[token.lastgroup]))
        if token.lastgroup == "end":
            return found
        place = token.end()


def condition(formula: str, around: Surroundings) -> str:
    """
    Give the SQL condition that a formula of type Boolean stands for; unknown counts as false.

    Raises:
        FormulaRefused: it is no formula, or says what this org does not understand.

    """
    reader = _Reader(around, _tokens(formula))
    whole = reader.either()
    kind, word = reader.tokens[reader.place]
    if kind != "end":
        raise FormulaRefused(f"Syntax error. Extra {word}")
    if whole.kind != "Boolean":
        raise FormulaRefused(
            f"Formula result is data type ({whole.kind}), incompatible with expected data type"
            " (true or false)."
        )
    return f"coalesce({whole.sql}, false)"


def check_formula(formula: str, fields: Mapping[str, Field]) -> None:
    """
    Refuse a formula that no record of these fields could be held to.

    Raises:
        FormulaRefused: in the words of a deploy.

    """
    condition(formula, Surroundings(fields, _ANY_TIME, _ANY_TIME.date(), IMAGE, BEFORE))
