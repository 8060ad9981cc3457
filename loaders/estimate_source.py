"""How the source was read: what `clinic-extract run` wrote down when it had read a system."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """One system, and the run that read most of it."""

    system: str
    # paged | bulk | database | files
    way: str
    records: int
    requests: int
    seconds: float


def read_readings(reports: Path) -> tuple[Reading, ...]:
    """Read what is known of each system; nothing where none was read with this version."""
    found = sorted((reports / "extract").glob("*.json"))
    return tuple(_reading(json.loads(file.read_text(encoding="utf-8"))) for file in found)


def _reading(said: dict[str, Any]) -> Reading:
    return Reading(
        system=str(said["system"]),
        way=str(said["way"]),
        records=int(said["records"]),
        requests=int(said["requests"]),
        seconds=float(said["seconds"]),
    )
