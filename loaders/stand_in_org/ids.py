"""Record ids: 15 case-sensitive characters, and the 3 that let them be compared without case."""

from __future__ import annotations

import duckdb

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# Characters 4 to 6 of every id: the instance, and one that is reserved.
_INSTANCE = "Hs0"
_COUNTER_DIGITS = 9
# Ids made together share all digits but the last four, which alone are worked out row by row.
_OWN_DIGITS = 4
_BLOCK: int = 62**_OWN_DIGITS


def _suffix_part(start: int) -> str:
    """Give SQL for one suffix character: which of five characters are upper-case letters."""
    bits = "+".join(
        f"(CASE WHEN substr(s,{start + i},1) BETWEEN 'A' AND 'Z' THEN {1 << i} ELSE 0 END)"
        for i in range(5)
    )
    return f"substr('{_SUFFIX}', 1 + {bits}, 1)"


MACROS = (
    f"CREATE OR REPLACE MACRO _suffix(s) AS "
    f"{_suffix_part(1)} || {_suffix_part(6)} || {_suffix_part(11)}",
    "CREATE OR REPLACE MACRO _id18(t) AS substr(t, 1, 15) || _suffix(t)",
    "CREATE OR REPLACE MACRO _counted(p, n) AS p || '" + _INSTANCE + "' || "
    + " || ".join(
        f"substr('{DIGITS}', 1 + CAST((n // {62**power}) % 62 AS INTEGER), 1)"
        for power in reversed(range(_COUNTER_DIGITS))
    ),
    # A macro repeats its argument: the list makes the counter's digits once.
    "CREATE OR REPLACE MACRO _new_id(p, n) AS"
    " list_transform([_counted(p, n)], lambda s: _id18(s))[1]",
)  # fmt: skip


def _bits(part: str) -> int:
    return sum(1 << i for i, letter in enumerate(part) if "A" <= letter <= "Z")


def id18(text: str) -> str:
    """Give the 18-character form of an id of 15 or 18 characters."""
    parts = (text[0:5], text[5:10], text[10:15])
    return text[:15] + "".join(_SUFFIX[_bits(part)] for part in parts)


def counted_id(prefix: str, number: int) -> str:
    """Give the id that stands at this place of the prefix's counter."""
    digits = "".join(
        DIGITS[(number // 62**power) % 62] for power in reversed(range(_COUNTER_DIGITS))
    )
    return id18(f"{prefix}{_INSTANCE}{digits}")


def reserve(connection: duckdb.DuckDBPyConnection, key: str, *, count: int) -> int:
    """Take `count` numbers of a counter; the first of them is returned."""
    row = connection.execute(
        'UPDATE "_counter" SET next = next + ? WHERE key = ? RETURNING next', [count, key]
    ).fetchone()
    if row is not None:
        return int(row[0]) - count
    connection.execute('INSERT INTO "_counter" VALUES (?, ?)', [key, 1 + count])
    return 1


def reserve_ids(connection: duckdb.DuckDBPyConnection, prefix: str, *, count: int) -> int:
    """Take `count` numbers of a prefix for `numbered`; a block's rest that is too small is left."""
    first = reserve(connection, prefix, count=count)
    if first % _BLOCK + count <= _BLOCK:
        return first
    start = (first // _BLOCK + 1) * _BLOCK
    reserve(connection, prefix, count=start - first)
    return start


def numbered(prefix: str, place: str, *, first: int) -> str:
    """Give the SQL of the id that stands `place` (an SQL number) after `first` (`reserve_ids`)."""
    head = counted_id(prefix, first)[: 15 - _OWN_DIGITS]
    numbers = [
        f"(({first % _BLOCK} + {place}) // {62**power} % 62)"
        for power in reversed(range(_OWN_DIGITS))
    ]
    digits = ", ".join(f"substr('{DIGITS}', 1 + CAST({one} AS INTEGER), 1)" for one in numbers)
    letters = "".join(
        f" + CASE WHEN {one} BETWEEN 10 AND 35 THEN {2 << i} ELSE 0 END"
        for i, one in enumerate(numbers)
    )
    fixed = _SUFFIX[_bits(head[:5])] + _SUFFIX[_bits(head[5:10])]
    last = f"substr('{_SUFFIX}', {1 + _bits(head[10:])}{letters}, 1)"
    return f"concat('{head}', {digits}, '{fixed}', {last})"
