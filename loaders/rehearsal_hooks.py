"""What a rehearsal does to its clinic and its org behind the backs of the commands."""

from __future__ import annotations

from typing import Any

import httpx

from extract.demo_process import Clinic
from loaders.demo_road import Org


def change_clinic(clinic: Clinic, **charts: int) -> dict[str, Any]:
    """Edit, add and delete so many charts, and give what was done."""
    done: dict[str, Any] = _post(f"{clinic.url}/_demo/change", str(clinic.token), charts)
    return done


def lose_rows(org: Org, *, share: float, sobject: str) -> None:
    """Let the org lose a share of what the next job of an object makes."""
    fault = {"lose_rows": {"share": share, "object": sobject}}
    _post(f"{org.http}/_stand_in/fault", org.token, fault)


def _post(url: str, token: str, body: object) -> Any:  # noqa: ANN401 - each has its own JSON
    answer = httpx.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    return answer.raise_for_status().json()
