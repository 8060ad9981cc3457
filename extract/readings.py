"""How each system was read, kept for whoever estimates the next time: requests and seconds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a system: page by page from its server, by its export, or from files."""

    way: str
    requests: int = 0
    seconds: float = 0.0


def keep_reading(reading: Reading, folder: Path, *, system: str, records: int) -> None:
    """
    Keep a reading, unless an earlier one read more.

    A refresh of three records says nothing of how long the whole takes.
    """
    file = folder / f"{system}.json"
    if file.exists() and json.loads(file.read_text(encoding="utf-8"))["records"] > records:
        return
    folder.mkdir(parents=True, exist_ok=True)
    said = {"system": system, **asdict(reading), "records": records}
    file.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
