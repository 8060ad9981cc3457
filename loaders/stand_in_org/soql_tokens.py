"""Cut SOQL into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from loaders.stand_in_org.errors import ApiError

Kind = Literal["name", "string", "number", "date", "datetime", "symbol", "end"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)(?![\w-])
  | (?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)(?![\w.])
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<symbol><=|>=|!=|<>|[=<>(),:])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "%": "%",
    "_": "_",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text as written and where it starts."""

    kind: Kind
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of the given keywords, in any letter case."""
        return self.kind == "name" and self.text.lower() in words


def tokenize(soql: str) -> list[Token]:
    """
    Cut the query into tokens, closed by an `end` token.

    Raises:
        ApiError: 400 MALFORMED_QUERY where no token can start.

    """
    return [*_tokens(soql), Token("end", "<EOF>", len(soql))]


def _tokens(soql: str) -> Iterator[Token]:
    position = 0
    while position < len(soql):
        found = _TOKEN.match(soql, position)
        if found is None:
            line, column = row_and_column(soql, position)
            raise ApiError(
                400,
                "MALFORMED_QUERY",
                f"line {line}:{column} no viable alternative at character '{soql[position]}'",
            )
        if found.lastgroup != "space":
            yield Token(_kind(found), found[0], position)
        position = found.end()


def _kind(found: re.Match[str]) -> Kind:
    group = found.lastgroup
    for kind in ("name", "string", "number", "date", "datetime", "symbol"):
        if group == kind:
            return kind
    raise AssertionError(group)


def row_and_column(soql: str, position: int) -> tuple[int, int]:
    """Count the line (from 1) and the column (from 0) of a position."""
    before = soql[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1)


def string_value(token: Token, *, soql: str, pattern: bool = False) -> str:
    """
    Undo the quotes and escapes of a string literal.

    A `pattern` (for LIKE) keeps a backslash before the characters that would else be wildcards.

    Raises:
        ApiError: 400 MALFORMED_QUERY for an escape that SOQL does not know.

    """
    out: list[str] = []
    inner = token.text[1:-1]
    position = 0
    while position < len(inner):
        if inner[position] != "\\":
            out.append(inner[position])
            position += 1
            continue
        follower = inner[position + 1]
        if follower in "uU" and re.fullmatch(r"[0-9a-fA-F]{4}", inner[position + 2 : position + 6]):
            out.append(chr(int(inner[position + 2 : position + 6], 16)))
            position += 6
            continue
        if follower.lower() not in _ESCAPES:
            line, column = row_and_column(soql, token.position + 1 + position)
            raise ApiError(
                400,
                "MALFORMED_QUERY",
                f"line {line}:{column} Invalid string literal; illegal character sequence "
                f"'\\{follower}' in string literal",
            )
        kept = "\\" if pattern and follower in "%_\\" else ""
        out.append(kept + _ESCAPES[follower.lower()])
        position += 2
    return "".join(out)
