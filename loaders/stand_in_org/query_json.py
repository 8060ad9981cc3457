"""Show query results as JSON records: parents and children nested, each with its attributes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loaders.stand_in_org.query_results import Children, Result
from loaders.stand_in_org.soql_answer import Compiled, Parent

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a result's rows: `total` of them from the first one on."""

    result: Result
    first: int
    total: int


def whole(result: Result) -> Window:
    """Give all rows of a result."""
    return Window(result, 0, result.rows.num_rows)


def _kept_nowhere(_window: Window) -> str:
    raise AssertionError("a result that is shown whole has no further page")


@dataclass(frozen=True, slots=True)
class Pages:
    """How results are shown: links' root, rows to a page, and where the rest is kept."""

    data_path: str
    rows: int = sys.maxsize
    # Keeps what does not fit a page; gives the name under which it is asked for.
    keep: Callable[[Window], str] = _kept_nowhere


def page(window: Window, pages: Pages, *, start: int = 0, name: str | None = None) -> Record:
    """Show the rows of a window from `start` on, as far as a page goes."""
    after = start + pages.rows
    done = after >= window.total
    shown: Record = {"totalSize": window.total, "done": done}
    if not done:
        name = pages.keep(window) if name is None else name
        shown["nextRecordsUrl"] = f"{pages.data_path}/query/{name}-{after}"
    count = min(pages.rows, window.total - start)
    shown["records"] = records(window.result, pages, first=window.first + start, count=count)
    return shown


def records(result: Result, pages: Pages, *, first: int, count: int) -> list[Record]:
    """Build the records of some rows."""
    table = result.rows.slice(first, max(count, 0))
    columns = [column.to_pylist() for column in table.columns]
    compiled = result.compiled
    if compiled.aggregate:
        return [_aggregate(compiled, row) for row in zip(*columns, strict=True)]
    parents = {parent.key: parent for parent in compiled.parents}
    shape = _Shape(compiled, parents, pages.data_path)
    nested = [_nested(children, pages, first, count) for children in result.children]
    return [
        shape.record(row, [lists[n] for lists in nested])
        for n, row in enumerate(zip(*columns, strict=True))
    ]


def _nested(children: Children, pages: Pages, first: int, count: int) -> list[Record | None]:
    """Show the children of a stretch of rows; a row without any has null."""
    shown: list[Record | None] = []
    for start, end in zip(
        children.starts[first : first + count],
        children.starts[first + 1 : first + count + 1],
        strict=True,
    ):
        window = Window(children.result, start, end - start)
        shown.append(page(window, pages) if window.total else None)
    return shown


def _aggregate(compiled: Compiled, row: tuple[object, ...]) -> Record:
    record: Record = {"attributes": {"type": "AggregateResult"}}
    for column, value in zip(compiled.columns, row, strict=False):
        record[column.names[-1]] = value
    return record


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one row becomes a record."""

    compiled: Compiled
    parents: Mapping[tuple[str, ...], Parent]
    data_path: str

    def record(self, row: tuple[object, ...], children: list[Record | None]) -> Record:
        """Build one record."""
        own_id = None if self.compiled.id_column is None else row[self.compiled.id_column]
        record = self._attributes(self.compiled.sobject.name, own_id)
        nests: dict[tuple[str, ...], Record | None] = {(): record}
        for column, value in zip(self.compiled.columns, row, strict=False):
            nest = nests[()] if not column.nest else self._nest(column.nest, nests, row)
            if nest is not None:
                name = column.names[-1]
                nest[name] = value if column.child is None else children[column.child]
        return record

    def _attributes(self, sobject: str, record_id: object) -> Record:
        url = f"{self.data_path}/sobjects/{sobject}/{record_id}"
        return {"attributes": {"type": sobject, "url": url}}

    def _nest(
        self,
        key: tuple[str, ...],
        nests: dict[tuple[str, ...], Record | None],
        row: tuple[object, ...],
    ) -> Record | None:
        """Find or make the nested parent; a record without that parent shows null in its place."""
        if key in nests:
            return nests[key]
        outer = self._nest(key[:-1], nests, row)
        parent = self.parents[key]
        made: Record | None = None
        if outer is not None:
            record_id = row[parent.id_column]
            kind = parent.sobject if parent.type_column is None else row[parent.type_column]
            made = None if record_id is None else self._attributes(str(kind), record_id)
            # Of the branches of a TYPEOF at most one is there.
            outer[parent.name] = made or outer.get(parent.name)
        nests[key] = made
        return made
