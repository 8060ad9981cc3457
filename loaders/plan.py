"""The dry run: everything that a push would do, written down, with nothing changed in the org."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from loaders.bench import Bench, open_bench
from loaders.canonical import literal, quoted
from loaders.contract import Mapping, read_mapping
from loaders.deletion_decisions import (
    Decided,
    decide_gone,
    gone_findings,
    read_deletions,
    write_gone,
)
from loaders.describe import ObjectDescribe, describe_all
from loaders.existing import Reader, read_keys, read_values
from loaders.hashes import data_hash, rows_hash
from loaders.landed_source import keep_source, source_file
from loaders.ledger import Ledger
from loaders.load_order import Step, load_order
from loaders.lost_keys import propose_lost
from loaders.map_changes import Change, changes_since_approval, keep_parts
from loaders.map_parts import DELETIONS, MATCHES, Parts, hash_of_parts, map_parts, part_hashes
from loaders.masking import load_masks
from loaders.match_decisions import (
    MATCHES_FILE,
    decide_matches,
    hold_undecided,
    matched_ids,
    read_decisions,
    write_matched,
    write_matches,
)
from loaders.matches import propose
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.paths import PRIVATE_FILE, DataFolder, make_private_folder, write_private
from loaders.plan_columns import plan_columns
from loaders.plan_request import PlanRequest, choose_rows
from loaders.plan_rows import (
    ObjectRows,
    decide,
    failures_table,
    make_rows,
    rows_table,
    write_present,
    write_rows,
)
from loaders.plan_scope import DELTA, SAMPLE, source_of, write_audit
from loaders.plan_store import (
    BODIES_FILE,
    Finding,
    Plan,
    PlanObject,
    PlanSettings,
    map_file,
    write_plan,
)
from loaders.preflight import Planned, all_findings
from loaders.preflight_extracts import extract_findings, unaudited
from loaders.preflight_org import find_default_owner, outside_a_sandbox
from loaders.preflight_parents import allow_parents
from loaders.preflight_rows import keep_back, row_findings
from loaders.preflight_schema import differences, schema_findings
from loaders.preflight_shape import shape_findings
from loaders.pushed import changed_ids
from loaders.references import USER, read_meanings, resolve
from loaders.sample_coverage import write_coverage
from loaders.schema_diff import tell_hidden
from loaders.schema_values import read_value_sets
from loaders.warehouse import attach_warehouse, compare_with_warehouse, count


@dataclass(frozen=True, slots=True)
class _Site:
    """Everything that planning one object needs besides the object."""

    mapping: Mapping
    reader: Reader
    described: dict[str, ObjectDescribe]
    settings: PlanSettings
    folder: Path
    now: datetime

    @property
    def bench(self) -> Bench:
        return self.reader.bench


def make_plan(org: Org, request: PlanRequest) -> Plan:
    """
    Plan a push of the warehouse to an org, and write the plan.

    Where the org lacks what the mapping needs, the plan is stopped and holds no rows: the map in
    it can be approved before there is a schema.

    Raises:
        MappingRefused: the manifest says something unknown.
        WarehouseDiffers: the tables are not what the manifest promises.
        SchemaDiffers: the default owner is no active user.
        LoadOrderImpossible: required lookups form a circle.
        Unavailable: the org or the warehouse cannot be read.

    """
    mapping = read_mapping(request.manifest)
    with open_bench(request.data) as bench:
        attach_warehouse(bench.db, request.data, database=mapping.database)
        compare_with_warehouse(bench.db, mapping)
        described = describe_all(org, sorted(mapping.objects()))
        value_sets = read_value_sets(bench.db, mapping)
        lacking = schema_findings(
            tell_hidden(org, differences(mapping, described, value_sets)), org=org.alias
        )
        owner = None if lacking else find_default_owner(org, request.default_owner)
        line = OrgLine(client=org.http, api_version=org.api_version)
        folder = make_private_folder(
            make_private_folder(request.data.plans) / f".{uuid.uuid4().hex}"
        )
        settings = PlanSettings(
            default_owner=request.default_owner,
            default_owner_id=owner,
            api_version=org.api_version,
            scope=request.scope,
            scope_of=request.scope_of,
            masked=org.is_sandbox if request.masked is None else request.masked,
        )
        site = _Site(mapping, Reader(line, bench), described, settings, folder, request.clock())
        try:
            load_masks(bench.db, request.data)
            choose_rows(bench, mapping, request, org)
            if lacking:
                return _write(org, request, site, [], lacking)
            read_decisions(bench, request.matches)
            read_deletions(bench, request.deletions, sobjects=mapping.objects())
            read_meanings(line, bench, objects=mapping.objects())
            planned = _plan_objects(site)
            return _write(org, request, site, planned, _findings(org, request, site, planned))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _plan_objects(site: _Site) -> list[Planned]:
    steps = load_order(site.mapping)
    for step in steps:
        read_keys(site.reader, site.mapping, site.mapping.mart(step.sobject))
    return [_plan_object(site, step, order=order) for order, step in enumerate(steps, start=1)]


def _plan_object(site: _Site, step: Step, *, order: int) -> Planned:
    db, mart = site.bench.db, site.mapping.mart(step.sobject)
    described = site.described[mart.sobject]
    columns = plan_columns(mart, described)
    rows = ObjectRows(
        mart=mart,
        columns=columns,
        second_pass=step.second_pass,
        default_owner_id=site.settings.default_owner_id,
        with_users=USER in site.mapping.objects(),
        masked=site.settings.masked,
        source=source_of(mart, scope=site.settings.scope),
        delta=site.settings.scope == DELTA,
    )
    folder = make_private_folder(site.folder / mart.sobject)
    make_rows(db, rows, bodies=folder / BODIES_FILE)
    resolve(site.bench, mart.sobject, columns, rows=rows_table(mart.sobject))
    propose_lost(site.reader, mart, described)
    propose(site.reader, rows, described)
    decide_matches(site.bench, mart)
    keep_back(site.reader, rows, described)
    hold_undecided(site.bench, mart)
    allow_parents(db, mart.sobject)
    known = count(db, f"select count(*) from {quoted(f'keys_{mart.sobject}')}")  # noqa: S608 - ours
    only = None
    if rows.delta:
        decide_gone(site.bench, mart, described, columns)
        only = changed_ids(site.bench, mart)
    if known:
        read_values(site.reader, mart, columns, also=matched_ids(site.bench, mart), only=only)
    counts = decide(db, rows, compare=bool(known))
    file = folder / "rows.parquet"
    write_rows(db, rows, to=file)
    if known:
        write_present(db, rows, to=folder / "present.parquet")
        write_matched(site.bench, mart, to=folder / "matched.parquet")
    failures, rows_name = quoted(failures_table(mart.sobject)), quoted(rows_table(mart.sobject))
    _copy(db_table=failures, to=folder / "failures.parquet", bench=site.bench)
    entry = PlanObject(
        sobject=mart.sobject,
        model=mart.model,
        order=order,
        second_pass=step.second_pass,
        key=mart.key,
        external_id=mart.external_id,
        lock_parent=mart.lock_parent,
        columns=columns,
        rows=counts.rows,
        creates=counts.creates,
        updates=counts.updates,
        unchanged=counts.unchanged,
        failed=counts.failed,
        held=counts.held,
        aliases=counts.aliases,
        rows_hash=rows_hash(db, f"select _row_hash from {rows_name}"),  # noqa: S608 - ours
        file=f"{mart.sobject}/rows.parquet",
    )
    found = [*row_findings(db, rows, described), *shape_findings(db, rows, now=site.now)]
    return Planned(entry, counts, tuple(found))


def _copy(*, db_table: str, to: Path, bench: Bench) -> None:
    bench.db.execute(f"copy (select * from {db_table}) to {literal(str(to))} (format parquet)")  # noqa: S608 - ours


def _findings(
    org: Org, request: PlanRequest, site: _Site, planned: list[Planned]
) -> tuple[Finding, ...]:
    found = all_findings(
        org,
        site.reader,
        planned,
        described=site.described,
        has_default_owner=site.settings.default_owner_id is not None,
    )
    stale = keep_source(site.bench, request.data, to=source_file(site.folder))
    of_source = (*stale, *extract_findings(request.data))
    of_sample = (*unaudited(request.data), *outside_a_sandbox(org)) if request.sample else ()
    return (*of_source, *of_sample, *found)


def _write(
    org: Org,
    request: PlanRequest,
    site: _Site,
    planned: list[Planned],
    findings: tuple[Finding, ...],
) -> Plan:
    hash_of_data = data_hash({each.entry.sobject: each.entry.rows_hash for each in planned})
    now = site.now
    parts = map_parts(site.mapping)
    hashes = part_hashes(parts)
    sobjects = [each.entry.sobject for each in planned]
    of_file, of_decisions = write_matches(site.bench, sobjects, to=site.folder / MATCHES_FILE)
    gone = write_gone(site.bench, site.folder) if planned and request.delta else Decided()
    decided = {MATCHES: of_decisions, DELETIONS: gone.acts_sha256}
    plan = Plan(
        plan=f"{now.strftime('%Y%m%dT%H%M%S%fZ')}-{hash_of_data[:8]}",
        created_at=now.isoformat(),
        alias=org.alias,
        org_id=org.org_id,
        is_sandbox=org.is_sandbox,
        map_hash=hash_of_parts(hashes),
        parts=hashes | {scope: found for scope, found in decided.items() if found},
        data_hash=hash_of_data,
        matches_sha256=of_file,
        deletions_sha256=gone.file_sha256,
        manifest_sha256=site.mapping.manifest_sha256,
        settings=site.settings,
        objects=tuple(each.entry for each in planned),
        gone=gone.objects,
        findings=(*gone_findings(gone), *findings),
        changes=_changes(request.data, parts),
    )
    audit, settings = make_private_folder(site.folder / "audit"), site.settings
    write_audit(site.bench, site.mapping, audit, scope=settings.scope, masked=settings.masked)
    if settings.scope == SAMPLE:
        write_coverage(site.bench, site.folder)
    keep_parts(map_file(site.folder), parts)
    write_private(site.folder / "manifest.json", site.mapping.manifest_path.read_bytes())
    for file in site.folder.rglob("*.parquet"):
        file.chmod(PRIVATE_FILE)
    write_plan(site.folder, plan)
    site.folder.rename(request.data.plans / plan.plan)
    return plan


def _changes(data: DataFolder, parts: Parts) -> tuple[Change, ...]:
    ledger = Ledger.open(data.ledger)
    try:
        return changes_since_approval(ledger, parts)
    finally:
        ledger.close()
