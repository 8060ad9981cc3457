"""Turn SOQL conditions into SQL, with SOQL's own idea of types, letter case and null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.record_ids import is_record_id, long_id
from loaders.stand_in_org.soql_reader import pointed_at
from loaders.stand_in_org.soql_scope import Scope
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Comparison,
    Condition,
    Junction,
    Literal,
    Membership,
    Negation,
    Path,
    Query,
)

IDS = frozenset({"id", "reference"})
NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
_UNFILTERED = frozenset({"base64", "address", "location", "encryptedstring", "complexvalue"})
_ORDERINGS = frozenset({"<", ">", "<=", ">="})
_SPELLING = {"datetime": "dateTime", "reference": "reference", "id": "ID"}
Parameter = str | bool | Decimal | date | datetime | list[str] | list[Decimal]


@dataclass(slots=True)
class Parameters:
    """The values of a prepared statement, in the order of their question marks."""

    values: list[Parameter] = field(default_factory=list)

    def add(self, value: Parameter) -> str:
        """Take a value; give its place-holder."""
        self.values.append(value)
        return "?"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Compiles the conditions of one SELECT."""

    scope: Scope
    parameters: Parameters
    aggregate_sql: Callable[[Aggregate], str]
    subquery_sql: Callable[[Query], str]

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
        if isinstance(condition.left, Aggregate):
            number = self.parameters.add(_number(condition.right))
            return f"({self.aggregate_sql(condition.left)} {condition.operator} {number})"
        column, found = self._column(condition.left)
        literal = condition.right
        if literal.kind == "null":
            return self._null_test(column, condition.operator, literal)
        if condition.operator == "like":
            return self._like(column, found, condition)
        if literal.kind == "range":
            return self._range(column, found, condition)
        value = self._value(found, literal)
        if condition.operator in _ORDERINGS:
            return f"coalesce({column} {condition.operator} {self.parameters.add(value)}, false)"
        left, right = _folded(column, found, self.parameters.add(value))
        equal = f"coalesce({left} = {right}, false)"
        return equal if condition.operator == "=" else f"(not {equal})"

    def _column(self, path: Path) -> tuple[str, Field]:
        resolved = self.scope.resolve(path)
        found = resolved.field
        if not found.filterable or found.type in _UNFILTERED:
            raise self._invalid(
                path.position, f"field '{found.name}' can not be filtered in a query call"
            )
        return resolved.sql, found

    def _null_test(self, column: str, operator: str, literal: Literal) -> str:
        if operator == "=":
            return f"({column} is null)"
        if operator == "!=":
            return f"({column} is not null)"
        raise self._invalid(literal.position, "invalid operator for null")

    def _like(self, column: str, found: Field, condition: Comparison) -> str:
        if found.type in IDS | NUMBERS | {"boolean", "date", "datetime"}:
            raise ApiError(
                400,
                "INVALID_QUERY_FILTER_OPERATOR",
                pointed_at(self.scope.soql, condition.right.position) + "invalid operator",
            )
        pattern = self.parameters.add(self._value(found, condition.right))
        return f"coalesce({column} ilike {pattern} escape '\\', false)"

    def _range(self, column: str, found: Field, condition: Comparison) -> str:
        first, after = condition.right.value, condition.right.until
        if found.type not in ("date", "datetime") or not isinstance(first, datetime):
            raise self._wrong_type(found, condition.right)
        if after is None:
            raise self._wrong_type(found, condition.right)
        tests = {
            "=": [(">=", first), ("<", after)],
            "!=": [(">=", first), ("<", after)],
            "<": [("<", first)],
            ">": [(">=", after)],
            "<=": [("<", after)],
            ">=": [(">=", first)],
        }[condition.operator]
        within = " and ".join(f"{column} {op} {self.parameters.add(value)}" for op, value in tests)
        inside = f"coalesce({within}, false)"
        return f"(not {inside})" if condition.operator == "!=" else inside

    def _membership(self, condition: Membership) -> str:
        column, found = self._column(condition.left)
        if condition.operator in ("includes", "excludes"):
            return self._includes(column, found, condition)
        if condition.query is not None:
            within = f"coalesce({column} in ({self.subquery_sql(condition.query)}), false)"
        else:
            within = self._in_list(column, found, condition)
        return f"(not {within})" if condition.operator == "not in" else within

    def _in_list(self, column: str, found: Field, condition: Membership) -> str:
        values = [self._value(found, v) for v in condition.values if v.kind != "null"]
        tests = []
        if len(values) < len(condition.values):
            tests.append(f"{column} is null")
        if found.type in ("boolean", "date", "datetime"):
            tests += [f"coalesce({column} = {self.parameters.add(v)}, false)" for v in values]
        elif values:
            # One list parameter: thousands of keys must not become thousands of place-holders.
            left, right = _folded(column, found, "item")
            chosen: list[str] | list[Decimal] = [str(value) for value in values]
            if found.type in NUMBERS:
                chosen = [value for value in values if isinstance(value, Decimal)]
            place = self.parameters.add(chosen)
            listed = f"select {right} from unnest({place}) as u(item)"  # noqa: S608 catalogue names
            tests.append(f"coalesce({left} in ({listed}), false)")
        return f"({' or '.join(tests)})"

    def _includes(self, column: str, found: Field, condition: Membership) -> str:
        if found.type != "multipicklist":
            raise self._wrong_type(found, condition.values[0])
        tests = []
        for literal in condition.values:
            wanted = [part.strip() for part in str(self._value(found, literal)).split(";")]
            place = self.parameters.add(wanted)
            tests.append(f"list_has_all(string_split({column}, ';'), {place})")
        inside = f"coalesce({' or '.join(tests)}, false)"
        return f"(not {inside})" if condition.operator == "excludes" else inside

    def _value(self, found: Field, literal: Literal) -> Parameter:
        """Take a literal for a field, refusing another type's notation."""
        value = literal.value
        if found.type in IDS:
            return self._id(found, literal)
        expected = _literal_kind(found)
        if literal.kind != expected or value is None:
            raise self._wrong_type(found, literal)
        return value

    def _id(self, found: Field, literal: Literal) -> str:
        if literal.kind != "string":
            raise self._wrong_type(found, literal)
        text = str(literal.value)
        durable = any(name.endswith("Definition") for name in found.reference_to)
        if not durable and text and not is_record_id(text):
            raise ApiError(
                400,
                "INVALID_QUERY_FILTER_OPERATOR",
                pointed_at(self.scope.soql, literal.position) + f"invalid ID field: {text}",
            )
        return long_id(text)

    def _wrong_type(self, found: Field, literal: Literal) -> ApiError:
        quoted = _literal_kind(found) == "string"
        spelled = "string" if quoted else _SPELLING.get(found.type, found.type)
        should = "should be" if quoted else "should not be"
        return self._invalid(
            literal.position,
            f"value of filter criterion for field '{found.name}' must be of type {spelled} "
            f"and {should} enclosed in quotes",
        )

    def _invalid(self, position: int, message: str) -> ApiError:
        return ApiError(400, "INVALID_FIELD", pointed_at(self.scope.soql, position) + message)


def _literal_kind(found: Field) -> str:
    if found.type in NUMBERS:
        return "number"
    if found.type in ("boolean", "date", "datetime"):
        return found.type
    return "string"


def _folded(column: str, found: Field, place: str) -> tuple[str, str]:
    """Fold letter case on both sides, except where the field tells cases apart."""
    text = _literal_kind(found) == "string" and found.type not in IDS
    if text and not found.case_sensitive:
        return f"lower({column})", f"lower({place})"
    return column, place


def _number(literal: Literal) -> Decimal:
    if not isinstance(literal.value, Decimal):
        raise ApiError(400, "MALFORMED_QUERY", "an aggregate is compared with a number")
    return literal.value
