"""How each column travels: its header, its kind of text, and what its cell stands for."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.canonical import (
    BASE64,
    CHOICES,
    LONG_TEXT,
    NUMBER,
    TEXT,
    cell,
    cell_from_org,
    kind,
    quoted,
)
from loaders.contract import EXTERNAL_ID, Column, Mart
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.masking import masked_cell
from loaders.plan_store import PlanColumn

OWNER = "OwnerId"
_TEXT_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a mart a plan takes, and how their cells are written."""

    mart: Mart
    columns: tuple[PlanColumn, ...]
    # The query of the rows.
    source: str
    masked: bool
    # Columns of the source that come along as they are.
    beside: tuple[str, ...] = ()


def plan_columns(mart: Mart, described: ObjectDescribe) -> tuple[PlanColumn, ...]:
    """Settle the columns of a mart against what the org says of its fields."""
    return tuple(_plan_column(column, described.fields[column.name]) for column in mart.columns)


def canonical_cells(selection: Selection, *, with_bodies: bool) -> str:
    """
    Give the SQL of a mart's cells as they are sent, masked or not.

    Without bodies a query has what is known of each file in its place, which no mask changes.
    """
    made = [
        f"{cell(quoted(each.name), kind=each.type, scale=each.scale)} as {quoted(each.name)}"
        for each in selection.columns
    ]
    cells = ", ".join([*made, *map(quoted, selection.beside)])
    rows = f"select {cells} from ({selection.source})"  # noqa: S608 - names of the mapping
    if not selection.masked:
        return rows
    masks = ", ".join(
        f"{masked_cell(each)} as {quoted(each.name)}"
        for each in selection.columns
        if with_bodies or each.type != BASE64
    )
    return f"select * replace ({masks}) from ({rows})"  # noqa: S608 - names of the mapping


def _plan_column(column: Column, field: FieldDescribe) -> PlanColumn:
    lookup = column.lookup
    match = lookup.match if lookup else None
    if lookup and match == "external_id" and len(lookup.objects) > 1:
        # One header names one type of parent: a mixed column is sent as record ids.
        match = "record"
    of_kind = _kind(column, field)
    return PlanColumn(
        name=column.name,
        header=_header(column, field) if match == "external_id" else column.name,
        type=of_kind,
        org_type=field.type,
        org_length=field.length,
        scale=field.scale if of_kind == NUMBER else 0,
        match=match,
        objects=lookup.objects if lookup else (),
        create_only=column.create_only or not field.updateable,
        phi=column.phi,
    )


def _kind(column: Column, field: FieldDescribe) -> str:
    """Tell which sort of text travels: what the org says of the field makes some text special."""
    of_kind = kind(column)
    if of_kind == TEXT and field.type == "multipicklist":
        return CHOICES
    is_long = field.type == "textarea" and field.length > _TEXT_LENGTH
    return LONG_TEXT if of_kind == TEXT and is_long else of_kind


def _header(column: Column, field: FieldDescribe) -> str:
    """
    Name the parent's key through the relationship that the org itself names.

    The type stands in front exactly where describe lists more than one parent (contract 2.7).
    """
    parent = f"{column.lookup.objects[0]}:" if column.lookup and field.is_polymorphic else ""
    return f"{parent}{field.relationship_name}.{EXTERNAL_ID}"


def cell_there(column: PlanColumn, value: str) -> str:
    """Give the SQL of what the org holds in a column, as what we would send; `value` is SQL."""
    if column.match is not None:
        return f"nullif({value}, '')"
    return cell_from_org(value, kind=column.type, scale=column.scale)


def fingerprint(cell: str) -> str:
    """
    Give the SQL of a number that stands for a cell where its value need not be kept.

    An empty cell has one as well: null means that nothing is known.
    """
    return f"md5_number_lower(coalesce({cell}, chr(30)))"
