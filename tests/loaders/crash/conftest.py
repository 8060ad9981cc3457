"""What the tests of kills and troubles share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.crash.stage import Launcher, launching


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launching() as found:
        yield found
