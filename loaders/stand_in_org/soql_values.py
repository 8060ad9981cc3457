"""Turn the values of SOQL into SQL: fields, aggregates, date functions, FORMAT and toLabel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from loaders.stand_in_org.field_uses import can_aggregate, can_filter
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.soql_calendar import UserClock
from loaders.stand_in_org.soql_groups import Groups
from loaders.stand_in_org.soql_scope import Resolved, Scope
from loaders.stand_in_org.soql_tree import Aggregate, DateFunction, Path, Shown, Value
from loaders.stand_in_org.store import literal

_PARTS: Mapping[str, str] = {
    "calendar_month": "month({0})",
    "calendar_quarter": "quarter({0})",
    "calendar_year": "year({0})",
    "day_in_month": "day({0})",
    "day_in_week": "(dayofweek({0}) + 1)",
    "day_in_year": "dayofyear({0})",
    "day_only": "cast({0} as date)",
    "hour_in_day": "hour({0})",
    # Weeks are counted from the first day of the month or year, whatever its name.
    "week_in_month": "((day({0}) - 1) // 7 + 1)",
    "week_in_year": "((dayofyear({0}) - 1) // 7 + 1)",
}
_OF_TIMES_ONLY = ("day_only", "hour_in_day")
_LABELLED = ("picklist", "multipicklist", "combobox")
_DATE_FORMAT = "%-m/%-d/%Y"


@dataclass(frozen=True, slots=True)
class Computed:
    """A value as SQL, the field it is or is made of, and where the statement names it."""

    sql: str
    field: Field
    position: int
    # Only a bare field: the table it lies in.
    resolved: Resolved | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """Compiles the values of one SELECT."""

    scope: Scope
    clock: UserClock
    groups: Groups = Groups()  # noqa: RUF009 - frozen

    def of(self, value: Value) -> Computed:
        """
        Compile a value.

        Raises:
            ApiError: 400 for an unknown field, or a function that does not take it.

        """
        if isinstance(value, Path):
            found = self.scope.resolve(value)
            return Computed(found.sql, found.field, value.position, found)
        if isinstance(value, Aggregate):
            return self._aggregate(value)
        if isinstance(value, DateFunction):
            return self._date_function(value)
        return self._label(value) if value.function == "tolabel" else self._format(value)

    def _aggregate(self, value: Aggregate) -> Computed:
        whole = Field(name=value.function, label=value.function, type="int")
        if value.path is None:
            return Computed("count(*)", whole, value.position)
        found = self.scope.resolve(value.path)
        if value.function == "grouping":
            if not self.groups.subtotals or found.sql not in self.groups.keys:
                raise self.scope.asker.invalid(
                    value.position,
                    f"GROUPING needs a field of GROUP BY ROLLUP or CUBE: {found.field.name}",
                    code="MALFORMED_QUERY",
                )
            key = self.groups.keys[found.sql]
            return Computed(f"grouping({key})", whole, value.position)
        if not can_aggregate(found.field, value.function):
            raise self.scope.asker.invalid(
                value.path.position,
                f"field {found.field.name} does not support aggregate operator "
                f"{value.function.upper()}",
                code="MALFORMED_QUERY",
            )
        kinds = {"count": whole, "count_distinct": whole, "avg": replace(whole, type="double")}
        kind = kinds.get(value.function, found.field)
        return Computed(_aggregate_sql(value.function, found), kind, value.position)

    def _date_function(self, value: DateFunction) -> Computed:
        found = self.scope.resolve(value.path)
        kind, sql = found.field.type, found.sql
        timed = kind == "datetime"
        only_times = value.in_user_zone or value.function in _OF_TIMES_ONLY
        if not (timed or kind == "date") or (only_times and not timed):
            raise self.scope.asker.invalid(
                value.position,
                f"function {value.function.upper()} does not support field {found.field.name}",
            )
        if not can_filter(found.field):
            raise cannot(self.scope, found.field, "filtered", value.position)
        if value.in_user_zone:
            sql = self._local(sql)
        if value.function.startswith("fiscal_"):
            sql = self._fiscal(value.function.removeprefix("fiscal_"), sql)
        else:
            sql = _PARTS[value.function].format(sql)
        made = "date" if value.function == "day_only" else "int"
        field = Field(name=found.field.name, label=found.field.label, type=made)
        return Computed(sql, field, value.position)

    def _local(self, sql: str) -> str:
        zone = literal(self.clock.calendar.zone.key)
        return f"timezone({zone}, timezone('UTC', {sql}))"

    def _fiscal(self, part: str, sql: str) -> str:
        """Count from the first month of the fiscal year, which is named by the year it ends in."""
        start = self.clock.calendar.fiscal_start
        month = f"((month({sql}) + {12 - start}) % 12 + 1)"
        if part == "month":
            return month
        if part == "quarter":
            return f"(({month} - 1) // 3 + 1)"
        later = f" + (month({sql}) >= {start})::int" if start > 1 else ""
        return f"(year({sql}){later})"

    def _label(self, value: Shown) -> Computed:
        """Give a picklist's label, which in this org is its value."""
        argument = value.argument
        found = None if isinstance(argument, Aggregate) else self.scope.resolve(argument)
        if found is None or not _has_labels(found):
            raise self.scope.asker.invalid(
                value.position, "toLabel can only be used with picklists and record type names"
            )
        return Computed(found.sql, found.field, value.position, found)

    def _format(self, value: Shown) -> Computed:
        inner = self.of(value.argument)
        write = _FORMATS.get(inner.field.type)
        if write is None:
            raise self.scope.asker.invalid(
                value.position, f"FORMAT does not support field {inner.field.name}"
            )
        sql = self._local(inner.sql) if inner.field.type == "datetime" else inner.sql
        field = replace(inner.field, type="string")
        return Computed(write(sql, inner.field), field, value.position)


def _has_labels(found: Resolved) -> bool:
    sobject = found.join.sobject
    record_type = sobject is not None and sobject.name == "RecordType"
    return found.field.type in _LABELLED or (record_type and found.field.name == "Name")


def cannot(scope: Scope, field: Field, what: str, position: int) -> Exception:
    """Refuse to filter, sort or group by a field."""
    return scope.asker.invalid(position, f"field '{field.name}' can not be {what} in a query call")


def picklist_rank(sql: str, field: Field) -> str:
    """Number a picklist's values in the order of their setup, unknown ones last."""
    listed = ", ".join(literal(value) for value in field.picklist)
    rank = f"coalesce(list_position([{listed}], {sql}), {len(field.picklist) + 1})"
    return f"(case when {sql} is not null then {rank} end)"


def _aggregate_sql(function: str, found: Resolved) -> str:
    if function == "count_distinct":
        return f"count(distinct {found.sql})"
    if function in ("min", "max") and found.field.type == "picklist" and found.field.picklist:
        return f"arg_{function}({found.sql}, {picklist_rank(found.sql, found.field)})"
    sql = f"{function}({found.sql})"
    # A sum of whole numbers is wider than JSON's numbers.
    return f"cast({sql} as bigint)" if (function, found.field.type) == ("sum", "int") else sql


def _decimals(sql: str, field: Field) -> str:
    return f"format('{{:,.{field.scale or 0}f}}', cast({sql} as double))"


def _money(sql: str, field: Field) -> str:
    amount = f"format('{{:,.2f}}', abs(cast({sql} as double)))"
    return f"case when {sql} < 0 then '-$' else '$' end || {amount}"


_FORMATS: Mapping[str, Callable[[str, Field], str]] = {
    "int": lambda sql, _field: f"format('{{:,}}', {sql})",
    "double": _decimals,
    "percent": lambda sql, field: f"{_decimals(sql, field)} || '%'",
    "currency": _money,
    "date": lambda sql, _field: f"strftime({sql}, '{_DATE_FORMAT}')",
    "datetime": lambda sql, _field: f"strftime({sql}, '{_DATE_FORMAT}, %-I:%M %p')",
}
