"""Which extract ran when, and under which approval of the map, or before there was any."""

from __future__ import annotations

import json
import os
from datetime import datetime

from extract.data_folder import DataFolder


def record_extract(
    folder: DataFolder, *, source: str, system: str, is_full: bool, at: datetime
) -> None:
    """
    Write down that an extract begins: one line of JSON in `extracts.jsonl` of the data folder.

    Whoever confirms a map leaves `approval.json` there; what it says is copied and not judged:
    how data is read does not depend on where it will go.
    """
    approval = folder.root / "approval.json"
    said = {
        "at": at.isoformat(timespec="seconds"),
        "source": source,
        "system": system,
        "full": is_full,
        "approval": json.loads(approval.read_text("utf-8")) if approval.is_file() else None,
    }
    with (folder.root / "extracts.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(said, sort_keys=True) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
