"""
What the org itself does to text before it stores it.

Outer blanks (space, tab, line feed, carriage return, form feed, vertical tab) are cut off; what is
then empty is null. Everything else is kept as it was sent: CRLF stays CRLF, no-break spaces and
control characters inside stay, nothing is case-folded or recomposed. Lengths count UTF-16 units,
so a character outside the basic plane counts twice.
"""

from __future__ import annotations

MACROS = (
    # The cell that means "set to null" is no text.
    # Trimming is the dearest step of a large job: text with neither end blank goes past it.
    "CREATE OR REPLACE MACRO _org_text(cell) AS"
    " CASE WHEN ascii(cell) > 32 AND ascii(cell[-1]) > 32 THEN cell ELSE nullif(trim("
    "CASE WHEN cell = chr(0) || 'null' THEN '' ELSE cell END,"
    " ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)), '') END",
    "CREATE OR REPLACE MACRO _utf16(t) AS length(t)"
    " + length(regexp_replace(t, '[^\\x{10000}-\\x{10FFFF}]', '', 'g'))",
    # Bytes are never fewer than UTF-16 units: the costly count runs for long values only.
    "CREATE OR REPLACE MACRO _too_long(t, most) AS"
    " CASE WHEN strlen(t) <= most THEN false ELSE _utf16(t) > most END",
)
