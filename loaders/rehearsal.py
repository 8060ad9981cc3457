"""Rehearse a go-live on two stand-in orgs, from the first sample to a push that is taken back."""

from __future__ import annotations

import argparse
import csv
import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from extract.demo_process import Clinic, demo_clinic
from extract.page.wording import counted
from loaders.deletion_decisions import DELETIONS_FILE
from loaders.demo import approve, build, compare, plan, prepare, push, show, verify
from loaders.demo_road import (
    PRODUCTION,
    SANDBOX,
    Org,
    Road,
    StepFailed,
    environment,
    say,
    serving,
    tell_how_to_look,
    walk_afresh,
)
from loaders.errors import INCOMPLETE
from loaders.paths import PRIVATE_FILE
from loaders.plan_store import DELETE, KEEP, LATEST, plan_folder
from loaders.rehearsal_hooks import change_clinic, lose_rows

BY = "rehearsal"
# Only a job loses records, and the second wave of a small clinic is to have one.
BULK_FROM = 10
# What changes at the source between the full load and the delta.
EDITED, ADDED, DELETED = 0.02, 0.01, 0.005
# Of a chart that the source deleted, what nobody needs any more; the rest has to be kept.
PASSING = frozenset({"Event", "Recall_Configuration__c", "Task"})
LOST_OBJECT, LOST_SHARE = "Lab_Result__c", 0.03


@dataclass(frozen=True, slots=True)
class Stage:
    """The clinic that is left, and the road to each of the two orgs."""

    clinic: Clinic
    sandbox: Road
    production: Road
    patients: int


def read(stage: Stage, *options: str, title: str = "Read the clinic") -> None:
    """Land what is new, or with `--full` all of it, and see what the source deleted."""
    road = stage.production
    with road.step(title) as findings:
        landed = road.ask(
            "clinic-extract", "run", "fhir", "--system", "demo", "--url", stage.clinic.url, *options
        )
        totals, deleted = landed["totals"], sum(landed["deleted"].values())
        findings += [
            f"{totals['new']:,} new, {totals['changed']:,} changed, {deleted:,} deleted,",
            f"{totals['quarantined']:,} quarantined",
        ]


def report(road: Road, title: str) -> Path:
    """Write the completion report of the last run, and give its page."""
    with road.step(title) as findings:
        said = road.hear("clinic-load", "report", "latest")
        page = Path(said.stderr.strip().removeprefix("The report: "))
        findings.append(said.stdout.strip())
    return page


def freeze(road: Road, *, has_moved: bool) -> None:
    """Compare the source with what the last push was planned from."""
    with road.step("Freeze") as findings:
        code = INCOMPLETE if has_moved else 0
        moved = road.ask("clinic-load", "freeze", *road.org, code=code)["moved"]
        findings.append(
            f"{moved:,} records moved since the last plan"
            if moved
            else "the source stood still: counts, newest change and hash of each type are the same"
        )


def decide(road: Road) -> None:
    """Decide what goes of what the source deleted and what is kept, plan that, and confirm it."""
    with road.step("Decide on deletions") as findings:
        file = plan_folder(road.folder / "plans", LATEST) / DELETIONS_FILE
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
        decided = file.with_name("decided.csv")
        with decided.open("w", encoding="utf-8", newline="") as sink:
            writer = csv.DictWriter(sink, rows[0].keys())
            writer.writeheader()
            for row in rows:
                row["decision"] = DELETE if row["sobject"] in PASSING else KEEP
                writer.writerow(row)
        decided.chmod(PRIVATE_FILE)
        gone = sum(row["decision"] == DELETE for row in rows)
        findings += [
            f"{gone:,} to delete: appointments, tasks, recalls;",
            f"{len(rows) - gone:,} to keep, as records have to be kept",
        ]
    plan(road, "--delta", "--deletions", str(decided), title="Plan it with them")
    if not gone:
        # Nothing changes in the org by what is kept: there is nothing to confirm.
        return
    with road.step("Approve deletions") as findings:
        road.run("clinic-load", "approve", "latest", "--by", BY, "--deletions")
        findings.append(f"by {BY}, once more and by name")


def in_sandbox(stage: Stage, sample: int) -> None:
    """Confirm the map and try it out on a masked sample."""
    say("In the sandbox\n")
    road = stage.sandbox
    read(stage)
    with road.step("Audit") as findings:
        road.run("clinic-extract", "audit")
        findings.append("each odd case is a reason to be in the sample")
    build(road)
    approve(road, by=BY)
    prepare(road)
    plan(road, "--sample", str(sample), title="Plan a sample")
    push(road)
    verify(road)
    report(road, "Report")


def in_production(stage: Stage) -> None:
    """Load everything, once a person has approved it."""
    say("\nIn production\n")
    road = stage.production
    prepare(road)
    plan(road)
    with road.step("Approve the load") as findings:
        road.run("clinic-load", "approve", "latest", "--by", BY)
        findings.append(f"by {BY}: the map that the sandbox proved")
    show(push(road))
    verify(road)


def go_live(stage: Stage) -> Path:
    """Bring over what changed at the source, prove that it stands still; give the last report."""
    say("\nThe source changes, until it is frozen\n")
    road = stage.production
    with road.step("Work goes on") as findings:
        shares = (("edit", EDITED), ("add", ADDED), ("delete", DELETED))
        wanted = {name: max(1, round(share * stage.patients)) for name, share in shares}
        done = change_clinic(stage.clinic, **wanted)
        how = ("edited", "added", "deleted")
        findings.append(", ".join(f"{counted(len(done[each]), 'chart')} {each}" for each in how))
    read(stage, "--full")
    freeze(road, has_moved=True)
    build(road)
    plan(road, "--delta", title="Plan the delta")
    decide(road)
    push(road)
    read(stage, "--full", title="Read it once more")
    freeze(road, has_moved=False)
    verify(road)
    return report(road, "Completion report")


def second_wave(stage: Stage, charts: int) -> None:
    """Lose a part of a second push on the way: first take it back by hand, then by itself."""
    say("\nA second wave loses 3 % of an object on the way\n")
    road = stage.production
    before = road.dump()
    with road.step("Work goes on") as findings:
        added = change_clinic(stage.clinic, add=charts)["added"]
        findings.append(f"{counted(len(added), 'chart')} added")
    read(stage)
    build(road)
    offer = lossy_push(road, plan(road, "--delta", title="Plan the wave"))
    with road.step("Look at the offer") as findings:
        seen = road.ask(*offer)
        gone, held = (sum(each[name] for each in seen["objects"]) for name in ("deleted", "held"))
        findings.append(f"{gone:,} rows would go, {held:,} would be held")
    with road.step("Take it up") as findings:
        road.run("clinic-load", "rollback", "latest", *road.org, *road.production)
        findings.append(unchanged(road, before))
    again = plan(road, "--delta", title="Plan it again")
    with road.step("Approve a rollback") as findings:
        road.run("clinic-load", "approve", "latest", "--by", BY, "--auto-rollback")
        findings.append("approved before: what loses too much is taken back at once")
    lossy_push(road, again)
    with road.step("Look at the org") as findings:
        findings.append(unchanged(road, before))


def lossy_push(road: Road, planned: dict[str, dict[str, Any]]) -> list[str]:
    """
    Push while the org loses records; give the command that is offered, if one is.

    What is lost is new, and counted against all rows of its object, as the gate counts it.
    """
    lost = LOST_SHARE * planned[LOST_OBJECT]["rows"] / planned[LOST_OBJECT]["creates"]
    with road.step("Push") as findings:
        lose_rows(road.at, share=lost, sobject=LOST_OBJECT)
        heard = road.hear(
            "clinic-load", "push", "latest", *road.org, *road.production, code=INCOMPLETE
        ).stderr
        said = [line for line in heard.splitlines() if "did not arrive" in line]
        offered = [line for line in heard.splitlines() if line.startswith("Try: ")]
        findings += [*said, *offered]
    return shlex.split(offered[-1].removeprefix("Try: ")) if offered else []


def unchanged(road: Road, before: list[str]) -> str:
    """
    Say that the org is what it was, record by record.

    Raises:
        StepFailed: it is not.

    """
    more, less = compare(before, road.dump())
    if more or less:
        raise StepFailed(
            ["rollback"], INCOMPLETE, f"{len(more)} records more, {len(less)} fewer than before"
        )
    return f"the org is what it was before: the same {len(before):,} records"


@contextmanager
def staged(folder: Path, *, patients: int, seed: int) -> Iterator[Stage]:
    """Serve the clinic and both orgs, and name them to the commands."""
    with ExitStack() as stack:
        clinic = stack.enter_context(demo_clinic(patients=patients, seed=seed))
        sandbox, production = (
            stack.enter_context(serving(folder / kind, alias=kind, kind=kind))
            for kind in (SANDBOX, PRODUCTION)
        )
        known = environment(folder, sandbox, production, bulk_from=BULK_FROM)
        known["SOURCES__FHIR__TOKEN"] = str(clinic.token)
        number = count(1)

        def road(org: Org) -> Road:
            return Road(folder, known, org, number)

        yield Stage(clinic, road(sandbox), road(production), patients)


def main() -> int:
    """Run the rehearsal in a fresh folder of its own."""
    parser = argparse.ArgumentParser(prog="make rehearsal", description=__doc__)
    parser.add_argument("--patients", type=int, default=300, help="charts of the clinic")
    parser.add_argument("--seed", type=int, default=7, help="which clinic of that size")
    parser.add_argument("--sample", type=int, default=500, help="records of the sample")
    parser.add_argument("--wave", type=int, default=30, help="charts of the second wave")
    return walk_afresh("rehearsal", partial(rehearse, parser.parse_args()))


def rehearse(asked: argparse.Namespace, folder: Path) -> None:
    """Go live in the sandbox and in production, and say what is left of it."""
    say(f"A go-live of an invented clinic with {asked.patients} charts, rehearsed on two orgs\n")
    with staged(folder, patients=asked.patients, seed=asked.seed) as stage:
        in_sandbox(stage, asked.sample)
        in_production(stage)
        page = go_live(stage)
        second_wave(stage, asked.wave)
    say(f"\nThe completion report:\n{folder / page.relative_to(folder.resolve())}\n")
    say(f"Reports, plans, ledger, databases and both orgs stay in {folder}.\nTo look into one:")
    tell_how_to_look(folder / PRODUCTION)


if __name__ == "__main__":
    sys.exit(main())
