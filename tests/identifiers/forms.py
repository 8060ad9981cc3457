"""Every way in which an identifier may be written down, and one pattern that finds all of them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

# A number of so many digits is an identifier also without its dashes and blanks.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Identifier:
    """One value that tells who somebody is."""

    kind: str
    value: str


class Finder:
    """Finds identifiers in bytes: all of them in one pass, and without regard to their case."""

    def __init__(self, identifiers: Collection[Identifier]) -> None:
        self._owners: dict[bytes, set[Identifier]] = {}
        for one in identifiers:
            for form in forms(one.value):
                self._owners.setdefault(form.lower(), set()).add(one)
        self._pattern = re.compile(_alternatives(sorted(self._owners)))

    def find(self, text: bytes) -> set[Identifier]:
        """Name the identifiers that a text holds, in whatever form."""
        lowered, found, place = text.lower(), set(), 0
        while match := self._pattern.search(lowered, place):
            # Of two that begin alike, the pattern finds the longer one.
            longest = match.group()
            for end in range(1, len(longest) + 1):
                found |= self._owners.get(longest[:end], set())
            place = match.start() + 1
        return found


def forms(value: str) -> set[bytes]:
    """Write a value in every way that a log, a table, an address or a message might."""
    texts = set(_texts(value))
    plain = {text.encode("utf-8") for text in texts}
    wide = {text.encode(coding) for text in texts for coding in ("utf-16-le", "utf-16-be")}
    # What the old code page has no letter for, it cannot hold.
    old = {value.encode("cp1252")} if _fits(value, "cp1252") else set()
    packed = {
        form for coding in ("utf-8", "utf-16-le") for form in _inside_base64(value.encode(coding))
    }
    return plain | wide | old | packed


def _fits(value: str, coding: str) -> bool:
    return value.encode(coding, errors="replace").decode(coding) == value


def _texts(value: str) -> Iterator[str]:
    escaped = json.dumps(value)[1:-1]
    yield value
    yield escaped
    # A document inside a document, and a message inside a traceback.
    yield json.dumps(escaped)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1].replace("/", r"\/")
    yield repr(value)[1:-1]
    yield ascii(value)[1:-1]
    yield quote(value)
    yield quote(value, safe="")
    yield quote_plus(value)
    yield html.escape(value)
    yield html.escape(value, quote=False)
    yield value.replace('"', '""')
    yield value.replace("'", "''")
    digits = re.sub(r"\D", "", value)
    if len(digits) >= _DIGITS and not re.search("[A-Za-z]", value):
        yield digits


def _inside_base64(value: bytes) -> Iterator[bytes]:
    """Give what the base64 of any text has that holds the value, wherever it begins."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value)
        # Of the first and the last group, what stands around the value decides.
        whole = encoded[4 if shift else 0 : (shift + len(value)) // 3 * 4]
        yield whole
        yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def _alternatives(sorted_forms: list[bytes]) -> bytes:
    """Make a pattern of many texts that looks at each place once: a tree of their beginnings."""
    branches: dict[int, list[bytes]] = {}
    for form in sorted_forms:
        if form:
            branches.setdefault(form[0], []).append(form[1:])
    made = [re.escape(bytes([first])) + _alternatives(rests) for first, rests in branches.items()]
    if not made:
        return b""
    if len(made) == 1 and b"" not in sorted_forms:
        return made[0]
    return b"(?:" + b"|".join(made) + b")" + (b"?" if b"" in sorted_forms else b"")
