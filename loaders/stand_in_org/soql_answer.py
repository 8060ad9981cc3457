"""What a SOQL question asks, and what its compiled statement answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.soql_parameters import Parameter
from loaders.stand_in_org.soql_tree import Query

Rendering = Literal["json", "csv"]
# The table of parent records that a statement for their children is joined to.
PARENTS = "_parents"


@dataclass(frozen=True, slots=True)
class OutColumn:
    """
    One selected column: its names along the relationships, and what it holds.

    `nest` is the key of the parent it belongs to; `child` says which children stand here instead
    of a value. `function` is the function's text where one makes the value.
    """

    names: tuple[str, ...]
    type: str
    field: Field | None
    nest: tuple[str, ...] = ()
    function: str = ""
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """
    A parent record that appears in the answer: where its id and its type are found.

    `key` is the way to it, `lookup` the field that points there; the branches of a TYPEOF share
    their `name`.
    """

    key: tuple[str, ...]
    name: str
    lookup: str | None
    id_column: int
    sobject: str | None
    type_column: int | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """
    A statement ready to run; `aggregate` answers are no records.

    A statement for children is joined to `PARENTS` (id, ordinal), and its last column is the
    ordinal of the parent that a row belongs to.
    """

    sql: str
    parameters: list[Parameter]
    query: Query
    sobject: SObject
    columns: tuple[OutColumn, ...] = ()
    parents: tuple[Parent, ...] = ()
    children: tuple[Compiled, ...] = ()
    id_column: int | None = None
    aggregate: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """
    What is asked, by whom, when, and for which rows: `all_rows` is queryAll.

    `now` is UTC without a zone; `version` is the API's.
    """

    soql: str
    user_id: str
    now: datetime
    all_rows: bool = False
    rendering: Rendering = "json"
    data_path: str = ""
    version: str = ""


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
