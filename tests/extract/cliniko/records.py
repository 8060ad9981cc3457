"""How Cliniko writes a record."""

from __future__ import annotations

from typing import Any

BASE = "https://api.uk2.cliniko.example/v1"
CREATED = "2025-02-03T08:00:00Z"
CHANGED = "2025-06-01T10:00:00Z"
Record = dict[str, Any]


def to(kind: str, identity: str) -> Record:
    """Link to a record, as Cliniko does: by its address."""
    return {"links": {"self": f"{BASE}/{kind}/{identity}"}}


def record(kind: str, identity: str, **values: Any) -> Record:
    """Make a record with what every record has."""
    common = {"id": identity, "created_at": CREATED, "updated_at": CHANGED, **to(kind, identity)}
    return common | values
