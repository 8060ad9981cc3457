"""In which order objects are loaded: each parent is there before its children ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loaders.contract import Column, Mapping, Mart
from loaders.errors import LoadOrderImpossible
from loaders.plan_store import PlanObject


@dataclass(frozen=True, slots=True)
class Step:
    """One object's turn, and the lookups that must wait until every record exists."""

    sobject: str
    second_pass: tuple[str, ...]


def load_order(mapping: Mapping) -> tuple[Step, ...]:
    """
    Put parents before children; break circles and self-references by a second pass.

    Names decide between equals, so that the same mapping always gives the same order. A circle
    is broken where the fewest lookups have to wait.

    Raises:
        LoadOrderImpossible: a circle in which every lookup is required or create-only.

    """
    waiting = {mart.sobject: mart for mart in mapping.marts}
    second_pass = {mart.sobject: _to_itself(mart) for mart in mapping.marts}
    steps: list[Step] = []
    while waiting:
        ready = [
            name for name, mart in sorted(waiting.items())
            if not _open_lookups(mart, waiting, second_pass[name])
        ]  # fmt: skip
        if not ready:
            name, columns = _cheapest_break(waiting, second_pass)
            second_pass[name] += columns
            continue
        for name in ready:
            steps.append(Step(name, tuple(sorted(second_pass[name]))))
            del waiting[name]
    return tuple(steps)


def side_by_side(objects: Iterable[PlanObject]) -> Iterator[list[PlanObject]]:
    """
    Group the objects of a plan, in load order: those of a group do not wait for one another.

    An object begins a new group where the first pass asks for a record of the group before.
    """
    group: list[PlanObject] = []
    for each in objects:
        here = {other.sobject for other in group}
        first = [column for column in each.columns if column.name not in each.second_pass]
        if any(here.intersection(column.objects) for column in first):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _to_itself(mart: Mart) -> tuple[str, ...]:
    columns = tuple(
        column for column in mart.columns if column.lookup and mart.sobject in column.lookup.objects
    )
    for column in columns:
        if not _may_wait(column):
            raise LoadOrderImpossible(
                f"{mart.sobject}.{column.name} points to its own object and cannot be filled later",
                hint=f"make {column.name} optional and updateable in {mart.name}.yml",
            )
    return tuple(column.name for column in columns)


def _open_lookups(
    mart: Mart, waiting: dict[str, Mart], later: tuple[str, ...]
) -> tuple[Column, ...]:
    """List the lookups whose parents have not had their turn."""
    return tuple(
        column
        for column in mart.columns
        if column.lookup
        and column.name not in later
        and any(parent in waiting and parent != mart.sobject for parent in column.lookup.objects)
    )


def _may_wait(column: Column) -> bool:
    return not column.required and not column.create_only


def _cheapest_break(
    waiting: dict[str, Mart], second_pass: dict[str, tuple[str, ...]]
) -> tuple[str, tuple[str, ...]]:
    breaks = []
    for name, mart in sorted(_in_circles(waiting, second_pass).items()):
        columns = _open_lookups(mart, waiting, second_pass[name])
        if all(_may_wait(column) for column in columns):
            breaks.append((len(columns), name, tuple(column.name for column in columns)))
    if not breaks:
        raise LoadOrderImpossible(
            f"required lookups form a circle among {', '.join(sorted(waiting))}",
            hint="make one of these lookups optional, so that it can be filled in a second pass",
        )
    _, name, columns_to_wait = min(breaks)
    return name, columns_to_wait


def _in_circles(
    waiting: dict[str, Mart], second_pass: dict[str, tuple[str, ...]]
) -> dict[str, Mart]:
    """Leave out those that only wait for a circle: nothing that waits needs them."""
    left = dict(waiting)
    while True:
        needed = {
            parent
            for name, mart in left.items()
            for column in _open_lookups(mart, left, second_pass[name])
            for parent in (column.lookup.objects if column.lookup else ())
            if parent != name
        }
        if needed >= set(left):
            return left
        left = {name: mart for name, mart in left.items() if name in needed}
