"""The commands before a load: which org, plan, approval."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from loaders.approve import Confirmation, approve, unapproved
from loaders.cli_options import AsJson, OrgAlias, connected_org, narrate, now, open_ledger
from loaders.deletion_decisions import DELETIONS_FILE
from loaders.errors import REFUSED, WrongUsage
from loaders.estimate_requests import record_requests
from loaders.map_changes import read_parts
from loaders.map_parts import DELETIONS, MATCHES, SCOPES
from loaders.match_decisions import MATCHES_FILE
from loaders.orgs import report_org
from loaders.paths import data_folder, manifest_path
from loaders.plan import make_plan
from loaders.plan_report import plan_tables
from loaders.plan_request import PlanRequest
from loaders.plan_store import map_file, plan_folder, read_plan
from loaders.preflight_extracts import leave_approval
from loaders.push_gates import needed
from loaders.sample import SAMPLE_RECORDS, Sample
from loaders.tables import new_table, print_tables


def orgs(org: OrgAlias, as_json: AsJson = False) -> None:
    """
    Say which org this is: sandbox or production, edition, limits, storage, settings we need.

    Example: clinic-load orgs --org UAT
    """
    with connected_org(org) as connected:
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


def with_sample_size(arguments: list[str]) -> list[str]:
    """Give `--sample` its usual number where it has none: typer knows no option with or without."""
    given: list[str] = []
    for place, argument in enumerate(arguments):
        given.append(argument)
        following = arguments[place + 1 : place + 2]
        if argument == "--sample" and (not following or following[0].startswith("-")):
            given.append(str(SAMPLE_RECORDS))
    return given


# Each option of a command is a parameter of its function.
def plan(  # noqa: PLR0913, PLR0917
    org: OrgAlias,
    default_owner: Annotated[
        str | None, typer.Option(help="Username that owns what matches no active user.")
    ] = None,
    matches: Annotated[
        Path | None,
        typer.Option(help="The matches.csv of an earlier plan, with what a person decided."),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"Plan about so many records only; {SAMPLE_RECORDS} where no number is given.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Which of the samples of that size.")] = 1,
    delta: Annotated[
        bool, typer.Option("--delta", help="Push only what is new or changed since the last push.")
    ] = False,
    deletions: Annotated[
        Path | None,
        typer.Option(help="The deletions.csv of an earlier delta, with what a person decided."),
    ] = None,
    only_failed: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Plan only what failed or was held in this run."),
    ] = None,
    mask: Annotated[
        bool | None,
        typer.Option(
            "--mask/--no-mask",
            help="Replace patient data by masks, or send it as it is; masks are the rule in a"
            " sandbox.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Plan a push: pre-flight, order, creates, updates, unchanged, checksums. Changes nothing.

    A sample holds whole families, every odd case that the audits found, and all that they point
    to. Taking its run back takes all of it back.

    Example: clinic-load plan --org UAT --sample --default-owner admin@clinic.example
    """
    if sum((sample is not None, delta, only_failed is not None)) > 1:
        raise WrongUsage(
            "--sample, --delta and --only-failed exclude one another",
            hint="clinic-load plan with one of them",
        )
    if deletions and not delta:
        raise WrongUsage(
            "only a delta knows what the source has no longer",
            hint="clinic-load plan --delta --deletions FILE",
        )
    request = PlanRequest(
        data=data_folder(os.environ),
        manifest=manifest_path(os.environ),
        default_owner=default_owner,
        clock=now,
        matches=matches,
        sample=Sample(sample, seed) if sample else None,
        delta=delta,
        deletions=deletions,
        only_failed=only_failed,
        masked=mask,
    )
    with connected_org(org) as connected:
        made = make_plan(connected, request)
        with open_ledger(request.data) as ledger:
            record_requests(ledger, connected, of=made.plan)
    if as_json:
        typer.echo(json.dumps(asdict(made), indent=2))
    else:
        print_tables(plan_tables(made))
        typer.echo(f"plan {made.plan}")
    if made.stops:
        codes = ", ".join(made.stop_codes)
        narrate(f"Error: {len(made.stops)} findings stop this plan: {codes}")
        narrate(f"Try: {made.stops[0].hint}")
        raise typer.Exit(REFUSED)
    folder = request.data.plans / made.plan
    if made.matches_sha256:
        narrate(f"Look at what may be in the org already: {folder / MATCHES_FILE}")
    if any(each.undecided for each in made.gone):
        narrate(f"Decide about what the source has no longer: {folder / DELETIONS_FILE}")
    narrate(f'Next: clinic-load approve {made.plan} --by "Your Name"')


# Each option of a command is a parameter of its function.
def approve_command(  # noqa: PLR0913, PLR0917
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="A plan's id, or latest.")],
    by: Annotated[str, typer.Option("--by", help="Who confirms the map.")],
    objects: Annotated[
        bool, typer.Option("--objects", help="Confirm which objects, with keys and record types.")
    ] = False,
    fields: Annotated[
        bool, typer.Option("--fields", help="Confirm the fields: types, lengths, lookups, PHI.")
    ] = False,
    values: Annotated[
        bool, typer.Option("--values", help="Confirm picklist values and crosswalks.")
    ] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="Confirm the SQL that makes the rows.")
    ] = False,
    settings: Annotated[
        bool, typer.Option("--settings", help="Confirm switching on what the org must allow.")
    ] = False,
    related_lists: Annotated[
        bool, typer.Option("--related-lists", help="Confirm lists of ours on the org's screens.")
    ] = False,
    matches: Annotated[
        bool, typer.Option("--matches", help="Confirm what matches.csv of the plan decides.")
    ] = False,
    deletions: Annotated[
        bool, typer.Option("--deletions", help="Confirm what deletions.csv deletes and marks.")
    ] = False,
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Allow saving in spite of duplicate alerts.")
    ] = False,
    auto_rollback: Annotated[
        bool,
        typer.Option(
            "--auto-rollback",
            help="Allow an automatic rollback, until the map is approved without it.",
        ),
    ] = False,
) -> None:
    """
    Record who confirmed the map of a plan; without a flag: objects, fields, values and rules.

    Each part is confirmed as it is now: a change of one part leaves the other approvals standing.
    Settings and related lists change what the org had before us: they are confirmed by name only.

    Example: clinic-load approve latest --by "Ada Example"
    """
    data = data_folder(os.environ)
    chosen = (objects, fields, values, rules, settings, related_lists, matches, deletions)
    named = zip((*SCOPES, MATCHES, DELETIONS), chosen, strict=True)
    scopes = tuple(scope for scope, given in named if given)
    found = read_plan(data.plans, plan_id)
    with open_ledger(data) as ledger:
        said = Confirmation(by, scopes, auto_rollback, allow_duplicates)
        parts = read_parts(map_file(plan_folder(data.plans, found.plan)))
        done = approve(ledger, found, said, parts=parts, clock=now)
        missing = unapproved(ledger, found.parts, needed(found))
    if not missing:
        leave_approval(data, done)
    typer.echo(
        f"{done.approved_by} confirmed {', '.join(done.scopes)} of plan {done.plan},"
        f" map {done.map_hash[:12]}"
    )
    if missing:
        narrate(f"Not confirmed yet, and needed by a push: {', '.join(missing)}")
    elif found.stops:
        narrate(f"Next: clinic-load schema deploy --org {found.alias}")
    else:
        narrate(f"Next: clinic-load push {done.plan} --org {found.alias}")


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("orgs")(orgs)
    app.command("plan")(plan)
    app.command("approve")(approve_command)
