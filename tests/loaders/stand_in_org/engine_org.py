"""Opening, filling and reading an org in the engine's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from loaders.stand_in_org.model import DeployResult
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.engine_package import clinic_package

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Cells = Mapping[str, Sequence[str | None]]


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def forward(self, **parts: float) -> None:
        """Move it."""
        self.now += timedelta(**parts)


@dataclass(frozen=True)
class Outcome:
    """What became of one row, short enough to compare."""

    id: str | None
    created: bool
    code: str | None
    message: str | None
    fields: tuple[str, ...]


@dataclass
class Bench:
    """An org with the administrator at its controls."""

    org: Org
    clock: Clock

    def write(self, sobject: str, operation: str, cells: Cells, **options: object) -> list[Outcome]:
        """Write rows as the administrator; give what became of each."""
        arrays = [pa.array(list(column), pa.string()) for column in cells.values()]
        rows = pa.table(arrays, names=list(cells))
        user = options.pop("user_id", self.org.admin_user_id)
        result = self.org.dml(sobject, operation, rows, user_id=user, **options)  # type: ignore[arg-type]
        return [
            Outcome(
                row["id"], row["created"], row["status_code"], row["message"], tuple(row["fields"])
            )
            for row in result.to_pylist()
        ]

    def insert(self, sobject: str, **cells: str | None) -> str:
        """Insert one row that has to succeed; give its id."""
        (made,) = self.write(sobject, "insert", {name: [cell] for name, cell in cells.items()})
        assert made.code is None, made
        assert made.id is not None
        return made.id

    def refused(self, sobject: str, operation: str = "insert", **cells: str | None) -> Outcome:
        """Write one row that has to be refused; give the refusal."""
        (made,) = self.write(sobject, operation, {name: [cell] for name, cell in cells.items()})
        assert made.code is not None, made
        return made

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read from the org's tables."""
        return self.org.cursor().execute(sql).fetchall()

    def one(self, sql: str) -> object:
        """Read one cell."""
        return self.rows(sql)[0][0]

    def deploy(self, body: bytes, **options: object) -> DeployResult:
        """Deploy a package as the administrator."""
        return self.org.deploy(body, options=options, user_id=self.org.admin_user_id)

    def problems(self, body: bytes) -> list[str]:
        """Deploy a package and give what is wrong with it."""
        result = self.deploy(body, rollbackOnError=True)
        return [one.problem or "" for one in result.components if not one.success]

    def assign(self, name: str) -> None:
        """Assign a permission set to the administrator."""
        made = self.one(f"SELECT Id FROM PermissionSet WHERE Name = '{name}'")
        self.insert(
            "PermissionSetAssignment", AssigneeId=self.org.admin_user_id, PermissionSetId=str(made)
        )


def open_bench(
    data: Path, *, settings: Settings | None = None, clock: Clock | None = None
) -> Bench:
    """Open the org in a folder."""
    ticking = clock or Clock()
    return Bench(Org.open(data, settings=settings or Settings(), clock=ticking), ticking)


def make_clinic(data: Path) -> None:
    """Make an org to which the clinic's schema is deployed and opened."""
    bench = open_bench(data)
    result = bench.deploy(clinic_package(), rollbackOnError=True)
    assert result.success, [one for one in result.components if not one.success]
    bench.assign("Load")
    bench.org.close()
