"""The rows of an earlier push that did not get there: what a remediation wave is made of."""

from __future__ import annotations

from pathlib import Path

from loaders.bench import Bench
from loaders.canonical import key_expression, literal
from loaders.contract import Mapping
from loaders.errors import WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_store import plan_folder, planned_rows, read_plan
from loaders.sample import CHOSEN


def choose_failed(bench: Bench, mapping: Mapping, ledger: Ledger, plans: Path, *, run: str) -> None:
    """
    Choose the rows of a push that failed, are held or were never sent, and put them on the bench.

    Raises:
        RunNotFound: there is no such push.
        WrongUsage: nothing of it is left to be done.

    """
    pushed = ledger.run(run, kind="push")
    plan, folder = read_plan(plans, pushed.plan), plan_folder(plans, pushed.plan)
    view_outcomes(bench.db, ledger.outcome_files(pushed.run))
    planned = planned_rows(plan, folder, "_key as key, _op")
    sent = "mask_whole_key({})" if plan.settings.masked else "{}"
    marts = " union all ".join(
        f"select {literal(mart.sobject)} as sobject, {key_expression(mart)} as key, "  # noqa: S608
        f"{sent.format(key_expression(mart))} as sent from {mart.relation}"
        for mart in mapping.marts
    )
    bench.db.execute(
        f"""
        create or replace temp table {CHOSEN} as
        select marts.sobject, marts.key from ({marts}) as marts
        inner join ({planned}) as planned
            on planned.sobject = marts.sobject and planned.key = marts.sent
        left join finals on finals.sobject = planned.sobject and finals.key = planned.key
        where planned._op not in ('unchanged', 'alias')
            and coalesce(finals.state not in ('created', 'updated'), true)
        """  # noqa: S608 - ours
    )
    if not bench.db.execute(f"select 1 from {CHOSEN} limit 1").fetchone():  # noqa: S608 - a constant
        raise WrongUsage(
            f"no row of run {pushed.run} failed or is held", hint="clinic-load plan --org ALIAS"
        )
