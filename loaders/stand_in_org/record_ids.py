"""The two spellings of a record id: 15 case-sensitive characters, or 18 with a checksum."""

from __future__ import annotations

import re

from loaders.stand_in_org.ids import id18

_SHORT = 15
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def is_record_id(text: str) -> bool:
    """Tell whether the text has the shape of a record id."""
    return _SHAPE.fullmatch(text) is not None


def long_id(text: str) -> str:
    """Give the 18-character spelling of a 15-character id; anything else as it is."""
    return id18(text) if len(text) == _SHORT and is_record_id(text) else text
