"""Which tests stay with one worker when several share a run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

# Real clients talk to one org and fill one table, module after module; an audit is made once, and
# so is a database server.
TOGETHER = ("tests/clients/", "tests/extract/audit/", "tests/extract/openemr/")
# Long ones begin first, so that no worker is left with one at the end. The first of them builds
# what others wait for, the second needs nothing of it.
FIRST = (
    "tests/extract/audit/",
    "tests/loaders/crash/",
    "tests/e2e/test_custom_fields.py",
    "tests/clients/",
    "tests/e2e/",
    "tests/loaders/test_rollback",
    "tests/loaders/test_volume.py",
    "tests/loaders/test_push_gates.py",
)


def long_ones_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Put the long modules before the others, else keep the order; the same for every worker."""
    return sorted(items, key=_turn)


def _turn(item: pytest.Item) -> int:
    starts = (item.nodeid.startswith(name) for name in FIRST)
    return next((turn for turn, found in enumerate(starts) if found), len(FIRST))


class ByModule(LoadScopeScheduling):
    """A module's tests stay together, since they share what its fixtures have built."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if module.startswith(folder)), module)
