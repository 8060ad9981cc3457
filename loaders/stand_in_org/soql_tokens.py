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
    re.VERBOSE | re.DOTALL | re.ASCII,
)
# One UTF-16 unit, or the pair of them that one character beyond the first plane takes.
_UNIT = re.compile(r"u(?!d[89a-f])([0-9a-f]{4})", re.IGNORECASE)
_PAIR = re.compile(r"u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
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
# As much of the statement as a refusal quotes on either side of the place.
_QUOTED = 60


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


def refusal(soql: str, position: int, message: str, *, code: str = "MALFORMED_QUERY") -> ApiError:
    """Refuse the statement at a place: a piece of its line, a mark under the place, the message."""
    line, column = row_and_column(soql, position)
    row = soql.split("\n")[line - 1]
    start = max(0, column - _QUOTED)
    shown = row[start : column + _QUOTED]
    where = f"\n{shown}\n{' ' * (column - start)}^\nERROR at Row:{line}:Column:{column + 1}\n"
    return ApiError(400, code, where + message)


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
        after = inner.find("\\", position)
        if after < 0:
            out.append(inner[position:])
            break
        out.append(inner[position:after])
        text, length = _escape(inner, after + 1, pattern=pattern)
        if not length:
            line, column = row_and_column(soql, token.position + 1 + after)
            raise ApiError(
                400,
                "MALFORMED_QUERY",
                f"line {line}:{column} Invalid string literal; illegal character sequence "
                f"'\\{inner[after + 1]}' in string literal",
            )
        out.append(text)
        position = after + 1 + length
    return "".join(out)


def _escape(inner: str, position: int, *, pattern: bool) -> tuple[str, int]:
    """Read what follows a backslash: its value and its length, which is 0 for nonsense."""
    units = _PAIR.match(inner, position) or _UNIT.match(inner, position)
    if units is not None:
        packed = bytes.fromhex("".join(units.groups()))
        return packed.decode("utf-16-be"), len(units[0])
    follower = inner[position]
    meant = _ESCAPES.get(follower.lower())
    if meant is None:
        return "", 0
    return ("\\" if pattern and follower in "%_\\" else "") + meant, 1
