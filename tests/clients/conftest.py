"""One org for all clients, and the Node clients logged in to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.call_table import CallTable
from tests.clients.installed import NoNode, search_path
from tests.clients.node_client import NodeClient
from tests.clients.our_package import OurPackage
from tests.conftest import BIN, DemoRoad, run
from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving


@pytest.fixture(scope="session")
def calls() -> CallTable:
    return CallTable()


@pytest.fixture(scope="session")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("clients-org")) as client:
        give_keys(client, "Account", "Contact")
        yield client


@pytest.fixture(scope="session")
def node_path() -> str:
    try:
        return search_path()
    except NoNode as reason:
        pytest.skip(f"no Node clients: {reason}")


@pytest.fixture(scope="session")
def node(org: OrgClient, node_path: str, tmp_path_factory: pytest.TempPathFactory) -> NodeClient:
    client = NodeClient(node_path, tmp_path_factory.mktemp("home"), org, "https")
    client.login()
    return client


@pytest.fixture(scope="session")
def our_package(
    demo_road: DemoRoad, org: OrgClient, tmp_path_factory: pytest.TempPathFactory
) -> OurPackage:
    """The package of the whole mapping for a fresh org, as the command writes it."""
    folder = tmp_path_factory.mktemp("package")
    command = [str(BIN / "clinic-load"), "schema", "build", "--org", "FRESH", "--out", str(folder)]
    running = org.running
    built = run(
        command,
        env=demo_road.environment
        | {
            "SF_FRESH_INSTANCE_URL": running.https,
            "SF_FRESH_ACCESS_TOKEN": running.token,
            "SF_FRESH_CA_BUNDLE": str(running.authority),
        },
    )
    assert built.code == 0, built.stderr
    return OurPackage(folder)
