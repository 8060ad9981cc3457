"""Turn SOQL conditions into SQL, with SOQL's own idea of types, letter case and null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.field_uses import IDS, NUMBERS, can_filter
from loaders.stand_in_org.model import CASE_SENSITIVE_SCHEME, Field
from loaders.stand_in_org.record_ids import is_record_id, long_id
from loaders.stand_in_org.soql_dates import span
from loaders.stand_in_org.soql_parameters import Parameter, Parameters
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Comparison,
    Condition,
    DateFunction,
    Junction,
    Literal,
    Membership,
    Negation,
    Shown,
)
from loaders.stand_in_org.soql_values import Computed, Values, cannot

_ORDERINGS = frozenset({"<", ">", "<=", ">="})
_UNORDERED = frozenset({"boolean", "multipicklist"})
_SPELLING = {"datetime": "dateTime", "id": "ID"}
# More digits than a DECIMAL column compares with.
_EXACT_DIGITS = 28


@dataclass(frozen=True, slots=True)
class Conditions:
    """Compiles the conditions of one SELECT; those of HAVING are `grouped`."""

    values: Values
    parameters: Parameters
    semi_join: Callable[[Membership], str]
    grouped: bool = False

    def sql(self, condition: Condition) -> str:
        """
        Give the condition as SQL that is never null, as SOQL knows only true and false.

        Raises:
            ApiError: 400 for unknown fields and values of the wrong type.

        """
        if isinstance(condition, Negation):
            return f"(not {self.sql(condition.condition)})"
        if isinstance(condition, Junction):
            joined = f" {condition.operator} ".join(self.sql(c) for c in condition.conditions)
            return f"({joined})"
        if isinstance(condition, Membership):
            return self._membership(condition)
        return self._comparison(condition)

    def _comparison(self, condition: Comparison) -> str:
        left = self._left(condition)
        literal, operator = condition.right, condition.operator
        if left.field.encryption is not None and operator not in ("=", "!="):
            words = f"The operator {operator} is not supported on an encrypted field"
            raise self._invalid(left.position, words)
        if operator == "like":
            return self._like(left, literal)
        if operator in _ORDERINGS and left.field.type in _UNORDERED:
            raise self._wrong_operator(left)
        if _is_null(left, literal):
            return self._null_test(left, operator, literal)
        if literal.kind == "range":
            return self._range(left, condition)
        value = self._value(left, literal)
        if left.field.type == "multipicklist":
            equal = self._same_choices(left, str(value))
        else:
            column, place = _folded(left, self.parameters.add(value))
            if operator in _ORDERINGS:
                return f"coalesce({column} {operator} {place}, false)"
            equal = f"coalesce({column} = {place}, false)"
        return equal if operator == "=" else f"(not {equal})"

    def _left(self, condition: Comparison | Membership) -> Computed:
        """Compile what is tested, refusing what WHERE or HAVING cannot test."""
        found = self.values.of(condition.left)
        if isinstance(condition.left, Shown) and condition.left.function == "format":
            raise self._invalid(found.position, "FORMAT can only be used in a SELECT clause")
        if not isinstance(condition.left, Aggregate) and not can_filter(found.field):
            raise cannot(self.values.scope, found.field, "filtered", found.position)
        if self.grouped and not isinstance(condition.left, Aggregate):
            found = self._of_group(found)
        if found.field.type == "boolean":
            # Of a parent that is not there as well: a checkbox is never null.
            found = Computed(f"coalesce({found.sql}, false)", found.field, found.position)
        return found

    def _of_group(self, found: Computed) -> Computed:
        groups = self.values.groups
        if found.sql not in groups.keys:
            raise self.values.scope.asker.invalid(
                found.position,
                f"Field must be grouped or aggregated: {found.field.name}",
                code="MALFORMED_QUERY",
            )
        return Computed(groups.shown(found.sql), found.field, found.position)

    def _null_test(self, left: Computed, operator: str, literal: Literal) -> str:
        if operator not in ("=", "!="):
            raise self._invalid(literal.position, "invalid operator for null")
        if left.field.type == "boolean":
            return f"(not {left.sql})" if operator == "=" else left.sql
        return f"({left.sql} is {'' if operator == '=' else 'not '}null)"

    def _like(self, left: Computed, literal: Literal) -> str:
        if _literal_kind(left.field) != "string" or left.field.type in IDS | {"multipicklist"}:
            raise self._wrong_operator(left)
        operator = "like" if left.field.case_sensitive else "ilike"
        pattern = self.parameters.add(self._value(left, literal))
        return f"coalesce({left.sql} {operator} {pattern} escape '\\', false)"

    def _range(self, left: Computed, condition: Comparison) -> str:
        literal = condition.right
        kind = left.field.type
        if kind not in ("date", "datetime") or isinstance(condition.left, DateFunction):
            raise self._wrong_type(left, literal)
        first, after = self._bounds(kind, literal)
        tests = {
            "=": [(">=", first), ("<", after)],
            "!=": [(">=", first), ("<", after)],
            "<": [("<", first)],
            ">": [(">=", after)],
            "<=": [("<", after)],
            ">=": [(">=", first)],
        }[condition.operator]
        within = " and ".join(f"{left.sql} {op} {self.parameters.add(v)}" for op, v in tests)
        inside = f"coalesce({within}, false)"
        return f"(not {inside})" if condition.operator == "!=" else inside

    def _bounds(self, kind: str, literal: Literal) -> tuple[Parameter, Parameter]:
        """Give the first day or moment inside a range, and the first one after it."""
        calendar = self.values.clock.calendar
        try:
            found = span(str(literal.value), literal.count, calendar=calendar)
            if kind == "date":
                return found.first, found.after
            after = calendar.midnight(found.after)
            if found.until_now:
                second = calendar.now.replace(microsecond=0) + timedelta(seconds=1)
                after = min(after, second)
            return calendar.midnight(found.first), after
        except OverflowError as problem:
            raise self._invalid(literal.position, f"Invalid date: {literal.value}") from problem

    def _membership(self, condition: Membership) -> str:
        left = self._left(condition)
        if condition.query is not None:
            within = f"coalesce({left.sql} in ({self.semi_join(condition)}), false)"
        elif condition.operator in ("includes", "excludes"):
            within = self._includes(left, condition)
        else:
            within = self._in_list(left, condition)
        return f"(not {within})" if condition.operator in ("not in", "excludes") else within

    def _in_list(self, left: Computed, condition: Membership) -> str:
        filled = [v for v in condition.values if not _is_null(left, v)]
        tests = []
        if len(filled) < len(condition.values):
            tests.append(self._null_test(left, "=", condition.values[0]))
        values = [self._value(left, v) for v in filled]
        if left.field.type in ("boolean", "date", "datetime"):
            tests += [f"coalesce({left.sql} = {self.parameters.add(v)}, false)" for v in values]
        elif values:
            # One list parameter: thousands of keys must not become thousands of place-holders.
            column, item = _folded(left, "item")
            place = self.parameters.add(_listed(values))
            listed = f"select {item} from unnest({place}) as u(item)"  # noqa: S608 catalogue names
            tests.append(f"coalesce({column} in ({listed}), false)")
        return f"({' or '.join(tests)})"

    def _includes(self, left: Computed, condition: Membership) -> str:
        if left.field.type != "multipicklist":
            raise self._wrong_operator(left)
        chosen = f"string_split(lower({left.sql}), ';')"
        tests = []
        for literal in condition.values:
            if _is_null(left, literal):
                tests.append(f"{left.sql} is null")
                continue
            place = self.parameters.add(_choices(str(self._value(left, literal))))
            tests.append(f"coalesce(list_has_all({chosen}, {place}), false)")
        return f"({' or '.join(tests)})"

    def _same_choices(self, left: Computed, value: str) -> str:
        place = self.parameters.add(sorted(set(_choices(value))))
        return f"coalesce(list_sort(string_split(lower({left.sql}), ';')) = {place}, false)"

    def _value(self, left: Computed, literal: Literal) -> Parameter:
        """Take a literal for a field, refusing another type's notation."""
        value = literal.value
        if left.field.type in IDS:
            return self._id(left, literal)
        if literal.kind != _literal_kind(left.field) or value is None:
            raise self._wrong_type(left, literal)
        return _bindable(value) if isinstance(value, Decimal) else value

    def _id(self, left: Computed, literal: Literal) -> str:
        if literal.kind != "string":
            raise self._wrong_type(left, literal)
        text = str(literal.value)
        durable = any(name.endswith("Definition") for name in left.field.reference_to)
        if not durable and not is_record_id(text):
            raise self.values.scope.asker.invalid(
                literal.position,
                f"invalid ID field: {text}",
                code="INVALID_QUERY_FILTER_OPERATOR",
            )
        return long_id(text)

    def _wrong_operator(self, left: Computed) -> ApiError:
        return self.values.scope.asker.invalid(
            left.position,
            f"invalid operator on {left.field.type} field",
            code="INVALID_QUERY_FILTER_OPERATOR",
        )

    def _wrong_type(self, left: Computed, literal: Literal) -> ApiError:
        quoted = _literal_kind(left.field) == "string"
        kind = left.field.type
        spelled = "string" if quoted and kind not in IDS else _SPELLING.get(kind, kind)
        should = "should be" if quoted else "should not be"
        return self._invalid(
            literal.position,
            f"value of filter criterion for field '{left.field.name}' must be of type {spelled} "
            f"and {should} enclosed in quotes",
        )

    def _invalid(self, position: int, message: str) -> ApiError:
        return self.values.scope.asker.invalid(position, message)


def _is_null(left: Computed, literal: Literal) -> bool:
    """Tell whether a literal means null: so does the empty text, which the org never stores."""
    if literal.kind == "null":
        return True
    return literal.value == "" and _literal_kind(left.field) == "string"


def _literal_kind(field: Field) -> str:
    if field.type in NUMBERS:
        return "number"
    if field.type in ("boolean", "date", "datetime"):
        return field.type
    return "string"


def _folded(left: Computed, place: str) -> tuple[str, str]:
    """Fold letter case on both sides, except where the field tells cases apart."""
    field = left.field
    text = _literal_kind(field) == "string" and field.type not in IDS
    if text and not field.case_sensitive and field.encryption != CASE_SENSITIVE_SCHEME:
        return f"lower({left.sql})", f"lower({place})"
    return left.sql, place


def _bindable(value: Decimal) -> Decimal | float:
    """Write a number out as DuckDB binds it right: it reads 3E+9 as 3, and takes no 40 digits."""
    if abs(value.adjusted()) > _EXACT_DIGITS or len(value.as_tuple().digits) > _EXACT_DIGITS:
        return float(value)
    return Decimal(format(value, "f"))


def _listed(values: list[Parameter]) -> Parameter:
    """Give values of one type as a list; a mixture of numbers as doubles."""
    if any(isinstance(value, float) for value in values):
        return [float(value) for value in values if isinstance(value, float | Decimal)]
    if any(isinstance(value, Decimal) for value in values):
        return [value for value in values if isinstance(value, Decimal)]
    return [str(value) for value in values]


def _choices(text: str) -> list[str]:
    return [part.strip().lower() for part in text.split(";")]
