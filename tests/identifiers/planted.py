"""Two hundred invented identifiers, of every kind that a chart holds; none means anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.identifiers.forms import Identifier

COUNT = 200
_SYLLABLES = ("zar", "quo", "xan", "vyl", "jub", "wöx", "kæl", "o'z", "pfi", "dru")


def planted() -> list[Identifier]:
    """Make the identifiers; the same each time."""
    kinds = list(_KINDS.items())
    return [
        Identifier(kind, make(number))
        for number in range(COUNT)
        for kind, make in [kinds[number % len(kinds)]]
    ]


def _digits(number: int, count: int) -> str:
    found = int(hashlib.sha256(f"planted {number}".encode()).hexdigest(), 16)
    return str(found)[-count:]


def _word(number: int, length: int = 3) -> str:
    places = _digits(number, length + 2)
    return "".join(_SYLLABLES[int(place)] for place in places[:length]).title() + places[length:]


_KINDS: dict[str, Callable[[int], str]] = {
    "family name": _word,
    "full name": lambda n: f"{_word(n, 2)} {_word(n + 500)}",
    "mrn": lambda n: f"MRN{_digits(n, 9)}",
    "e-mail": lambda n: f"{_digits(n, 6)}.planted+{n}@zarquon.example",
    "phone": lambda n: f"+1 (555) {_digits(n, 3)}-{_digits(n + 500, 4)}",
    "social security": lambda n: f"9{_digits(n, 2)}-{_digits(n, 2)}-{_digits(n + 500, 4)}",
    "member id": lambda n: f"ZQX{_digits(n, 9)}",
    "claim number": lambda n: f"C/{_digits(n, 7)}&{n}",
    "note": lambda n: f'Says "{_word(n)}" <weeps> & sleeps\tbadly since {_word(n + 500)}.',
    "file name": lambda n: f"{_word(n)} scan {n}.pdf",
    "lab result id": lambda n: f"lab-{_digits(n, 8)}.{n}",
    "address": lambda n: f"{_digits(n, 4)} {_word(n)} Street #{n}",
    "birth date": lambda n: f"18{80 + n % 20}-{1 + n % 12:02}-{1 + int(_digits(n, 3)) % 28:02}",
}
