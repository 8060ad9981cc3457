"""What is sent: rows of one object under one operation, as a table of CSV cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from loaders.canonical import quoted
from loaders.csv_parts import KEY

# What a row is sorted by, before its key: rows of one parent stay together (contract 2.4).
LOCK = "_lock"
ID = "Id"
NULL_TEXT = "#N/A"


@dataclass(frozen=True, slots=True)
class Shipment:
    """Rows to send; `table` on the bench has `_key`, `_lock` and a text column per header."""

    sobject: str
    # insert | upsert | update | delete | hardDelete
    operation: str
    external_id: str | None
    pass_number: int
    table: str
    headers: tuple[str, ...]
    # The headers by which the org's results name a row.
    join: tuple[str, ...]
    # boolean and number headers; all else is text.
    types: Mapping[str, str]
    # Whether rows that an alert rule refuses may be saved all the same.
    allow_duplicates: bool = False
    # Whether `_lock` names all that its jobs may get into each other's way about.
    side_by_side: bool = False
    # The stretch of progress that it belongs to; empty: the one that began last.
    stretch: str = ""

    @property
    def order(self) -> str:
        """Give the order in which rows are sent."""
        return f"{quoted(LOCK)} nulls first, {quoted(KEY)}"

    @property
    def creates(self) -> bool:
        """Tell whether sending it twice could make a record twice."""
        return self.operation in {"insert", "upsert"}

    def of(self, table: str) -> Shipment:
        """Give the same shipment with other rows."""
        return replace(self, table=table)


def deletion(sobject: str, table: str, *, hard: bool) -> Shipment:
    """Give the shipment that deletes the records of a table of ids, for good or not."""
    return Shipment(
        sobject=sobject,
        operation="hardDelete" if hard else "delete",
        external_id=None,
        pass_number=1,
        table=table,
        headers=(ID,),
        join=(ID,),
        types={},
    )
