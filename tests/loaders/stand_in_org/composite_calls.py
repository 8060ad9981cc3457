"""What the tests of composite requests send, and what they ask the org afterwards."""

from __future__ import annotations

from typing import Any

from tests.loaders.stand_in_org.front_org import OrgClient

ROOT = "/services/data/v67.0"
HALTED = [
    {
        "errorCode": "PROCESSING_HALTED",
        "message": "The transaction was rolled back since another operation in the same "
        "transaction failed.",
    }
]


def step(name: str, method: str, path: str, body: object = None, **more: object) -> dict[str, Any]:
    made = {"method": method, "url": f"{ROOT}/{path}", "referenceId": name, **more}
    return made if body is None else {**made, "body": body}


def named(org: OrgClient, name: str) -> list[dict[str, object]]:
    return org.records(f"SELECT Id, Name FROM Account WHERE Name = '{name}'")
