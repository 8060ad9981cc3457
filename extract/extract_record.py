"""Which extract ran when, and under which approval of the map, or before there was any."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime

from extract.data_folder import DataFolder

RECORD = "extracts.jsonl"


@dataclass(frozen=True, slots=True)
class Extract:
    """One extract: what it reads, whether all of it, and when it began."""

    source: str
    system: str
    is_full: bool
    at: datetime


def record_extract(folder: DataFolder, extract: Extract, *, ended: bool) -> None:
    """
    Write down that an extract begins, and once more when it has read all that there is.

    Each is a line of JSON in `extracts.jsonl` of the data folder: of one that was cut off there
    is the first alone.

    Whoever confirms a map leaves `approval.json` there; what it says is copied and not judged:
    how data is read does not depend on where it will go.
    """
    approval = folder.root / "approval.json"
    said = {
        "at": extract.at.isoformat(timespec="seconds"),
        "source": extract.source,
        "system": extract.system,
        "full": extract.is_full,
        "ended": ended,
        "approval": json.loads(approval.read_text("utf-8")) if approval.is_file() else None,
    }
    with (folder.root / RECORD).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(said, sort_keys=True) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def last_whole_read(folder: DataFolder, *, source: str, system: str) -> str | None:
    """Return when the last extract of all that a system holds began: a full one, or the first."""
    every = map(json.loads, (folder.root / RECORD).read_text("utf-8").splitlines())
    mine = [one for one in every if (one["source"], one["system"]) == (source, system)]
    whole = [one["at"] for one in mine if one["full"] or one is mine[0]]
    return str(whole[-1]) if whole else None
