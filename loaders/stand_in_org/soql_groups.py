"""What GROUP BY groups by, and which of a group's values it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loaders.stand_in_org.field_uses import IDS, NUMBERS
from loaders.stand_in_org.model import Field

_PLAIN = IDS | NUMBERS | {"boolean", "date", "datetime"}


def group_key(sql: str, field: Field, *, english: bool) -> str:
    """
    Give what a value is grouped by.

    In an English locale texts that differ in letter case alone are one group, in others they are
    not: the original was seen to do so.
    """
    folded = english and field.type not in _PLAIN and not field.case_sensitive
    return f"lower({sql})" if folded else sql


@dataclass(frozen=True, slots=True)
class Groups:
    """The grouped values of one SELECT, each with its key; ROLLUP and CUBE make `subtotals`."""

    keys: Mapping[str, str] = field(default_factory=dict)
    subtotals: bool = False

    def shown(self, sql: str) -> str:
        """Give the SQL of a grouped value for the answer: of several spellings the first one."""
        key = self.keys[sql]
        if key == sql:
            return sql
        first = f"min({sql})"
        return f"(case when grouping({key}) = 0 then {first} end)" if self.subtotals else first
