"""In trouble a push finishes as if nothing had been, or says of each row why it did not go."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from random import Random

import pytest

from loaders.errors import DONE, INCOMPLETE, INTERRUPTED, UNAVAILABLE, USAGE
from loaders.row_errors import row_error
from tests.loaders.crash.faults import CALM, TROUBLES, Trouble, named
from tests.loaders.crash.stage import Launcher, Stage, staged
from tests.loaders.crash.templates import PUSH, Undisturbed, outcomes, planned_org, undisturbed

LATE = frozenset(
    {
        "busy_for_a_moment", "cut_before_job_made", "cut_before_upload_complete",
        "cut_in_failures", "cut_before_upsert", "cut_before_files", "poll_500", "query_502",
        "files_too_large_together", "batches_of_the_day_used_up", "results_in_another_order",
        "query_results_row_by_row", "jobs_that_take_their_time", "one_job_open_at_a_time",
        "duplicates_blocked", "files_fill_the_org", "cut_in_successes", "cut_before_upload",
        "results_repeated", "cut_after_upload_complete", "close_done_and_503",
        "cut_in_query_results", "locked_for_a_while", "job_failed_at_once", "busy_for_long",
        "cut_after_upsert", "records_fill_the_org", "cut_after_files", "batch_too_slow",
        "upsert_done_and_500",
    }
)  # fmt: skip
SEED = int(os.environ.get("CLINIC_FAULT_SEED", "1"))
PAIRS = 40
_OFF = dict.fromkeys(("hold_jobs", "request", "unavailable"), False)
_CUT_SHORT = (UNAVAILABLE, INTERRUPTED)


def chosen_pairs() -> list[tuple[str, str]]:
    """Choose pairs by the seed: the first trouble is there once, the second after it as well."""
    all_pairs = list(itertools.permutations(TROUBLES, 2))
    return Random(SEED).sample(all_pairs, PAIRS)  # noqa: S311 - a seed is wanted


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, launcher: Launcher) -> Undisturbed:
    folder = tmp_path_factory.mktemp("calm")
    template = planned_org(folder / "first", launcher, wide=False)
    return undisturbed(PUSH, template, folder / "pushed", launcher)


@pytest.mark.parametrize("name", named(TROUBLES, late=LATE))
def test_in_trouble_a_push_loses_no_row_and_is_honest(
    calm: Undisturbed, launcher: Launcher, tmp_path: Path, name: str
) -> None:
    trouble = TROUBLES[name]
    with staged(calm.template, tmp_path / "stage", launcher) as stage:
        codes = push_through(stage, trouble)
        assert codes == [trouble.code, *([DONE] if trouble.code in _CUT_SHORT else [])]
        require_honest(stage, calm, codes[-1])


@pytest.mark.soak
@pytest.mark.parametrize(
    ("one", "other"),
    [pytest.param(*pair, id=f"seed {SEED}: {' + '.join(pair)}") for pair in chosen_pairs()],
)
def test_in_two_troubles_at_once_a_push_loses_no_row_and_is_honest(
    calm: Undisturbed, launcher: Launcher, tmp_path: Path, one: str, other: str
) -> None:
    first, second = TROUBLES[one], TROUBLES[other]
    with staged(calm.template, tmp_path / "stage", launcher) as stage:
        codes = push_through(stage, first.beside(second), second)
        assert codes[-1] == DONE or INCOMPLETE in (first.code, second.code), codes
        require_honest(stage, calm, codes[-1])


def push_through(stage: Stage, *troubles: Trouble) -> list[int]:
    """Push into the first trouble; what was cut short is resumed in the next, at last in none."""
    arguments = (PUSH, "latest")
    codes: list[int] = []
    for trouble in (*troubles, CALM):
        stage.steer("settings", trouble.settings)
        stage.steer("fault", _OFF | trouble.faults)
        done = stage.load(*arguments, line=trouble.line)
        if done.code == USAGE and "no run is unfinished" in done.stderr:
            # What the trouble before cut off had not begun.
            done = stage.load(PUSH, "latest", line=trouble.line)
        codes.append(done.code)
        if done.code not in _CUT_SHORT:
            assert done.code in (DONE, INCOMPLETE), done.stderr
            return codes
        assert "Try:" in done.stderr
        stage.revive()
        arguments = ("resume", "latest")
    raise AssertionError(f"it does not end although nothing is in its way: {codes}")


def require_honest(stage: Stage, calm: Undisturbed, code: int) -> None:
    """Compare with a push that nobody disturbed; what is not as there has to be explained."""
    if code == INCOMPLETE:
        require_explained(stage, calm)
        return
    assert stage.dump(portable=True) == calm.objects
    found = outcomes(stage, PUSH)
    assert {row: state for row, (state, _) in found.items()} == {
        row: state for row, (state, _) in calm.outcomes.items()
    }


def require_explained(stage: Stage, calm: Undisturbed) -> None:
    """Read in the status what became of every row, with a reason that somebody can act on."""
    status = json.loads(stage.load("status", "latest", "--json", org=False).stdout)
    for each in status["objects"]:
        states = ("created", "updated", "unchanged", "failed", "held", "waiting")
        assert each["rows"] == sum(each[state] for state in states)
        assert each["waiting"] == 0
    failed = sum(each["failed"] for each in status["objects"])
    assert failed == sum(reason["rows"] for reason in status["reasons"]) > 0
    for reason in status["reasons"]:
        assert reason["hint"] == row_error(reason["code"]).hint
        assert reason["hint"] != row_error("").hint
    assert len(outcomes(stage, PUSH)) == len(calm.outcomes)
