"""Which tests stay with one worker when several share a run."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

# Real clients talk to one org and fill one table, module after module; an audit is made once.
TOGETHER = ("tests/clients/", "tests/extract/audit/")


class ByModule(LoadScopeScheduling):
    """A module's tests stay together, since they share what its fixtures have built."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if module.startswith(folder)), module)
