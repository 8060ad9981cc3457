"""
Print numbers as Java's Double.toString does, for that is how job results echo them.

Plain from 0.001 to 10 million, else with an exponent: `9.12260031E8`. Both sides print the fewest
digits that tell a number from its neighbours, so the digits are DuckDB's own.
"""

from __future__ import annotations

_PLAIN = "abs(d) >= 0.001 AND abs(d) < 10000000"
# Of a number's text: the part before `e`, what stands behind it, and the digits around the point.
_MANTISSA = "split_part(CAST(abs(d) AS VARCHAR), 'e', 1)"
_POWER = "coalesce(TRY_CAST(split_part(CAST(abs(d) AS VARCHAR), 'e', 2) AS INTEGER), 0)"
_WHOLE = f"split_part({_MANTISSA}, '.', 1)"
_REST = f"split_part({_MANTISSA}, '.', 2)"
_DIGITS = f"trim({_WHOLE} || {_REST}, '0')"
_EXPONENT = (
    f"{_POWER} + CASE WHEN {_WHOLE} = '0' THEN length(ltrim({_REST}, '0')) - length({_REST}) - 1"
    f" ELSE length({_WHOLE}) - 1 END"
)

MACROS = (
    "CREATE OR REPLACE MACRO _java_double(d) AS CASE WHEN d = 0 THEN '0.0'"
    f" WHEN {_PLAIN} THEN CAST(d AS VARCHAR)"
    f" WHEN isfinite(d) THEN concat(CASE WHEN d < 0 THEN '-' END, {_DIGITS}[1], '.',"
    f" coalesce(nullif({_DIGITS}[2:], ''), '0'), 'E', {_EXPONENT}) END",
)
