"""Walk the whole road once on an invented clinic and a stand-in org, by a person's own commands."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from loaders.demo_road import (
    Road,
    StepFailed,
    environment,
    say,
    serving,
    tell_how_to_look,
    walk_afresh,
)
from loaders.errors import REFUSED

ALIAS = "demo"
BULK_FROM = 500
TABLE = ("line", "entity", "source", "loaded", "merged", "excluded", "failed", "closes")


def land(road: Road, patients: int) -> None:
    """Land the clinic's resources over HTTP."""
    with road.step("Land the clinic") as findings:
        landed = road.ask("clinic-extract", "run", "demo", "--patients", str(patients))
        totals = landed["totals"]
        findings += [
            f"{totals['new']:,} FHIR R4 resources of {len(landed['types'])} types,",
            f"byte for byte, {totals['quarantined']:,} quarantined",
        ]


def build(road: Road) -> None:
    """Build and test all models with dbt."""
    with road.step("Build and test (dbt)") as findings:
        road.run("dbt", "build", "--quiet")
        results = json.loads((road.folder / "target" / "run_results.json").read_text("utf-8"))
        kinds = [result["unique_id"].split(".")[0] for result in results["results"]]
        tests = kinds.count("test") + kinds.count("unit_test")
        findings.append(f"{kinds.count('model'):,} models, {tests:,} tests passed")


def prepare(road: Road) -> None:
    """Bring the schema into the org."""
    with road.step("Deploy the schema") as findings:
        said = road.run("clinic-load", "schema", "deploy", *road.org, *road.production)
        findings.extend(line.rpartition(" (")[0] or line for line in said.splitlines() if line)


def plan(road: Road, *options: str, title: str = "Plan") -> dict[str, dict[str, Any]]:
    """Plan a push: what would be sent, byte for byte; give its objects by name."""
    with road.step(title) as findings:
        made = road.ask("clinic-load", "plan", *road.org, "--default-owner", road.owner, *options)
        each = made["objects"]
        findings += [
            f"{sum(o['rows'] for o in each):,} rows of {len(each)} objects:",
            f"{sum(o['creates'] for o in each):,} to create, "
            f"{sum(o['updates'] for o in each):,} to update",
        ]
        keep(road, "plan", made)
    return {one["sobject"]: one for one in each}


def keep(road: Road, name: str, document: Any) -> None:  # noqa: ANN401 - each has its own JSON
    """Leave what a command said in the reports of the demo."""
    folder = road.folder / "reports"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def approve(road: Road, *, by: str = "demo") -> None:
    """Confirm the map in somebody's name, from a plan that lacks the schema."""
    scopes = ("objects", "fields", "values", "rules", "settings")
    flags = (*(f"--{scope}" for scope in scopes), "--allow-duplicates")
    with road.step("Approve the map") as findings:
        road.run("clinic-load", "plan", *road.org, code=REFUSED)
        road.run("clinic-load", "approve", "latest", "--by", by, *flags)
        findings += [f"{', '.join(scopes)},", f"by {by}, before the org is changed"]


def push(road: Road, *options: str) -> dict[str, Any]:
    """Push the plan and give its state."""
    with road.step("Push") as findings:
        road.run("clinic-load", "push", "latest", *road.org, *road.production, *options)
        state: dict[str, Any] = road.ask("clinic-load", "status", "latest")
        created, updated = (
            sum(each[name] for each in state["objects"]) for name in ("created", "updated")
        )
        also = {"updated": updated, "deleted": sum(each["deleted"] for each in state["gone"])}
        others = (f", {rows:,} {how}" for how, rows in also.items() if rows)
        findings.append(f"{created:,} rows created{''.join(others)}")
        keep(road, "status", state)
    return state


def verify(road: Road) -> None:
    """Compare every field of every row."""
    with road.step("Verify every field") as findings:
        seen = road.ask("clinic-load", "verify", "latest", *road.org)
        keep(road, "verify", seen)
        fields = sum(each["rows"] * each["fields"] for each in seen["objects"])
        rows = sum(each["rows"] for each in seen["objects"])
        findings.append(f"{seen['differences']:,} differences: {fields:,} fields, {rows:,} rows")


def roll_back(road: Road, before: list[str]) -> None:
    """Undo the push, and prove it by comparing the org with what it was."""
    with road.step("Roll back") as findings:
        undone = road.ask("clinic-load", "rollback", "latest", *road.org, *road.production)
        keep(road, "rollback", undone)
        deleted = sum(each["deleted"] for each in undone["objects"])
        retired = sum(each["retired"] for each in undone["objects"])
        findings.append(f"{deleted:,} rows deleted, {retired:,} users retired")
        more, less = compare(before, road.dump())
        if less or any(row["sobject"] != "User" or row["IsActive"] for row in more):
            raise StepFailed(["rollback"], 0, "the org is not what it was before the push")
        findings += [
            "the org is what it was before the push,",
            f"but for {len(more)} retired users",
        ]


def compare(before: list[str], after: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Give the records that are new in the second dump, and those that are gone from it."""
    more = sorted(set(after) - set(before))
    return [json.loads(line) for line in more], sorted(set(before) - set(after))


def show(state: dict[str, Any]) -> None:
    """Print what became of every record of the clinic."""
    say()
    say(f"    {TABLE[1]:<22}" + "".join(f"{name:>9}" for name in TABLE[2:-1]) + f"{TABLE[-1]:>7}")
    for each in state["entities"]:
        counts = "".join(f"{each[name]:>9,}" for name in TABLE[2:-1])
        closes = "yes" if each["closes"] else "NO"
        say(f" {each['line']:>2} {each['entity']:<22}{counts}{closes:>7}")
    say()


def walk_to_plan(road: Road, patients: int) -> None:
    """Take the steps that a pull request is judged by; nothing is pushed."""
    land(road, patients)
    build(road)
    approve(road)
    prepare(road)
    plan(road)


def walk(road: Road, patients: int) -> None:
    """Take every step of the road, and leave the org filled."""
    walk_to_plan(road, patients)
    before = road.dump()
    unrehearsed = ("--no-rehearsal", "the demo has no sandbox to rehearse in")
    show(push(road, *unrehearsed))
    verify(road)
    roll_back(road, before)
    plan(road)
    push(road, *unrehearsed)
    verify(road)


def main() -> int:
    """Run the demo in a fresh folder of its own."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--plan-only", action="store_true", help="stop when the plan is made")
    asked = parser.parse_args()
    return walk_afresh("demo", partial(demonstrate, asked.patients, plan_only=asked.plan_only))


def demonstrate(patients: int, folder: Path, *, plan_only: bool) -> None:
    """Walk the road from a new clinic to a new org, and say what is left of it."""
    say(f"From an invented clinic with {patients} charts to a Salesforce org and back\n")
    with serving(folder / "org", alias=ALIAS) as org:
        road = Road(folder, environment(folder, org, bulk_from=BULK_FROM), org, count(1))
        (walk_to_plan if plan_only else walk)(road, patients)
    say(f"\nReports, plans, ledger and databases stay in {folder}. To look into the org:")
    tell_how_to_look(folder / "org")


if __name__ == "__main__":
    sys.exit(main())
