"""The values of a prepared statement, which its SQL names by number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Parameter = str | bool | Decimal | float | date | datetime | list[str] | list[Decimal] | list[float]


@dataclass(slots=True)
class Parameters:
    """Collects the values of one statement."""

    values: list[Parameter] = field(default_factory=list)

    def add(self, value: Parameter) -> str:
        """Take a value; give its place-holder."""
        self.values.append(value)
        return f"${len(self.values)}"
