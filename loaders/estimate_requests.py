"""How many requests a command sent, on the ledger: what API calls are held against afterwards."""

from __future__ import annotations

from loaders.ledger import Ledger
from loaders.org_connection import Org

COUNTED = "requests_counted"


def record_requests(ledger: Ledger, org: Org, *, of: str) -> None:
    """Write down how many requests a command sent for a plan or a run."""
    ledger.chain.record(COUNTED, {"of": of, "requests": org.sent.total()})
