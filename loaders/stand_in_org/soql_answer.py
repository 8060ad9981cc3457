"""What a SOQL question asks, and what its compiled statement answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.soql_conditions import Parameter
from loaders.stand_in_org.soql_tree import Condition

Rendering = Literal["json", "csv"]


@dataclass(frozen=True, slots=True)
class OutColumn:
    """One selected column: its names along the relationships, and what it holds."""

    names: tuple[str, ...]
    type: str
    field: Field | None
    aggregate: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent record that appears in the answer: where its id and its type are found."""

    names: tuple[str, ...]
    id_column: int
    sobject: str | None
    type_column: int | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement ready to run; `aggregate` answers are no records."""

    sql: str
    parameters: list[Parameter]
    sobject: SObject
    columns: tuple[OutColumn, ...]
    parents: tuple[Parent, ...]
    id_column: int | None
    aggregate: bool
    count_only: bool
    offset: int
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, and for which rows: `all_rows` is queryAll."""

    soql: str
    user_id: str
    today: date
    all_rows: bool = False
    rendering: Rendering = "json"
    data_path: str = ""


def rendered(sql: str, kind: str, rendering: Rendering) -> str:
    """Render a column as the API prints it: JSON's types, or CSV's text."""
    if kind == "datetime":
        zone = "+0000" if rendering == "json" else "Z"
        return f"strftime({sql}, '%Y-%m-%dT%H:%M:%S.%g{zone}')"
    if kind == "date":
        return f"strftime({sql}, '%Y-%m-%d')"
    if kind in ("double", "currency", "percent"):
        number = f"cast({sql} as double)"
        return number if rendering == "json" else f"cast({number} as varchar)"
    return sql if rendering == "json" else f"cast({sql} as varchar)"
