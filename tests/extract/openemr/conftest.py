"""A MariaDB server with OpenEMR's database, shared by the tests of one folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.extract.openemr.maria import PASSWORD, Maria, fill, running


@pytest.fixture(scope="session")
def maria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maria]:
    """The server, filled once."""
    with running(tmp_path_factory.mktemp("maria")) as server:
        fill(server)
        yield server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's password, where dlt looks for it."""
    monkeypatch.setenv("SOURCES__OPENEMR__PASSWORD", PASSWORD)
