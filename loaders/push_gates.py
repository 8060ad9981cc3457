"""The gates before a push: each of them refuses while nothing has been sent yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loaders.approve import duplicates_allowed, flag_of, unapproved
from loaders.approve_counts import above_caps
from loaders.bench import Bench
from loaders.contract import read_mapping
from loaders.deletion_decisions import DELETIONS_FILE
from loaders.describe import describe_all
from loaders.errors import DONE, PushRefused
from loaders.hashes import field_changes, stale_reasons
from loaders.ledger import Ledger
from loaders.map_parts import CORE, DELETIONS, MATCHES
from loaders.masking import load_masks
from loaders.match_decisions import MATCHES_FILE
from loaders.org_connection import Org, require_named
from loaders.paths import data_folder, manifest_path
from loaders.plan_scope import FAILED
from loaders.plan_store import Plan, plan_folder
from loaders.preflight_schema import require_schema
from loaders.run_scope import require_same_masks, runs_of
from loaders.schema_values import read_value_sets
from loaders.warehouse import attach_warehouse


@dataclass(frozen=True, slots=True)
class Permit:
    """What a push may do."""

    allow_duplicates: bool
    no_rehearsal: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    production: str | None = None
    no_rehearsal: str | None = None


def pass_gates(plan: Plan, org: Org, ledger: Ledger, wish: Wish) -> Permit:
    """
    Let a push through that was planned for this org, approved, and rehearsed.

    A delta is approved with its map as long as it stays under the caps (see approve_counts).

    Raises:
        PushRefused: one of these is not so, or what is in the org is masked otherwise.
        ProductionNotNamed: production was not named by its id.

    """
    require_named(org, production=wish.production)
    if plan.org_id != org.org_id:
        raise PushRefused(
            f"plan {plan.plan} was made for another org than {org.alias}",
            hint=f"clinic-load plan --org {org.alias}",
        )
    if plan.stops:
        raise PushRefused(
            f"plan {plan.plan} has findings that stop it: {', '.join(plan.stop_codes)}",
            hint=f"do what the findings say, then clinic-load plan --org {org.alias}",
        )
    require_same_masks(ledger, plan)
    if missing := unapproved(ledger, plan.parts, needed(plan)):
        flags = "" if missing == CORE else "".join(f" {flag_of(scope)}" for scope in missing)
        raise PushRefused(
            f"plan {plan.plan} is not approved: {', '.join(missing)} not confirmed",
            hint=f'clinic-load approve {plan.plan} --by "A. Name"{flags}',
        )
    _require_under_caps(ledger, plan)
    excused = org.is_sandbox or wish.no_rehearsal
    if not excused and not rehearsals(ledger, map_hash=plan.map_hash):
        raise PushRefused(
            f"map {plan.map_hash[:12]} was never rehearsed: no push of it to a sandbox ended well"
            " and was verified without a difference",
            hint="plan --sample, push and verify in a sandbox, or push --no-rehearsal REASON",
        )
    return Permit(duplicates_allowed(ledger, plan.map_hash), wish.no_rehearsal)


def _require_under_caps(ledger: Ledger, plan: Plan) -> None:
    if above := above_caps(ledger, plan):
        counts = ", ".join(
            f"{each.rows:,} {each.kind} of {each.sobject} (cap {each.cap:,})" for each in above
        )
        raise PushRefused(
            f"delta {plan.plan} writes more than was approved: {counts}",
            hint=f'look at the plan, then clinic-load approve {plan.plan} --by "A. Name"',
        )


def needed(plan: Plan) -> tuple[str, ...]:
    """Name what has to be confirmed before this plan is pushed: decisions where there are any."""
    return (*CORE, *(scope for scope in (MATCHES, DELETIONS) if scope in plan.parts))


def require_same_decisions(plan: Plan, folder: Path) -> None:
    """
    Let a plan through whose files of decisions say what they said when the plan was made.

    Raises:
        PushRefused: somebody decided something else since: the plan does not know of it.

    """
    for name, sha256, again in (
        (MATCHES_FILE, plan.matches_sha256, "--matches"),
        (DELETIONS_FILE, plan.deletions_sha256, "--delta --deletions"),
    ):
        file = folder / name
        if (hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "") != sha256:
            raise PushRefused(
                f"{name} of plan {plan.plan} was changed since the plan was made",
                hint=f"clinic-load plan --org {plan.alias} {again} {file}",
            )


def rehearsals(ledger: Ledger, *, map_hash: str) -> tuple[str, ...]:
    """
    Name the pushes to a sandbox that open production for a map: complete, and as planned.

    What a wave sends again says nothing of all the rest.
    """
    verified = {act["run"] for act in ledger.chain.acts("verified") if act["differences"] == 0}
    verified -= runs_of(ledger, FAILED)
    return tuple(
        run.run
        for run in ledger.runs(kind="push")
        if run.is_sandbox
        and run.map_hash == map_hash
        and run.exit_code == DONE
        and run.run in verified
    )


def require_fresh(plan: Plan, bench: Bench, org: Org, environ: Mapping[str, str]) -> None:
    """
    Let a plan through that still stands for what manifest, warehouse and org hold.

    Raises:
        PushRefused: the mapping, a mart or a field of the org changed since.
        SchemaDiffers: the org no longer has, or no longer grants, what the mapping needs.

    """
    mapping, data = read_mapping(manifest_path(environ)), data_folder(environ)
    attach_warehouse(bench.db, data, database=mapping.database)
    load_masks(bench.db, data)
    reasons = stale_reasons(plan, plan_folder(data.plans, plan.plan), mapping, bench)
    if not reasons:
        described = describe_all(org, sorted(mapping.objects()))
        require_schema(mapping, described, read_value_sets(bench.db, mapping), org=org.alias)
        reasons = field_changes(plan, mapping, described)
    bench.db.execute(f'detach "{mapping.database}"')
    if reasons:
        raise PushRefused(
            f"plan {plan.plan} is stale: {'; '.join(reasons)}",
            hint=f"clinic-load plan --org {plan.alias}",
        )
