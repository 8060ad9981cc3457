"""
A plan on disk: `plans/<id>/plan.json`, one parquet of rows per object, and the audit tables.

`<sobject>/rows.parquet` holds, sorted by (lock_parent, _key): `_key`, `_row_hash`, `_op` (create,
update, unchanged, alias: another record stands for it, failed: kept back by pre-flight, or held:
kept back by an open question), `_id` (the Salesforce id of an existing row), then every mart column
as canonical text; in place of a file its md5 and the like (see plan_bodies).
`<sobject>/bodies.parquet` holds the files themselves: `_key` and `body`, as base64 text.
`<sobject>/failures.parquet` holds `_key`, `code`, `field`, a row per reason to keep a row back.
`<sobject>/present.parquet` holds `id` and, of every row to update, a fingerprint of each field as
the org had it when the plan was made.
`<sobject>/matched.parquet` holds `_key` and `_id` of the records that get their key, and
`matches.csv` says what was proposed and decided.
`<sobject>/gone.parquet` holds `_key`, `_id`, `_act` (delete, mark, keep, or empty: undecided) and
`_is_done` (marked by an earlier push) of the records that the source has no longer, and
`deletions.csv` asks about them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from loaders.canonical import literal
from loaders.errors import PlanNotFound, WrongUsage
from loaders.map_changes import Change
from loaders.paths import CERTIFICATES, make_private_folder, write_private

LATEST = "latest"
BODIES_FILE = "bodies.parquet"
# Its column of base64 text.
BODY = "body"
# What can be decided about a record that the source has no longer.
DELETE, MARK, KEEP = "delete", "mark", "keep"


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column of an object in a plan, and how it is sent."""

    name: str
    # The CSV header: the field, or Relationship.Clinic_Id__c, or X:Relationship.Clinic_Id__c
    header: str
    # text | long_text | boolean | date | datetime | number | base64
    type: str
    # What describe said of the field: rows were checked against it.
    org_type: str
    org_length: int
    # Digits after the point of a number; 0 else.
    scale: int
    # None: the cell is the value. Else external_id | developer_name | email | name | standard |
    # record (also: a lookup by external id to more than one object, which is sent as record id).
    match: str | None
    objects: tuple[str, ...]
    # True where the YAML says so or the org lets nobody update the field.
    create_only: bool
    phi: bool


@dataclass(frozen=True, slots=True)
class PlanObject:
    """One object of a plan, with what will happen to its rows."""

    sobject: str
    model: str
    # From 1, parents first.
    order: int
    # Columns that are sent in a second pass, when every record exists.
    second_pass: tuple[str, ...]
    key: tuple[str, ...]
    external_id: str | None
    lock_parent: str | None
    columns: tuple[PlanColumn, ...]
    rows: int
    creates: int
    updates: int
    unchanged: int
    failed: int
    # A question about the row is open: see matches.csv.
    held: int
    # Rows that stand for a record under another row's key.
    aliases: int
    # sha256 over all row hashes.
    rows_hash: str
    # Relative to the plan's folder.
    file: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The records of one object that the source has no longer, by what was decided."""

    sobject: str
    delete: int
    mark: int
    keep: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that pre-flight saw; `stop` keeps the plan from being pushed."""

    code: str
    severity: str
    sobject: str
    field: str
    count: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The choices that a plan was made with."""

    default_owner: str | None
    default_owner_id: str | None
    api_version: str
    # Which rows it is made of (see plan_scope): whole, sample, delta or failed.
    scope: str
    # How many records a sample was to have and of which seed, or the run whose rows failed.
    scope_of: str
    # Whether patient data was replaced.
    masked: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: what will be sent where, and the two hashes that bind it."""

    plan: str
    created_at: str
    alias: str
    org_id: str
    is_sandbox: bool
    map_hash: str
    # Scope -> hash of that part of the map; `matches` and `deletions` -> hash of what was decided
    # in matches.csv and deletions.csv.
    parts: Mapping[str, str]
    data_hash: str
    # Of the file of proposals; empty where nothing was proposed.
    matches_sha256: str
    # Of the file of deletions; empty where there are none.
    deletions_sha256: str
    manifest_sha256: str
    settings: PlanSettings
    # In load order.
    objects: tuple[PlanObject, ...]
    # Only where the source has some no longer.
    gone: tuple[Gone, ...]
    findings: tuple[Finding, ...]
    # What changed in the map since it was last approved, part by part.
    changes: tuple[Change, ...]

    @property
    def stops(self) -> tuple[Finding, ...]:
        """List the findings that keep the plan from being pushed."""
        return tuple(finding for finding in self.findings if finding.severity == "stop")

    @property
    def stop_codes(self) -> tuple[str, ...]:
        """Name the kinds of these findings."""
        return tuple(sorted({finding.code for finding in self.stops}))

    def object(self, sobject: str) -> PlanObject:
        """Find an object of the plan by name."""
        return next(each for each in self.objects if each.sobject == sobject)


def write_plan(folder: Path, plan: Plan) -> None:
    """Write `plan.json` last, so that a folder without one is not a plan."""
    make_private_folder(folder)
    text = json.dumps(asdict(plan), indent=2, ensure_ascii=False) + "\n"
    write_private(folder / "plan.json", text.encode("utf-8"))


def read_plan(plans: Path, name: str) -> Plan:
    """
    Read a plan by its id, or the newest one as `latest`.

    Raises:
        PlanNotFound: there is no such plan.

    """
    return _plan_from(json.loads((plan_folder(plans, name) / "plan.json").read_text("utf-8")))


def plan_folder(plans: Path, name: str) -> Path:
    """
    Find the folder of a plan by its id, or of the newest one as `latest`.

    Raises:
        PlanNotFound: there is no such plan.

    """
    names = plan_names(plans)
    if name == LATEST and names:
        return plans / names[-1]
    if not names and (plans.parent / CERTIFICATES).is_dir():
        raise PlanNotFound(
            f"plan {name} was deleted by a purge, and all that could be done with it",
            hint="clinic-load audit-log export, which says when, by whom and where the list is",
        )
    if name not in names:
        raise PlanNotFound(f"there is no plan {name}", hint="clinic-load plan --org ALIAS")
    return plans / name


def plan_names(plans: Path) -> list[str]:
    """List the ids of all plans, oldest first."""
    names = (path.parent.name for path in plans.glob("*/plan.json"))
    # A plan that is being written stands under a hidden name.
    return sorted(name for name in names if not name.startswith("."))


def map_file(folder: Path) -> Path:
    """Name the file of the map that the plan was made by, in the parts that are approved."""
    return folder / "map.json"


def rows_file(folder: Path, sobject: PlanObject) -> Path:
    """Name the parquet of an object's rows."""
    return folder / sobject.file


def bodies_file(folder: Path, sobject: PlanObject) -> Path:
    """Name the parquet of an object's files; there is none for an object without them."""
    return folder / sobject.sobject / BODIES_FILE


def planned_rows(plan: Plan, folder: Path, cells: str) -> str:
    """Give the query of every planned row: `position`, `sobject`, and these cells of it."""
    return " union all ".join(
        f"select {each.order} as position, {literal(each.sobject)} as sobject, {cells} "  # noqa: S608
        f"from read_parquet({literal(str(rows_file(folder, each)))})"
        for each in plan.objects
    )


def failures_file(folder: Path, sobject: PlanObject) -> Path:
    """Name the parquet of the rows that pre-flight keeps back."""
    return folder / sobject.sobject / "failures.parquet"


def present_file(folder: Path, sobject: PlanObject) -> Path:
    """Name the parquet of what the org held in existing rows; there is none for a new object."""
    return folder / sobject.sobject / "present.parquet"


def matched_file(folder: Path, sobject: PlanObject) -> Path:
    """Name the parquet of matched rows: key and record id; there is none where there are none."""
    return folder / sobject.sobject / "matched.parquet"


def audit_file(folder: Path, table: str) -> Path:
    """Name the parquet of an audit table: row_counts, record_targets, excluded_records, ..."""
    return folder / "audit" / f"{table}.parquet"


def _plan_from(document: dict[str, Any]) -> Plan:
    objects = tuple(
        PlanObject(
            **{
                **_tupled(each, ("second_pass", "key")),
                "columns": tuple(
                    PlanColumn(**_tupled(column, ("objects",))) for column in each["columns"]
                ),
            }
        )
        for each in document["objects"]
    )
    if any(
        set(found) != {field.name for field in fields(kind)}
        for found, kind in ((document, Plan), (document.get("settings", {}), PlanSettings))
    ):
        raise WrongUsage(
            "the plan was written by another version of the loader",
            hint="clinic-load plan --org ALIAS",
        )
    return Plan(
        **{
            **document,
            "settings": PlanSettings(**document["settings"]),
            "objects": objects,
            "gone": tuple(Gone(**each) for each in document["gone"]),
            "findings": tuple(Finding(**finding) for finding in document["findings"]),
            "changes": tuple(
                Change(**_tupled(each, ("added", "removed", "changed")))
                for each in document["changes"]
            ),
        }
    )


def _tupled(document: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**document, **{name: tuple(document[name]) for name in names}}
