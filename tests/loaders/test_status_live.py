"""Status while a push is at work in another terminal, and after its command is gone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from loaders.errors import DONE, INCOMPLETE
from loaders.ledger import Ledger
from loaders.ledger_acts import Job
from loaders.status_live import live_status
from tests.conftest import BIN
from tests.loaders.loading import Loading
from tests.loaders.planning import ALIAS, clock

PATIENCE = 25.0


@contextmanager
def other_terminal(desk: Loading, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command and let it run."""
    environment = {
        **os.environ, **desk.clinic.environ, **desk.org.environment(ALIAS),
        "CLINIC_BULK_FROM": "0",
    }  # fmt: skip
    with subprocess.Popen(
        [str(BIN / "clinic-load"), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def held_job(desk: Loading, pushing: subprocess.Popen[str]) -> Job:
    """Wait until the org has a whole job that it does not end, and give it."""
    job_in(desk, pushing, "open")
    # Not before: the push would wait for what it reads first.
    desk.fault(hold_jobs=True)
    return job_in(desk, pushing, "closed")


def job_in(desk: Loading, pushing: subprocess.Popen[str], state: str) -> Job:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and pushing.poll() is None:
        found = [job for job in ledger_jobs(desk) if (job.channel, job.state) == ("bulk", state)]
        if found:
            return found[0]
        time.sleep(0.05)
    pushing.kill()
    raise AssertionError(f"no job is {state}: {pushing.communicate()[0]}")


def ledger_jobs(desk: Loading) -> list[Job]:
    ledger = Ledger.open(desk.data.ledger)
    try:
        return [job for run in ledger.runs() for job in ledger.unsettled_jobs(run.run)]
    finally:
        ledger.close()


@pytest.mark.soak
def test_a_push_in_another_terminal_is_seen_object_by_object_with_the_jobs_of_the_org(
    desk: Loading,
) -> None:
    plan = desk.plan()
    desk.approve(plan)
    desk.fault(request={"do": "wait", "method": "PUT", "path": "batches", "seconds": 3})
    with other_terminal(desk, "push", plan.plan, "--org", ALIAS) as pushing:
        held = held_job(desk, pushing)
        asked = desk.load("status", "latest", "--json")
        assert asked.code == INCOMPLETE
        live = json.loads(asked.stdout)["live"]
        assert live["is_at_work"]
        assert live["elapsed"] > 0
        # The org holds the first object's canary, and everything waits for that.
        assert {each["sobject"]: each["state"] for each in live["objects"]} == {
            "Account": "running", "ContentVersion": "waiting", "Contact": "waiting",
            "ContentDocumentLink": "waiting", "Event": "waiting",
            "Insurance_Coverage__c": "waiting",
        }  # fmt: skip
        assert [(job["sobject"], job["org_job"], job["rows"]) for job in live["jobs"]] == [
            ("Account", held.org_job, held.rows)
        ]
        with other_terminal(desk, "status", "latest", "--watch") as watching:
            assert watching.stdout
            shown = [watching.stdout.readline() for _ in range(2)]
            assert re.match(r"0:\d\d:\d\d since it began, ", shown[0])
            desk.fault(hold_jobs=False)
            # Not by communicate(): it passes over what was read ahead with the first lines.
            rest = watching.stdout.read()
            watching.wait(timeout=PATIENCE)
            assert held.org_job is not None
            assert held.org_job in rest
            assert watching.returncode == DONE
        said, _ = pushing.communicate(timeout=PATIENCE)
        assert pushing.returncode == DONE, said
    assert "finished" in rest
    assert json.loads(desk.load("status", "latest", "--json").stdout)["live"] is None


def test_a_run_whose_command_is_gone_is_called_cut_off_and_keeps_its_pace(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    ledger = Ledger.open(desk.data.ledger)
    run = ledger.run("latest")
    ledger.mark_run(run.run, state="running")
    started = ledger.run("latest")
    later = clock() + timedelta(hours=1)
    live = live_status(ledger, started, desk.status(plan).objects, now=later)
    ledger.close()
    assert live is not None
    assert not live.is_at_work
    assert live.elapsed > timedelta(minutes=59).total_seconds()
    assert {each.state for each in live.objects} == {"settled"}
    assert all(each.rate for each in live.objects)
    assert live.remaining == 0
    told = desk.load("status", "latest")
    assert "cut off" in told.stdout
    assert "clinic-load resume latest --org" in told.stderr
