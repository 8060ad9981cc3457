"""A number that may not be known: from the least that it is to the most, either end open."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; no `low` is unknown, no `high` is at least so much."""

    low: float | None
    high: float | None

    def text(self, unit: str) -> str:
        """Say the number as people do."""
        if self.low is None:
            return UNKNOWN
        low = _amount(self.low, unit)
        if self.high is None:
            return f"{low} to {UNKNOWN}"
        high = _amount(self.high, unit)
        return low if low == high else f"{low} to {high}"


NOT_KNOWN = Range(None, None)


def exactly(amount: float) -> Range:
    """Give a number that is known."""
    return Range(amount, amount)


def product(one: Range, other: Range) -> Range:
    """Multiply: what is open or unknown in one of two is so in the product."""
    if one.low is None or other.low is None:
        return NOT_KNOWN
    if one.high is None or other.high is None:
        return Range(one.low * other.low, None)
    return Range(one.low * other.low, one.high * other.high)


def _amount(amount: float, unit: str) -> str:
    if unit != "s":
        return f"{amount:,.0f} {unit}".strip()
    if amount < _MINUTE:
        return f"{amount:.1f} s"
    if amount < _HOUR:
        return f"{amount / _MINUTE:.1f} min"
    return f"{amount / _HOUR:.1f} h"
