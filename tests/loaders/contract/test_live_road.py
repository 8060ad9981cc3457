"""The road to a real org, gone as far as a stand-in behind https allows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from tests.conftest import StandIn
from tests.loaders.contract.lines import ROOT

SUBSET = ("test_upsert.py", "test_job_errors.py")
ONE = "test_upsert.py::test_by_id_rows_with_it_are_updated_and_rows_without_inserted"
FOLDER = "tests/loaders/contract"
pytestmark = pytest.mark.stand_in_only


def live(*files: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    ours = {name: v for name, v in os.environ.items() if not name.startswith("SF_LIVE_")}
    command = [sys.executable, "-m", "pytest", "-q", "-m", "live", "-p", "no:cacheprovider",
               "-rsxX", *(f"{FOLDER}/{name}" for name in files)]  # fmt: skip
    return subprocess.run(
        command, cwd=ROOT, env=ours | env, capture_output=True, text=True, check=False
    )


def test_a_live_run_without_credentials_says_what_it_needs() -> None:
    done = live(ONE, env={})
    assert done.returncode == 4
    said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
    assert len(said) == 1
    assert "SF_LIVE_INSTANCE_URL and SF_LIVE_ACCESS_TOKEN" in said[0]
    half = live(ONE, env={"SF_LIVE_INSTANCE_URL": "https://half.invalid"})
    assert "SF_LIVE_ACCESS_TOKEN is not set" in half.stdout


def test_a_live_run_passes_over_https_and_leaves_the_org_as_it_was(
    make_stand_in: Callable[..., StandIn],
) -> None:
    org = make_stand_in()
    before = org.dump()
    done = live(*SUBSET, env=org.environment("LIVE"))
    assert done.returncode == 0, done.stdout[-3000:]
    # Of what is unsure the run tells which way the org goes.
    assert "XPASS" in done.stdout
    assert "XFAIL" in done.stdout
    assert org.dump() == before


def test_a_live_run_may_log_in_by_assertion(make_stand_in: Callable[..., StandIn]) -> None:
    org = make_stand_in()
    app = json.loads((org.data / "connected_app.json").read_text(encoding="utf-8"))
    by_assertion = {
        "SF_LIVE_LOGIN_URL": org.https,
        "SF_LIVE_CLIENT_ID": app["client_id"],
        "SF_LIVE_USERNAME": app["username"],
        "SF_LIVE_PRIVATE_KEY_FILE": str(org.data / app["private_key_file"]),
        "SF_LIVE_CA_BUNDLE": org.ca,
    }
    done = live(ONE, env=by_assertion)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout
