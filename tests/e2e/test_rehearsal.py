"""`make rehearsal` goes live on two orgs, and takes back what lost a part of itself."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.conftest import Ran, run

TERMINAL = 80

# Three builds of their own.
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    data = tmp_path_factory.mktemp("rehearsal")
    sizes = ["--patients", "60", "--sample", "100", "--wave", "12"]
    done = run(
        [sys.executable, "-m", "loaders.rehearsal", *sizes],
        env=os.environ | {"CLINIC_DATA_DIR": str(data)},
    )
    assert done.code == 0, done.stdout + done.stderr
    return done


def told(rehearsed: Ran, title: str) -> list[str]:
    """Give what each step of this title found, in one line each."""
    steps = re.split(r"^ ?\d+  (?=[A-Z])", rehearsed.stdout, flags=re.MULTILINE)
    found = [" ".join(step.split()) for step in steps if step.startswith(title)]
    return [re.sub(rf"^{re.escape(title)} [\d.]+ s ", "", step) for step in found]


def test_sample_and_full_load_arrive_without_a_difference(rehearsed: Ran) -> None:
    verified = told(rehearsed, "Verify every field")
    assert len(verified) == 3
    assert all(each.startswith("0 differences") for each in verified)


def test_the_delta_is_of_what_changed_alone(rehearsed: Ran) -> None:
    (worked, *_) = told(rehearsed, "Work goes on")
    assert worked == "1 chart edited, 1 chart added, 1 chart deleted"
    ((rows, creates, updates),) = [
        tuple(int(each.replace(",", "")) for each in re.findall(r"([\d,]+) (?:rows|to)", line))
        for line in told(rehearsed, "Plan the delta")
    ]
    assert 0 < creates + updates < rows / 20


def test_what_the_source_deleted_is_decided_about_and_the_decisions_are_carried_out(
    rehearsed: Ran,
) -> None:
    (decided,) = told(rehearsed, "Decide on deletions")
    going, kept = (int(each) for each in re.findall(r"(\d+) to", decided))
    assert min(going, kept) > 0
    _, _, delta, *_ = told(rehearsed, "Push")
    assert delta.endswith(f"{going} deleted")


def test_the_source_moved_and_then_stood_still(rehearsed: Ran) -> None:
    moved, still = told(rehearsed, "Freeze")
    assert re.match(r"\d+ records moved", moved)
    assert still.startswith("the source stood still")


def test_a_loss_is_offered_and_then_taken_back_by_itself(rehearsed: Ran) -> None:
    *_, offered, by_itself = told(rehearsed, "Push")
    assert "of Lab_Result__c did not arrive" in offered
    assert "Try: clinic-load rollback" in offered
    assert "the push is taken back, as was approved" in by_itself
    for step in ("Take it up", "Look at the org"):
        (same,) = told(rehearsed, step)
        assert same.startswith("the org is what it was before"), step


def test_the_report_is_there_and_all_fits_a_terminal(rehearsed: Ran) -> None:
    lines = rehearsed.stdout.splitlines()
    page = Path(lines[lines.index("The completion report:") + 1])
    assert page.stat().st_size > 10_000
    assert max(len(line) for line in lines if line != str(page)) <= TERMINAL
