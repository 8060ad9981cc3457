"""Killed at any moment, or left by its org, a load is finished by `resume`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.errors import DONE, UNAVAILABLE, USAGE
from loaders.ledger import Ledger
from tests.loaders.crash.points import SEED, Point, point
from tests.loaders.crash.stage import KILLED, Launcher, Stage, staged
from tests.loaders.crash.strike import ACT, AFTER, COMMIT, LOADER
from tests.loaders.crash.templates import (
    PUSH,
    ROLLBACK,
    Undisturbed,
    newest_run,
    outcomes,
    planned_org,
    undisturbed,
)

# Beside the last commit of a rollback, which every seed strikes.
FEW, MANY = 12, 200
STANDING = {"created", "updated", "unchanged", "restored"}
Recorded = dict[str, Undisturbed]


def record(folder: Path, launcher: Launcher, *, wide: bool) -> Recorded:
    """Push and roll back without a blow; each begins where the one before it ended."""
    template = planned_org(folder / "first", launcher, wide=wide)
    pushed = undisturbed(PUSH, template, folder / "pushed", launcher)
    after = folder / "pushed" / "after"
    return {PUSH: pushed, ROLLBACK: undisturbed(ROLLBACK, after, folder / "undone", launcher)}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, launcher: Launcher) -> Recorded:
    return record(tmp_path_factory.mktemp("narrow"), launcher, wide=False)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory, launcher: Launcher) -> Recorded:
    return record(tmp_path_factory.mktemp("wide"), launcher, wide=True)


@pytest.mark.parametrize("number", range(FEW))
def test_killed_at_any_moment_a_small_load_is_finished_by_resume(
    narrow: Recorded, launcher: Launcher, tmp_path: Path, number: int
) -> None:
    strike_and_resume(point(SEED, number, narrow), narrow, launcher, tmp_path / "stage")


def test_killed_after_its_last_commit_a_rollback_has_its_certificate(
    narrow: Recorded, launcher: Launcher, tmp_path: Path
) -> None:
    commits = sum(event == COMMIT for event, *_ in narrow[ROLLBACK].events)
    last = Point(SEED, FEW, ROLLBACK, LOADER, COMMIT, commits, AFTER)
    strike_and_resume(last, narrow, launcher, tmp_path / "stage")


@pytest.mark.soak
@pytest.mark.parametrize("number", range(MANY))
def test_killed_at_any_moment_a_wide_load_is_finished_by_resume(
    wide: Recorded, launcher: Launcher, tmp_path: Path, number: int
) -> None:
    strike_and_resume(point(SEED, number, wide), wide, launcher, tmp_path / "stage")


@pytest.mark.parametrize("phase", [PUSH, ROLLBACK])
def test_every_act_is_on_the_ledger_before_it_is_done(narrow: Recorded, phase: str) -> None:
    """Walk through what happened: whatever wrote to the org had been committed before."""
    committed: list[str] = []
    pending: list[str] = []
    writes = 0
    for event, *about in narrow[phase].events:
        if event == ACT:
            pending.append(about[0])
        elif event == COMMIT:
            committed, pending = committed + pending, []
        elif about[0] != "GET" and "jobs/query" not in about[1]:
            writes += 1
            assert committed[-1] == act_before(*about), about
    assert writes > 15


def act_before(method: str, path: str) -> str:
    """Name the act without which the org must not be asked for this."""
    if "Soap" in path:
        return "rollback_giving_back"
    if "jobs/ingest" not in path or path.endswith("jobs/ingest"):
        return "job_planned"
    return "job_opened" if method == "PUT" else "job_uploaded"


def strike_and_resume(here: Point, recorded: Recorded, launcher: Launcher, folder: Path) -> None:
    expected = recorded[here.phase]
    with staged(expected.template, folder, launcher) as stage:
        strike(stage, here)
        finish(stage, here)
        require_same(stage, here, expected)


def strike(stage: Stage, here: Point) -> None:
    """Run the command into its blow."""
    done = stage.load(here.phase, "latest", strike=here.strike)
    reached = sum(event[0] == here.event for event in stage.events())
    assert reached >= here.nth, f"{here}: there were only {reached}\n{done.stderr}"
    if here.whom == LOADER:
        assert done.code == KILLED, f"{here}\n{done.stderr}"
        return
    assert done.code in (DONE, UNAVAILABLE), f"{here}\n{done.stderr}"
    stage.bury_org()
    stage.serve()


def finish(stage: Stage, here: Point) -> None:
    """Resume; where nothing is unfinished, a run that was never begun is begun."""
    done = stage.load("resume", "latest")
    if done.code == USAGE:
        assert "no run is unfinished" in done.stderr, f"{here}\n{done.stderr}"
        if has_ended(stage, here):
            return
        done = stage.load(here.phase, "latest")
    assert done.code == DONE, f"{here}\n{done.stdout}\n{done.stderr}"


def has_ended(stage: Stage, here: Point) -> bool:
    """Tell whether the blow came after the rollback: a second one would undo the push before."""
    return here.phase == ROLLBACK and newest_run(stage, PUSH).state == "rolled_back"


def require_same(stage: Stage, here: Point, expected: Undisturbed) -> None:
    """Compare org and ledger with those that nobody disturbed, and with each other."""
    assert stage.dump(portable=True) == expected.objects, here
    found = outcomes(stage, here.phase)
    assert {row: state for row, (state, _) in found.items()} == {
        row: state for row, (state, _) in expected.outcomes.items()
    }, here
    there = {each["Id"] for each in stage.dump(portable=False) if "Id" in each}
    for (sobject, key), (state, record) in found.items():
        assert (record in there) == (state in STANDING), (
            f"{here}: {sobject} {key} is {state}, {record}"
        )
    ledger = Ledger.open(stage.ledger)
    try:
        assert ledger.chain.broken_link() is None, here
        assert not [run for run in ledger.runs() if run.finished_at is None], here
        assert not [job for run in ledger.runs() for job in ledger.unsettled_jobs(run.run)], here
    finally:
        ledger.close()
    if here.phase == ROLLBACK:
        require_certificate(stage, here)
    left = [path for path in (stage.ledger.parent / "outbox").rglob("*") if path.is_file()]
    assert left == [], here


def require_certificate(stage: Stage, here: Point) -> None:
    """However often it was cut off, what has ended says what it did."""
    run = newest_run(stage, ROLLBACK).run
    certificate = stage.ledger.parent / "reports" / run / "certificate.json"
    said = json.loads(certificate.read_text("utf-8"))
    assert (said["run"], said["exit_code"], said["proof"]["holds"]) == (run, DONE, True), here
