"""The commands about the org's metadata: build, compare, deploy, remove."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from loaders.approve import require_approved
from loaders.bench import open_bench
from loaders.cli_options import AsJson, OrgAlias, Production, connected_org, narrate
from loaders.contract import read_mapping
from loaders.describe import describe_all
from loaders.errors import INCOMPLETE
from loaders.mapping import Mapping
from loaders.org_connection import require_named
from loaders.org_line import OrgLine
from loaders.paths import DataFolder, data_folder, manifest_path, write_private
from loaders.related_lists import add_related_lists
from loaders.runs import Desk, open_desk
from loaders.schema_deploy import SchemaDeploy, deploy_schema
from loaders.schema_diff import diff_schema
from loaders.schema_drop import drop_schema
from loaders.schema_grants import hand_off
from loaders.schema_package import build_package, build_settings, write_package
from loaders.schema_project import project_files, write_project
from loaders.schema_report import (
    hand_off_line,
    related_lists_tables,
    schema_diff_tables,
    schema_drop_table,
    uncovered_phi_tables,
)
from loaders.schema_shield import refused_schemes, uncovered_phi, without_schemes
from loaders.schema_values import ValueSet, lacking_value_sets, read_value_sets
from loaders.tables import print_tables
from loaders.warehouse import attach_warehouse, compare_with_warehouse

schema_app = typer.Typer(no_args_is_help=True, help="The org's metadata, from the manifest.")


def _read_mapping(data: DataFolder, *, compare: bool = True) -> tuple[Mapping, dict[str, ValueSet]]:
    """Read the mapping and its value sets; by default only one that the warehouse agrees with."""
    mapping = read_mapping(manifest_path(os.environ))
    with open_bench(data) as bench:
        attach_warehouse(bench.db, data, database=mapping.database)
        if compare:
            compare_with_warehouse(bench.db, mapping)
        return mapping, read_value_sets(bench.db, mapping)


ProvisionUsers = Annotated[
    bool,
    typer.Option("--provision-users", help="Allow the load user to make users (ManageUsers)."),
]


@schema_app.command("build")
def schema_build(
    out: Annotated[
        Path | None, typer.Option(help="Folder; default: schema in the data folder.")
    ] = None,
    org: Annotated[
        str | None, typer.Option("--org", help="The org that it is for, whose values it keeps.")
    ] = None,
    provision_users: ProvisionUsers = False,
) -> None:
    """
    Write the metadata package as folder, zip and Salesforce DX project, from the manifest.

    The PHI columns that field encryption does not cover are listed, and stand in a file beside it.

    A deployed standard picklist replaces the org's own list: only with --org, whose values stay in
    it, are those lists part of the package.

    Example: clinic-load schema build --org UAT --out build/schema
    """
    data = data_folder(os.environ)
    mapping, value_sets = _read_mapping(data, compare=False)
    deployable, standard = _for_org(org, mapping, value_sets) if org else (mapping, {})
    folder = out or data.root / "schema"
    schema = build_package(
        deployable, value_sets, standard_value_sets=standard, provisions_users=provision_users
    )
    packages = (("settings", build_settings()), ("schema", schema))
    for name, package in packages:
        typer.echo(str(write_package(package, folder, name=name)))
    typer.echo(str(write_project(project_files(packages), folder / "project")))
    uncovered = uncovered_phi(mapping)
    report = folder / "phi-not-encrypted.json"
    write_private(report, (json.dumps([asdict(e) for e in uncovered], indent=2) + "\n").encode())
    typer.echo(str(report))
    print_tables(uncovered_phi_tables(uncovered))
    if not org:
        narrate("Our values of standard picklists are left out: add --org ALIAS to deploy by hand.")
        narrate("Encrypted fields need Shield: --org ALIAS leaves out what its org does not take.")


def _for_org(
    alias: str, mapping: Mapping, value_sets: dict[str, ValueSet]
) -> tuple[Mapping, dict[str, bytes]]:
    """Fit the mapping to an org: its own picklist values, and the encryption that it takes."""
    with connected_org(alias) as org:
        described = describe_all(org, sorted(mapping.objects()))
        refused = refused_schemes(OrgLine(org.http, org.api_version), mapping)
    _narrate_refused(refused)
    return (
        without_schemes(mapping, refused, described),
        lacking_value_sets(mapping, value_sets, described),
    )


def _narrate_refused(refused: dict[str, str]) -> None:
    for scheme, problem in refused.items():
        narrate(f"Not encrypted: fields with {scheme}; the org says: {problem}")


@schema_app.command("deploy")
def schema_deploy(
    org: OrgAlias,
    check: Annotated[bool, typer.Option("--check", help="Validate only, change nothing.")] = False,
    provision_users: ProvisionUsers = False,
    related_lists: Annotated[
        bool,
        typer.Option("--related-lists", help="Only: widen the customer's layouts, if approved."),
    ] = False,
    production: Production = None,
) -> None:
    """
    Deploy settings and schema, grant them to the load user, and prove that each field is visible.

    Example: clinic-load schema deploy --org UAT --check
    """
    data = data_folder(os.environ)
    mapping, value_sets = _read_mapping(data)
    with open_desk(org, os.environ, writes=not check) as desk:
        if not check:
            require_named(desk.org, production=production)
        if related_lists:
            _deploy_related_lists(desk, mapping, check_only=check)
            return
        wanted = SchemaDeploy(mapping, value_sets, check, provision_users)
        done = deploy_schema(desk.org, desk.line, desk.ledger, wanted)
    for each in done.packages:
        typer.echo(
            f"{each.name}: {each.created} created, {each.changed} changed,"
            f" {each.unchanged} unchanged ({each.deploy_id})"
        )
    _narrate_refused(done.refused_schemes)
    for setting in done.settings_off:
        narrate(f"Off in this org: {setting.label}; {setting.otherwise or 'left out of the check'}")
        narrate(f"Try: {setting.click_path}")
    if not check:
        narrate("Every object and field of the mapping is visible to the load user.")


def _deploy_related_lists(desk: Desk, mapping: Mapping, *, check_only: bool) -> None:
    """Add to the layouts of Account, Contact and Event what somebody approved by name."""
    if not check_only:
        require_approved(desk.ledger, mapping, "related_lists", org=desk.org.alias)
    done = add_related_lists(desk.org, desk.line, desk.ledger, mapping, check_only=check_only)
    print_tables(related_lists_tables(done, check_only=check_only))
    narrate(
        f"{len(done.added):,} layouts to widen, {len(done.untouched):,} show all of it already."
    )
    if done.installed:
        narrate(f"Left alone, since a package brought them: {', '.join(done.installed)}")


@schema_app.command("diff")
def schema_diff(org: OrgAlias, as_json: AsJson = False) -> None:
    """
    Compare the mapping with the org, field by field; exit 4 when a deploy would change something.

    Example: clinic-load schema diff --org UAT
    """
    mapping, value_sets = _read_mapping(data_folder(os.environ))
    with connected_org(org) as connected:
        found = diff_schema(connected, mapping, value_sets)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
    else:
        print_tables(schema_diff_tables(found))
    if not found.differences:
        narrate(f"No difference in {found.fields:,} fields of {found.objects:,} objects.")
    if not found.is_equal:
        narrate(f"Try: clinic-load schema deploy --org {org}")
        raise typer.Exit(INCOMPLETE)


@schema_app.command("drop")
def schema_drop(
    org: OrgAlias,
    check: Annotated[bool, typer.Option("--check", help="Validate only, change nothing.")] = False,
    production: Production = None,
) -> None:
    """
    Remove what our deploys created in the org, once no record would lose anything with it.

    Example: clinic-load schema drop --org UAT --check
    """
    with open_desk(org, os.environ, writes=not check) as desk:
        if not check:
            require_named(desk.org, production=production)
        done = drop_schema(desk.org, desk.line, desk.ledger, desk.bench, check_only=check)
    print_tables([schema_drop_table(done, check_only=check)])


@schema_app.command("hand-off")
def schema_hand_off(
    org: OrgAlias,
    check: Annotated[bool, typer.Option("--check", help="Look only, change nothing.")] = False,
    as_json: AsJson = False,
    production: Production = None,
) -> None:
    """
    Take the migration permission set from the load user; exit 4 while somebody still holds it.

    Example: clinic-load schema hand-off --org UAT --check
    """
    with open_desk(org, os.environ, writes=not check) as desk:
        if not check:
            require_named(desk.org, production=production)
        done = hand_off(desk.org, desk.ledger, check_only=check)
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2))
    else:
        typer.echo(hand_off_line(done, check_only=check))
    if done.others or (check and done.held):
        raise typer.Exit(INCOMPLETE)
