"""What `normalise` promises, said a second time: tests expect from here, never from the loader."""

from __future__ import annotations

import unicodedata


def by_python(text: str | None) -> str | None:
    """Turn line ends into LF, drop control characters and outer blanks; what is empty is null."""
    ends = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in ends if c in "\n\t" or unicodedata.category(c) != "Cc")
    blanks = {c for c in kept if c in "\n\t" or unicodedata.category(c).startswith("Z")}
    return kept.strip("".join(blanks) or " ") or None
