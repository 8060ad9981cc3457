"""Each trouble alone: the push finishes as if nothing had been, or says of each row why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE, INTERRUPTED, UNAVAILABLE
from loaders.row_errors import row_error
from tests.loaders.crash.faults import TROUBLES, Trouble
from tests.loaders.crash.stage import Launcher, Stage, launching, staged
from tests.loaders.crash.templates import PUSH, Undisturbed, outcomes, planned_org, undisturbed

# So like another trouble that they wait for `make soak`.
LONG = frozenset(
    {
        "busy_for_a_moment", "cut_before_job_made", "cut_before_upload_complete",
        "cut_in_failures", "cut_before_upsert", "cut_before_files", "poll_500", "query_502",
    }
)  # fmt: skip
_OFF = dict.fromkeys(("hold_jobs", "request", "unavailable"), False)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launching() as found:
        yield found


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, launcher: Launcher) -> Undisturbed:
    folder = tmp_path_factory.mktemp("calm")
    template = planned_org(folder / "first", launcher, wide=False)
    return undisturbed(PUSH, template, folder / "pushed", launcher)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.soak if name in LONG else ()) for name in TROUBLES],
)
def test_in_trouble_a_push_loses_no_row_and_is_honest(
    calm: Undisturbed, launcher: Launcher, tmp_path: Path, name: str
) -> None:
    trouble = TROUBLES[name]
    with staged(calm.template, tmp_path / "stage", launcher) as stage:
        push_into(stage, trouble)
        if trouble.code == INCOMPLETE:
            require_explained(stage, calm)
            return
        assert stage.dump(portable=True) == calm.objects
        found = outcomes(stage, PUSH)
        assert {row: state for row, (state, _) in found.items()} == {
            row: state for row, (state, _) in calm.outcomes.items()
        }


def push_into(stage: Stage, trouble: Trouble) -> None:
    """Push into the trouble; when it is over, resume what did not end."""
    stage.steer("settings", trouble.settings)
    stage.steer("fault", trouble.faults)
    done = stage.load(PUSH, "latest", line=trouble.line)
    assert done.code == trouble.code, done.stderr
    if done.code not in (UNAVAILABLE, INTERRUPTED):
        return
    assert "Try:" in done.stderr
    if "fail_job" in trouble.faults:
        stage.bury_org()
        stage.serve()
    stage.steer("fault", _OFF)
    resumed = stage.load("resume", "latest")
    assert resumed.code == DONE, resumed.stdout + resumed.stderr


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
