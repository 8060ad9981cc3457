"""What several test folders share: one demo run, whose clinic build the others copy."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer

from loaders.stand_in_org.dump import running_dump
from tests.forked import forked_org
from tests.scheduling import ByModule, long_ones_first

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Clinic:
    """One built clinic: raw and warehouse databases, and dbt's manifest."""

    data: Path
    target: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "CLINIC_DATA_DIR": str(self.data),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.data / "logs"),
        }

    def copy_to(self, folder: Path) -> Clinic:
        """Copy databases and manifest, so that a test may break them."""
        folder.mkdir(parents=True)
        for name in ("raw.duckdb", "warehouse.duckdb"):
            shutil.copy2(self.data / name, folder / name)
        shutil.copytree(self.target, folder / "target")
        return Clinic(data=folder, target=folder / "target")


@dataclass(frozen=True, slots=True)
class DemoRoad(Clinic):
    """What `make demo` left behind, and what it said."""

    stdout: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in org that is being served."""

    http: str
    https: str
    ca: str
    token: str
    org_id: str
    data: Path

    def environment(self, alias: str) -> dict[str, str]:
        return {
            f"SF_{alias}_INSTANCE_URL": self.https,
            f"SF_{alias}_ACCESS_TOKEN": self.token,
            f"SF_{alias}_CA_BUNDLE": self.ca,
        }

    def dump(self) -> list[dict[str, Any]]:
        """Every live record, ids replaced by keys."""
        lines = running_dump(self.data, portable=True)
        assert lines is not None
        return [json.loads(line) for line in lines]


def run(command: list[str], *, env: dict[str, str], given: str | None = None) -> Ran:
    """Run a command to its end, whatever its end is."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, input=given, capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(data: Path, *options: str) -> Iterator[StandIn]:
    """Serve a stand-in org until the block ends."""
    with forked_org("serve", "--data", str(data), "--port", "0", *options) as ready:
        yield StandIn(**json.loads(ready), data=data)


def run_demo(data: Path) -> DemoRoad:
    """Run `make demo` in this folder."""
    started = time.monotonic()
    done = run(
        [sys.executable, "-m", "loaders.demo"], env=os.environ | {"CLINIC_DATA_DIR": str(data)}
    )
    assert done.code == 0, done.stdout + done.stderr
    folder = data / "demo"
    return DemoRoad(
        data=folder,
        target=folder / "target",
        stdout=done.stdout,
        seconds=time.monotonic() - started,
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes long."""
    items[:] = long_ones_first(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    """Say how workers share the tests."""
    return ByModule(config, log)


@pytest.fixture(scope="session")
def demo_road(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> DemoRoad:
    """
    `make demo`, run once for the whole session; its build is the one that others copy.

    Where several workers share the session, the first that needs it runs it for all.
    """
    if worker_id == "master":
        return run_demo(tmp_path_factory.mktemp("demo-data"))
    shared = tmp_path_factory.getbasetemp().parent
    left = shared / "demo-road.json"
    with (shared / "demo-road.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not left.exists():
            made = run_demo(shared / "demo-data")
            said = {"stdout": made.stdout, "seconds": made.seconds}
            left.write_text(json.dumps(said), encoding="utf-8")
    folder = shared / "demo-data" / "demo"
    said = json.loads(left.read_text(encoding="utf-8"))
    return DemoRoad(data=folder, target=folder / "target", **said)


@pytest.fixture
def clinic(demo_road: DemoRoad, tmp_path: Path) -> Clinic:
    """A copy of the demo's build that the test may break."""
    return demo_road.copy_to(tmp_path / "clinic")


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    """A fresh sandbox org."""
    with serving(tmp_path / "org", "--sandbox") as org:
        yield org


@pytest.fixture(scope="session")
def make_stand_in(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., StandIn]]:
    """Start as many orgs as a test asks for, and stop them when the session ends."""
    with ExitStack() as stack:

        def start(*options: str) -> StandIn:
            data = tmp_path_factory.mktemp("org")
            return stack.enter_context(serving(data, *options))

        yield start
