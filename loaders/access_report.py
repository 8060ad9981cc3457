"""What the proof of who can see what says: tables, a file beside the run, a part of its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from extract.page.figure import Figure
from loaders.access import Proof
from loaders.paths import make_private_folder, write_private
from loaders.tables import new_table

_FILE = "access.json"


def write_access(proof: Proof, reports: Path) -> Path:
    """Keep the proof with what is reported of its run."""
    path = make_private_folder(make_private_folder(reports) / proof.run) / _FILE
    write_private(path, (json.dumps(proof.document(), indent=2) + "\n").encode())
    return path


def read_access(reports: Path, run: str) -> Mapping[str, Any] | None:
    """Read what the org said last of who sees a run's records; None: it was not asked."""
    path = reports / run / _FILE
    if not path.exists():
        return None
    told: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def access_tables(proof: Proof) -> list[Table]:
    """Show who does what with which object, what is wrong, and who sees everything."""
    who = [person.who for person in proof.people]
    seen = new_table("who sees what: level, records read of asked, PHI fields", names=("", *who))
    for sobject, cells in _by_object(proof.document()).items():
        seen.add_row(sobject, *(cells[each] for each in who))
    wrong = new_table("findings", names=("who", "user", "object"), sentences=("what",))
    for each in proof.findings:
        count = f" ({each.count:,})" if each.count else ""
        wrong.add_row(each.who, each.user_id, each.sobject, each.what + count)
    holders = new_table("sees all data", names=("user", "permissions"))
    for holder in proof.holders:
        holders.add_row(holder.user_id, ", ".join(holder.permissions))
    return [*([seen] if who else []), *([wrong] if proof.findings else []), holders]


def access_figures(told: Mapping[str, Any]) -> list[Figure]:
    """Give the same as the tables of a page."""
    who = [str(person["who"]) for person in told["people"]]
    seen = _table(
        "Records read of those asked, and our PHI fields that may be read",
        ("object", *who),
        [(sobject, *(cells[each] for each in who)) for sobject, cells in _by_object(told).items()],
    )
    wrong = _table(
        "What is not as the map says",
        ("who", "user", "object", "what", "how many"),
        [
            (each["who"], each["user_id"], each["sobject"], each["what"], f"{each['count']:,}")
            for each in told["findings"]
        ],
    )
    holders = _table(
        "Who sees or changes all data, whatever is shared",
        ("user", "permissions"),
        [(each["user_id"], ", ".join(each["permissions"])) for each in told["holders"]],
    )
    return [*([seen] if who else []), *([wrong] if wrong.rows else []), holders]


def _table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Figure:
    words = frozenset(range(len(columns)))
    return Figure("", title, "", "", columns, tuple(rows), words=words)


def _by_object(told: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Say for each object what each user does with it."""
    found: dict[str, dict[str, str]] = {}
    for each in told["sights"]:
        fields = f", PHI {each['phi_read']}/{each['phi_fields']}" if each["phi_fields"] else ""
        said = f"{each['level']} {each['reads']}/{each['asked']}{fields}"
        found.setdefault(str(each["sobject"]), {})[str(each["who"])] = said
    return found
