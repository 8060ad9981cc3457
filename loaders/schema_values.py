"""Value sets: the seed's own, and the standard ones that our values are added to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from loaders.contract import Mapping
from loaders.describe import ObjectDescribe, PicklistValue
from loaders.errors import SchemaDiffers
from loaders.schema_xml import Pair, flag, render

# Their values carry more than a name (probability, closed, converted ...), which is for an
# administrator to decide.
DECIDED_BY_HAND = frozenset({"OpportunityStage", "LeadStatus", "TaskStatus", "TaskPriority"})


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A list of picklist values, in their order."""

    name: str
    values: tuple[PicklistValue, ...]

    @property
    def names(self) -> frozenset[str]:
        """Name the values."""
        return frozenset(value.value for value in self.values)


@dataclass(frozen=True, slots=True)
class StandardValues:
    """Values of ours that a standard picklist must offer."""

    value_set: str
    sobject: str
    field: str
    needed: ValueSet


def read_value_sets(bench: duckdb.DuckDBPyConnection, mapping: Mapping) -> dict[str, ValueSet]:
    """Read the value sets from the seed."""
    rows = bench.execute(
        f"""
        select value_set, value, label, coalesce(try_cast(is_default as boolean), false)
        from {mapping.picklists_relation}
        order by value_set, try_cast(sort_order as bigint), value
        """  # noqa: S608 - a relation that dbt quoted
    ).fetchall()
    found: dict[str, list[PicklistValue]] = {}
    for value_set, value, label, default in rows:
        option = PicklistValue(value=value, label=label or value, active=True, default=default)
        found.setdefault(value_set, []).append(option)
    return {name: ValueSet(name, tuple(values)) for name, values in found.items()}


def custom_value_sets(mapping: Mapping) -> tuple[str, ...]:
    """Name the value sets that custom picklists use: those become global value sets."""
    return tuple(
        sorted(
            {
                column.picklist
                for mart in mapping.marts
                for column in mart.columns
                if column.custom and column.picklist
            }
        )
    )


def standard_values(
    mapping: Mapping, value_sets: dict[str, ValueSet]
) -> tuple[StandardValues, ...]:
    """List the standard picklists that must offer values of ours."""
    return tuple(
        StandardValues(
            column.standard_value_set, mart.sobject, column.name, value_sets[column.picklist]
        )
        for mart in mapping.marts
        for column in mart.columns
        if column.standard_value_set and column.picklist in value_sets
    )


def global_value_set(values: ValueSet) -> bytes:
    """Write a global value set."""
    children: list[Pair] = [
        ("customValue", _value(option, with_activity=False)) for option in values.values
    ]
    label = values.name.replace("_", " ")
    return render("GlobalValueSet", [*children, ("masterLabel", label), ("sorted", "false")])


def missing_values(standard: StandardValues, described: dict[str, ObjectDescribe]) -> list[str]:
    """List our values that the org does not offer yet."""
    found = described[standard.sobject].fields[standard.field].values
    return [option.value for option in standard.needed.values if option.value not in found]


def standard_value_set(
    needed: Iterable[StandardValues], described: dict[str, ObjectDescribe]
) -> bytes:
    """
    Write a standard value set: all that the org has, with our values behind.

    A deployed set replaces the org's list, so everything that is there stays in it.
    """
    options: dict[str, PicklistValue] = {}
    for standard in needed:
        for option in described[standard.sobject].fields[standard.field].options:
            options.setdefault(option.value, option)
    for standard in needed:
        for option in standard.needed.values:
            kept = options.get(option.value)
            if kept is None or not kept.active:
                options[option.value] = PicklistValue(
                    value=option.value, label=option.label, active=True, default=False
                )
    values: list[Pair] = [
        ("standardValue", _value(option, with_activity=True)) for option in options.values()
    ]
    return render("StandardValueSet", [("sorted", "false"), *values])


def _value(option: PicklistValue, *, with_activity: bool) -> list[Pair]:
    pairs: list[Pair] = [
        ("fullName", option.value),
        ("default", flag(option.default)),
    ]
    if with_activity and not option.active:
        pairs.append(("isActive", "false"))
    return [*pairs, ("label", option.label)]


def lacking_value_sets(
    mapping: Mapping, value_sets: dict[str, ValueSet], described: dict[str, ObjectDescribe]
) -> dict[str, bytes]:
    """
    Write the standard value sets that lack a value of ours; the others are left alone.

    Raises:
        SchemaDiffers: one of them is for an administrator to complete.

    """
    lacking: dict[str, list[StandardValues]] = {}
    for standard in standard_values(mapping, value_sets):
        if standard.sobject not in described:
            continue
        missing = missing_values(standard, described)
        if missing and standard.value_set in DECIDED_BY_HAND:
            raise SchemaDiffers(
                [f"{standard.sobject}.{standard.field} does not offer {', '.join(missing)}"],
                hint=f"add them to {standard.value_set} in Setup: they carry more than a name",
            )
        if missing:
            lacking.setdefault(standard.value_set, []).append(standard)
    return {name: standard_value_set(each, described) for name, each in sorted(lacking.items())}
