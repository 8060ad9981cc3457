"""What was deployed, kept as it was written, so that it can be listed and retrieved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

import duckdb

from loaders.stand_in_org.change import World
from loaders.stand_in_org.metadata_writing import from_kept, kept_text

_COLUMNS = "kind, full_name, id, body, created_by, created, modified_by, modified"


@dataclass(frozen=True, slots=True)
class Kept:
    """One component that was deployed."""

    kind: str
    full_name: str
    id: str
    body: str
    created_by: str
    created: datetime
    modified_by: str
    modified: datetime

    @property
    def element(self) -> ElementTree.Element:
        """Give the element it was deployed as."""
        return from_kept(self.body)


def find(connection: duckdb.DuckDBPyConnection, kind: str, full_name: str) -> Kept | None:
    """Find a component by its exact name."""
    row = connection.execute(
        f'SELECT {_COLUMNS} FROM "_metadata" WHERE kind = ? AND full_name = ?',  # noqa: S608 - constants
        [kind, full_name],
    ).fetchone()
    return None if row is None else Kept(*row)


def every(connection: duckdb.DuckDBPyConnection, kind: str) -> list[Kept]:
    """List the components of a type by name."""
    rows = connection.execute(
        f'SELECT {_COLUMNS} FROM "_metadata" WHERE kind = ? ORDER BY full_name',  # noqa: S608 - constants
        [kind],
    ).fetchall()
    return [Kept(*row) for row in rows]


def keep(
    world: World,
    before: Kept | None,
    element: ElementTree.Element,
    *,
    named: tuple[str, str, str],
) -> bool:
    """Keep a component under its type, name and id; tell whether its text is another one now."""
    kind, full_name, made = named
    body = kept_text(element)
    if before is not None and before.body == body:
        return False
    if before is None:
        world.run(
            'INSERT INTO "_metadata" VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
            [kind, full_name, made, body, world.user_id, world.now, world.user_id, world.now],
        )
        return True
    world.run(
        'UPDATE "_metadata" SET body = ?, modified_by = ?, modified = ?'
        " WHERE kind = ? AND full_name = ?",
        [body, world.user_id, world.now, kind, full_name],
    )
    return True


def forget(world: World, kind: str, full_name: str) -> bool:
    """Forget a component, and what is inside it; tell whether it was known."""
    row = world.run(
        'DELETE FROM "_metadata" WHERE (kind = ? AND full_name = ?)'
        " OR (? = 'CustomObject' AND (starts_with(full_name, ? || '.')"
        "     OR (kind = 'Layout' AND starts_with(full_name, ? || '-'))"
        "     OR (kind = 'CustomTab' AND full_name = ?)))",
        [kind, full_name, kind, full_name, full_name, full_name],
    ).fetchone()
    return bool(row and row[0])
