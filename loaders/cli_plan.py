"""The commands before a load: which org, schema, plan, approval."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from loaders.approve import Confirmation, approve
from loaders.bench import open_bench
from loaders.contract import read_mapping
from loaders.errors import REFUSED
from loaders.ledger import Ledger
from loaders.org_connection import Org, connect, require_named
from loaders.org_line import OrgLine
from loaders.orgs import report_org
from loaders.paths import data_folder, manifest_path
from loaders.plan import PlanRequest, make_plan
from loaders.plan_report import plan_tables
from loaders.plan_store import read_plan
from loaders.schema_deploy import SchemaDeploy, deploy_schema
from loaders.schema_package import build_package, build_settings, write_package
from loaders.schema_values import read_value_sets
from loaders.tables import new_table, print_tables
from loaders.warehouse import attach_warehouse, compare_with_warehouse

schema_app = typer.Typer(no_args_is_help=True, help="The org's metadata, from the manifest.")

OrgAlias = Annotated[str, typer.Option("--org", help="The org's alias; there is no default.")]
Production = Annotated[
    str | None, typer.Option("--production", help="The id of the production org, typed out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON on stdout.")]


def _now() -> datetime:
    return datetime.now(UTC)


def _narrate(text: str) -> None:
    typer.echo(text, err=True)


@contextmanager
def _org(alias: str) -> Iterator[Org]:
    org = connect(alias, environ=os.environ)
    try:
        yield org
    finally:
        org.close()


def orgs(org: OrgAlias, as_json: AsJson = False) -> None:
    """
    Say which org this is: sandbox or production, edition, limits, storage, settings we need.

    Example: clinic-load orgs --org UAT
    """
    with _org(org) as connected:
        report = report_org(connected)
    if as_json:
        typer.echo(json.dumps(asdict(report), indent=2))
        return
    table = new_table(f"org {report.alias}", names=("", ""))
    table.show_header = False
    table.add_row("kind", report.kind)
    for name in ("org_id", "name", "edition", "instance", "instance_url", "username"):
        table.add_row(name.replace("_", " "), getattr(report, name))
    table.add_row("API version", report.api_version)
    for name, (most, left) in report.limits.items():
        table.add_row(name, f"{left:,} left of {most:,}")
    for name, state in report.settings.items():
        table.add_row(name, state)
    print_tables([table])


@schema_app.command("build")
def schema_build(
    out: Annotated[
        Path | None, typer.Option(help="Folder; default: schema in the data folder.")
    ] = None,
) -> None:
    """
    Write the metadata package as a folder and a zip, from the manifest alone.

    Example: clinic-load schema build --out build/schema
    """
    data = data_folder(os.environ)
    mapping = read_mapping(manifest_path(os.environ))
    with open_bench(data) as bench:
        attach_warehouse(bench.db, data, database=mapping.database)
        value_sets = read_value_sets(bench.db, mapping)
    folder = out or data.root / "schema"
    for name, package in (
        ("settings", build_settings()),
        ("schema", build_package(mapping, value_sets, standard_value_sets={})),
    ):
        typer.echo(str(write_package(package, folder, name=name)))
    _narrate("Values for standard picklists are added at deploy, to those that the org has.")


@schema_app.command("deploy")
def schema_deploy(
    org: OrgAlias,
    check: Annotated[bool, typer.Option("--check", help="Validate only, change nothing.")] = False,
    production: Production = None,
) -> None:
    """
    Deploy settings and schema, grant them to the load user, and prove that each field is visible.

    Example: clinic-load schema deploy --org UAT --check
    """
    data = data_folder(os.environ)
    mapping = read_mapping(manifest_path(os.environ))
    with open_bench(data) as bench:
        attach_warehouse(bench.db, data, database=mapping.database)
        compare_with_warehouse(bench.db, mapping)
        value_sets = read_value_sets(bench.db, mapping)
    with _org(org) as connected:
        if not check:
            require_named(connected, production=production)
        line = OrgLine(client=connected.http, api_version=connected.api_version)
        wanted = SchemaDeploy(mapping, value_sets, check_only=check)
        for done in deploy_schema(connected, line, wanted):
            typer.echo(
                f"{done.name}: {done.created} created, {done.changed} changed,"
                f" {done.unchanged} unchanged ({done.deploy_id})"
            )
    if not check:
        _narrate("Every object and field of the mapping is visible to the load user.")


def plan(
    org: OrgAlias,
    default_owner: Annotated[
        str | None, typer.Option(help="Username that owns what matches no active user.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Plan a push: pre-flight, order, creates, updates, unchanged, checksums. Changes nothing.

    Example: clinic-load plan --org UAT --default-owner admin@clinic.example
    """
    manifest = manifest_path(os.environ)
    request = PlanRequest(data_folder(os.environ), manifest, default_owner, _now)
    with _org(org) as connected:
        made = make_plan(connected, request)
    if as_json:
        typer.echo(json.dumps(asdict(made), indent=2))
    else:
        print_tables(plan_tables(made))
        typer.echo(f"plan {made.plan}")
    if made.stops:
        _narrate(f"Error: {len(made.stops)} findings stop this plan: {made.stops[0].message}")
        _narrate(f"Try: {made.stops[0].hint}")
        raise typer.Exit(REFUSED)
    _narrate(f'Next: clinic-load approve {made.plan} --by "Your Name"')


# Each option of a command is a parameter of its function.
def approve_command(  # noqa: PLR0913, PLR0917
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="A plan's id, or latest.")],
    by: Annotated[str, typer.Option("--by", help="Who confirms the map.")],
    objects: Annotated[bool, typer.Option("--objects", help="Confirm the objects.")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Confirm the fields.")] = False,
    values: Annotated[bool, typer.Option("--values", help="Confirm the picklist values.")] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="Confirm saving in spite of duplicate alerts.")
    ] = False,
    auto_rollback: Annotated[
        bool, typer.Option("--auto-rollback", help="Allow an automatic rollback.")
    ] = False,
) -> None:
    """
    Record who confirmed the map of a plan; without a flag: objects, fields, values and rules.

    Example: clinic-load approve latest --by "Ada Example"
    """
    data = data_folder(os.environ)
    chosen = {"objects": objects, "fields": fields, "values": values, "rules": rules}
    scopes = tuple(name for name, given in chosen.items() if given)
    found = read_plan(data.plans, plan_id)
    ledger = Ledger.open(data.ledger)
    try:
        done = approve(ledger, found, Confirmation(by, scopes, auto_rollback), clock=_now)
    finally:
        ledger.close()
    typer.echo(
        f"{done.approved_by} confirmed {', '.join(done.scopes)} of plan {done.plan},"
        f" map {done.map_hash[:12]}"
    )
    _narrate(f"Next: clinic-load push {done.plan} --org {found.alias}")


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("orgs")(orgs)
    app.add_typer(schema_app, name="schema")
    app.command("plan")(plan)
    app.command("approve")(approve_command)
