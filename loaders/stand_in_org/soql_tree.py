"""What a SOQL statement says, as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Scalar = str | bool | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Path:
    """A field, possibly through relationships: `Owner.Name` has two parts."""

    parts: tuple[str, ...]
    position: int = 0

    @property
    def text(self) -> str:
        """Give the path as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a condition; `kind` is string, number, boolean, date, datetime, range or null."""

    kind: str
    value: Scalar
    position: int = 0
    # For a range such as LAST_N_DAYS:30: first instant in, first instant after.
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function over rows: count, count_distinct, sum, avg, min or max; no path: COUNT()."""

    function: str
    path: Path | None
    position: int = 0


@dataclass(frozen=True, slots=True)
class SelectItem:
    """One column of the answer."""

    expression: Path | Aggregate
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`; operators are = != < > <= >= like."""

    left: Path | Aggregate
    operator: str
    right: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """`path IN (...)`, NOT IN, INCLUDES or EXCLUDES, over literals or over a subquery."""

    left: Path
    operator: str
    values: tuple[Literal, ...] = ()
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by `and` or by `or`."""

    operator: str
    conditions: tuple[Condition, ...]


Condition = Comparison | Membership | Negation | Junction


@dataclass(frozen=True, slots=True)
class Order:
    """One term of ORDER BY; nulls come first unless NULLS LAST is said."""

    expression: Path | Aggregate
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT statement; `count_only` is the bare `SELECT COUNT()`."""

    items: tuple[SelectItem, ...]
    sobject: str
    sobject_position: int = 0
    alias: str | None = None
    where: Condition | None = None
    group_by: tuple[Path, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    count_only: bool = False
