"""The table of client calls in the docs is what this run produced; it is read after all others."""

from __future__ import annotations

import os

from tests.clients import call_table
from tests.clients.call_table import CallTable


def test_the_table_of_client_calls_is_what_this_run_produced(
    calls: CallTable, node_path: str
) -> None:
    assert node_path
    if os.environ.get("CLINIC_WRITE_DOCS") == "1":
        call_table.write(calls.text())
    assert call_table.committed() == calls.text(), f"stale: run {call_table.RENEW}"
