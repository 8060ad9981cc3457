"""What a SOQL statement says, as a tree; where a part stood in the text is not compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Scalar = str | bool | Decimal | date | datetime | None


def _place() -> int:
    return field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A field, possibly through relationships: `Owner.Name` has two parts."""

    parts: tuple[str, ...]
    position: int = _place()

    @property
    def text(self) -> str:
        """Give the path as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Literal:
    """
    A value in a condition; `kind` is string, number, boolean, date, datetime, range or null.

    A range is a named one: LAST_N_DAYS with a count of 30, TODAY with none.
    """

    kind: str
    value: Scalar
    position: int = _place()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """count, count_distinct, sum, avg, min, max or grouping; no path: COUNT()."""

    function: str
    path: Path | None
    position: int = _place()


@dataclass(frozen=True, slots=True)
class DateFunction:
    """A part of a date (calendar_year ...), of a datetime in UTC or in the user's time zone."""

    function: str
    path: Path
    in_user_zone: bool = False
    position: int = _place()


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a person reads it: `format` of a number or time, `tolabel` of a picklist."""

    function: str
    argument: Path | Aggregate
    position: int = _place()


@dataclass(frozen=True, slots=True)
class FieldsOf:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM); `group` is its lower-case word."""

    group: str
    position: int = _place()


@dataclass(frozen=True, slots=True)
class Branch:
    """WHEN object THEN fields."""

    sobject: str
    paths: tuple[Path, ...]
    position: int = _place()


@dataclass(frozen=True, slots=True)
class TypeOf:
    """TYPEOF relationship WHEN ... ELSE ... END."""

    path: Path
    branches: tuple[Branch, ...]
    otherwise: tuple[Path, ...] = ()
    position: int = _place()


Groupable = Path | DateFunction
Value = Path | Aggregate | DateFunction | Shown


@dataclass(frozen=True, slots=True)
class SelectItem:
    """One column of the answer; a query is the children of a relationship."""

    expression: Value | FieldsOf | TypeOf | Query
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value operator literal`; operators are = != < > <= >= like."""

    left: Value
    operator: str
    right: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """`value IN (...)`, NOT IN, INCLUDES or EXCLUDES, over literals or over a subquery."""

    left: Value
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

    expression: Value
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What FROM names: an object, in a subquery a relationship, behind it paths with aliases."""

    parts: tuple[str, ...]
    alias: str | None = None
    position: int = _place()

    @property
    def text(self) -> str:
        """Give the name as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Query:
    """
    A SELECT statement; `count_only` is the bare `SELECT COUNT()`.

    `grouping` is empty, rollup or cube; `locking` is FOR UPDATE.
    """

    items: tuple[SelectItem, ...]
    source: Source
    relations: tuple[Source, ...] = ()
    scope: str | None = None
    where: Condition | None = None
    group_by: tuple[Groupable, ...] = ()
    grouping: str = ""
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    count_only: bool = False
    locking: bool = False
