"""Numbers in words, as the titles of the charts say them."""

from __future__ import annotations

THOUSAND = 1000
# Above this share a half, a third ... is said in percent.
ONE_IN_AT_MOST = 0.34


def number(value: int) -> str:
    """Write a count with separators."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """
    Say how large a part is: `1 in 9` where it is small, `58 %` where it is not.

    Never more than is known: a part that is not nothing is never 0 %, nor one that lacks
    something 100 %.
    """
    if not part or not whole:
        return "none"
    if part == whole:
        return "all"
    rate = part / whole
    if rate <= ONE_IN_AT_MOST:
        return f"1 in {number(round(1 / rate))}"
    return f"{min(99, round(100 * rate))} %"


def percent(part: int, whole: int) -> str:
    """Write a share for a table."""
    if not whole:
        return ""
    rate = 100 * part / whole
    if part and rate < 1:
        return "<1 %"
    return f"{min(99.0, rate) if part < whole else 100.0:.0f} %"


def bytes_in_words(size: int) -> str:
    """Write a size with the unit that fits."""
    value, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < THOUSAND:
            break
        value, unit = value / THOUSAND, larger
    return f"{value:,.0f} {unit}" if unit == "bytes" or value >= 10 else f"{value:.1f} {unit}"  # noqa: PLR2004


def counted(count: int, one: str, several: str = "") -> str:
    """Write a count with its noun."""
    return f"{number(count)} {one if count == 1 else several or one + 's'}"


def verb(count: int, one: str, several: str) -> str:
    """Choose a verb's form."""
    return one if count == 1 else several


def entity(table: str) -> str:
    """Write a raw table's name as words."""
    return table.replace("_", " ")


def capital(text: str) -> str:
    """Write a sentence's first letter large, and leave the rest."""
    return text[:1].upper() + text[1:]
