"""
One suite, two orgs: the stand-in, or with `-m live` the org that SF_LIVE_... names.

Each test cites its lines of the contract, which become part of its id; a setting for what the
contract calls unsure is run with each of its values.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loaders.errors import OrgUnknown
from loaders.org_login import log_in, tls_context
from loaders.stand_in_org.server import serve
from loaders.stand_in_org.settings import Settings
from tests.loaders.contract import schema
from tests.loaders.contract.traces import connected, user_id
from tests.loaders.stand_in_org.front_org import OrgClient

HERE = Path(__file__).parent
LIVE_PAUSE_SECONDS = 2.0
_NO_ORG = (
    "-m live needs an org: set SF_LIVE_INSTANCE_URL and SF_LIVE_ACCESS_TOKEN, or "
    "SF_LIVE_LOGIN_URL, _CLIENT_ID, _USERNAME and _PRIVATE_KEY_FILE"
)


def is_live(config: pytest.Config) -> bool:
    """Tell whether the run is for a real org."""
    return str(config.option.markexpr).split() == ["live"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    if not is_live(config) or not ours:
        return
    if not any(name.startswith("SF_LIVE_") for name in os.environ):
        raise pytest.UsageError(_NO_ORG)
    for item in ours:
        item.add_marker(pytest.mark.live)
        if item.get_closest_marker("stand_in_only"):
            item.add_marker(pytest.mark.skip(reason="needs what only the stand-in has"))
        if item.get_closest_marker("both_ways"):
            # Both ways are tried, one of them is the org's: the run tells which.
            item.add_marker(pytest.mark.xfail(reason="the org decides", strict=False))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cited = metafunc.definition.get_closest_marker("contract")
    if cited is not None:
        metafunc.parametrize("cited_lines", [cited.args], ids=["contract:" + ",".join(cited.args)])
    switched = metafunc.definition.get_closest_marker("both_ways")
    if switched is not None:
        name, *values = switched.args
        ids = [f"{name}={value}" for value in values]
        metafunc.parametrize("way", values, ids=ids, indirect=True)


@pytest.fixture(autouse=True)
def cited_lines() -> tuple[str, ...]:
    """The lines that the test cites; `pytest_generate_tests` puts them here, and into its id."""
    return ()


@dataclass(slots=True)
class ShiftedClock:
    """The true time, moved by as much as a test wants."""

    shift: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def forward(self, **parts: float) -> None:
        self.shift += timedelta(**parts)


@dataclass(frozen=True, slots=True)
class MovableOrg:
    """A stand-in whose time a test can move."""

    client: OrgClient
    clock: ShiftedClock


def _served(data: Path) -> Iterator[MovableOrg]:
    clock = ShiftedClock()
    running = serve(data, port=0, settings=Settings(), clock=clock)
    client, _ = connected(running.http, running.token)
    with client:
        org = OrgClient(client, running)
        schema.deploy(org, user_id(client))
        try:
            yield MovableOrg(org, clock)
        finally:
            running.stop()


def _live() -> Iterator[OrgClient]:
    try:
        login = log_in("LIVE", environ=os.environ)
    except OrgUnknown as unknown:
        pytest.fail(f"{unknown}. {_NO_ORG}", pytrace=False)
    client, traces = connected(
        login.instance_url, login.access_token, verify=tls_context(login.ca_bundle)
    )
    with client:
        org = OrgClient(client, None, pause=LIVE_PAUSE_SECONDS)
        schema.deploy(org, user_id(client))
        try:
            yield org
        finally:
            traces.remove(org)
            schema.remove(org)


@pytest.fixture(scope="session")
def org(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OrgClient]:
    """The org that the suite is run against."""
    if is_live(pytestconfig):
        yield from _live()
    else:
        for served in _served(tmp_path_factory.mktemp("contract")):
            yield served.client


@pytest.fixture(scope="module")
def movable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MovableOrg]:
    """A stand-in of the module's own, whose time can be moved."""
    yield from _served(tmp_path_factory.mktemp("movable"))


@pytest.fixture
def way(request: pytest.FixtureRequest, org: OrgClient) -> Iterator[object]:
    """The value of the setting that `both_ways` names, switched on for this test."""
    name = request.node.get_closest_marker("both_ways").args[0]
    if org.running is None:
        yield request.param
        return
    org.settings(**{name: request.param})
    yield request.param
    org.settings(**{name: None})


@pytest.fixture
def held_jobs(org: OrgClient) -> Iterator[Callable[[], None]]:
    """Keep jobs InProgress until the test lets them go, or is over."""

    def release() -> None:
        org.fault(hold_jobs=False)

    org.fault(hold_jobs=True)
    yield release
    release()


@pytest.fixture
def settings(org: OrgClient) -> Iterator[Callable[..., None]]:
    """Change settings of the stand-in until the test is over."""
    changed: set[str] = set()

    def change(**wanted: object) -> None:
        changed.update(wanted)
        org.settings(**wanted)

    yield change
    if changed:
        org.settings(**dict.fromkeys(changed))


@pytest.fixture
def key() -> Callable[[str], str]:
    """Give keys that nothing else in the org has."""
    run = secrets.token_hex(4)
    return lambda name: f"{name}-{run}"
