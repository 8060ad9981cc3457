"""Print numbers as Java's Double.toString does, for that is how job results echo them."""

from __future__ import annotations

from decimal import Decimal

_PLAIN_FROM = Decimal("0.001")
_PLAIN_BELOW = Decimal(10_000_000)


def java_double(value: float) -> str:
    """Print a double: plain from 0.001 to 10 million, else with an exponent."""
    if value == 0:
        return "0.0"
    exact = Decimal(repr(value)).normalize()
    sign, digits, exponent = exact.as_tuple()
    if not isinstance(exponent, int):
        return str(value)
    text = "".join(map(str, digits))
    lead = "-" if sign else ""
    if _PLAIN_FROM <= abs(exact) < _PLAIN_BELOW:
        plain = format(abs(exact), "f")
        return lead + (plain if "." in plain else f"{plain}.0")
    return f"{lead}{text[0]}.{text[1:] or '0'}E{exponent + len(text) - 1}"
