"""What the tests of schema and plan share: a small clinic beside an org, and its commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import duckdb
import httpx
from simple_salesforce.api import SFType

from loaders.contract import read_mapping
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval
from loaders.map_changes import keep_parts, parts_file
from loaders.map_parts import hash_of_parts, map_parts, part_hashes
from loaders.org_connection import Org, connect
from loaders.paths import DataFolder
from loaders.plan import make_plan
from loaders.plan_request import PlanRequest
from loaders.plan_store import Plan, PlanObject, read_plan
from loaders.schema_permissions import PERMISSION_SET
from tests.conftest import Ran, StandIn
from tests.forked import forked_load
from tests.loaders.mini_clinic import MiniClinic

ALIAS = "CLINIC"
OWNER = "admin@stand-in.invalid"


@dataclass(frozen=True, slots=True)
class Desk:
    """A small clinic beside an org: where commands are run."""

    clinic: MiniClinic
    org: StandIn

    @property
    def data(self) -> DataFolder:
        """Name the working folder."""
        return DataFolder(self.clinic.folder / "data")

    def load(self, *arguments: str) -> Ran:
        """Run `clinic-load` as a person would."""
        environment = {**os.environ, **self.clinic.environ, **self.org.environment(ALIAS)}
        return Ran(*forked_load(arguments, environment))

    def approve_settings(self) -> None:
        """Confirm what the org must allow, without a plan."""
        parts = map_parts(read_mapping(self.clinic.manifest))
        hashes = part_hashes(parts)
        whole, settings = hash_of_parts(hashes), {"settings": hashes["settings"]}
        ledger = Ledger.open(self.data.ledger)
        keep_parts(parts_file(ledger, whole), parts)
        ledger.record_approval(Approval("no plan", whole, settings, "Ada", False, False, "now"))
        ledger.close()

    def deploy(self) -> Ran:
        """Deploy the schema, which must succeed; its settings are approved."""
        self.approve_settings()
        done = self.load("schema", "deploy", "--org", ALIAS)
        assert done.code == 0, done.stderr
        return done

    def plan(
        self,
        *,
        default_owner: str | None = OWNER,
        matches: Path | None = None,
        masked: bool | None = False,
        **choices: Any,
    ) -> Plan:
        """Plan without starting a process, and read back what was written."""
        org = self.connected()
        request = PlanRequest(
            self.data,
            self.clinic.manifest,
            default_owner,
            clock,
            matches=matches,
            masked=masked,
            **choices,
        )
        try:
            made = make_plan(org, request)
        finally:
            org.close()
        assert read_plan(self.data.plans, made.plan) == made
        return made

    def take_back_the_grant(self) -> None:
        """Take the permission set from the load user: what was deployed is there, and unseen."""
        org = self.connected()
        where = f"PermissionSet.Name = '{PERMISSION_SET}'"
        rows = org.rest.query(f"SELECT Id FROM PermissionSetAssignment WHERE {where}")["records"]
        cast("SFType", org.rest.PermissionSetAssignment).delete(rows[0]["Id"])
        org.close()

    def connected(self) -> Org:
        """Connect to the org."""
        return connect(ALIAS, environ=self.org.environment(ALIAS))

    def folder(self, plan: Plan) -> Path:
        """Name the folder of a plan."""
        return self.data.plans / plan.plan

    def rows(self, plan: Plan, sobject: str) -> list[dict[str, str | None]]:
        """Read the planned rows of an object."""
        return parquet(self.folder(plan) / plan.object(sobject).file)

    def failures(self, plan: Plan, sobject: str) -> list[tuple[str | None, ...]]:
        """Read why rows of an object are kept back: key, code, field."""
        found = parquet(self.folder(plan) / sobject / "failures.parquet")
        return [(each["_key"], each["code"], each["field"]) for each in found]


def clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def parquet(file: Path) -> list[dict[str, str | None]]:
    """Read a parquet file as rows by column name."""
    with duckdb.connect() as connection:
        found = connection.execute("select * from read_parquet(?)", [str(file)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def counts(planned: PlanObject) -> tuple[int, ...]:
    """Give rows, creates, updates, unchanged and failed."""
    return (
        planned.rows, planned.creates, planned.updates, planned.unchanged, planned.failed,
    )  # fmt: skip


@contextmanager
def set_up(desk: Desk, **settings: object) -> Iterator[None]:
    """Set the org up otherwise, and back again."""
    change_settings(desk, settings)
    try:
        yield
    finally:
        change_settings(desk, dict.fromkeys(settings))


def change_settings(desk: Desk, settings: dict[str, object]) -> None:
    answer = httpx.post(
        f"{desk.org.http}/_stand_in/settings",
        json=settings,
        headers={"Authorization": f"Bearer {desk.org.token}"},
    )
    assert answer.is_success, answer.text
