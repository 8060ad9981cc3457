"""A deploy in trouble is finished by a second one, and the ledger knows all that it made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from loaders.errors import DONE, INTERRUPTED, REFUSED, UNAVAILABLE
from loaders.ledger import Ledger
from loaders.schema_acts import Component, created_components
from tests.loaders.crash.faults import CALM, Trouble, at, named, refusal
from tests.loaders.crash.stage import CLINIC, Launcher, Stage, staged
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import Desk

SEND = "metadata/deployRequest$"
# The first request validates, the second one deploys.
REALLY = {"method": "POST", "path": SEND, "nth": 2, "times": 1}
ALWAYS = 1_000
TROUBLES: dict[str, Trouble] = {
    "deploy_fails": Trouble(REFUSED, {"fail_deploy": True}),
    "cut_before_the_deploy": at(DONE, "cut", "before", **REALLY),
    "cut_after_the_deploy": at(DONE, "cut", "after", **REALLY),
    "never_heard_of_the_deploy": at(UNAVAILABLE, "cut", "after", **REALLY | {"times": ALWAYS}),
    "busy_with_deploys": refusal(DONE, 503, "SERVER_UNAVAILABLE", path=SEND, times=2),
    "request_limit_in_a_deploy": refusal(
        UNAVAILABLE, 403, "REQUEST_LIMIT_EXCEEDED", **REALLY
    ),
    "deploy_past_our_patience": Trouble(
        INTERRUPTED, settings={"job_seconds": 1}, line={"patience": 0.0}
    ),
}  # fmt: skip
LATE = frozenset(
    {
        "cut_before_the_deploy", "cut_after_the_deploy", "busy_with_deploys",
        "request_limit_in_a_deploy",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bare:
    """An org without our schema, and what an undisturbed deploy makes in it."""

    template: Path
    components: frozenset[Component]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, launcher: Launcher) -> Bare:
    folder = tmp_path_factory.mktemp("bare")
    clinic = mini_clinic(folder / CLINIC)
    stage = Stage(folder, launcher)
    Desk(clinic, stage.serve()).approve_settings()
    stage.stop()
    with staged(folder, folder / "stage", launcher) as deployed:
        done = deploy(deployed, CALM)
        assert done == DONE
        return Bare(folder, made(deployed))


@pytest.mark.parametrize("name", named(TROUBLES, late=LATE))
def test_a_deploy_in_trouble_is_finished_by_another(
    bare: Bare, launcher: Launcher, tmp_path: Path, name: str
) -> None:
    with staged(bare.template, tmp_path / "stage", launcher) as stage:
        assert deploy(stage, TROUBLES[name]) == TROUBLES[name].code
        assert deploy(stage, CALM) == DONE
        assert stage.load("schema", "diff").code == DONE
        assert made(stage) == bare.components


def deploy(stage: Stage, trouble: Trouble) -> int:
    """Deploy into a trouble, and into no other."""
    stage.steer("settings", {"job_seconds": None, **trouble.settings})
    stage.steer("fault", {"request": False, **trouble.faults})
    done = stage.load("schema", "deploy", line=trouble.line)
    assert done.code == DONE or "Try:" in done.stderr, done.stderr
    return done.code


def made(stage: Stage) -> frozenset[Component]:
    """Read on the ledger what of the org's schema is ours to take back."""
    assert stage.org
    ledger = Ledger.open(stage.ledger)
    try:
        return created_components(ledger, stage.org.org_id)
    finally:
        ledger.close()
