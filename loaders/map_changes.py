"""What changed in each part of the map since somebody last confirmed it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.errors import NothingToRead
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval
from loaders.map_parts import Parts, part_hashes
from loaders.paths import make_private_folder, write_private

APPROVED = "approved"
CHANGED = "changed"
NEVER = "never approved"


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the map against its last approval; against nothing where there is none."""

    scope: str
    # approved | changed | never approved
    state: str
    approved_by: str | None
    at: str | None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    # Name of a thing, and in brackets what about it.
    changed: tuple[str, ...] = ()


def keep_parts(path: Path, parts: Parts) -> None:
    """Write the parts of a map down, so that a later map can be compared with them."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    write_private(path, text.encode("utf-8"))


def read_parts(path: Path) -> Parts:
    """
    Read the parts of a map.

    Raises:
        NothingToRead: the file is gone.

    """
    if not path.is_file():
        raise NothingToRead(
            f"there is no {path}, which an approval rests on", hint="bring it back from a backup"
        )
    parts: Parts = json.loads(path.read_text(encoding="utf-8"))
    return parts


def parts_file(ledger: Ledger, map_hash: str) -> Path:
    """Name the file beside the ledger that holds an approved map."""
    return make_private_folder(ledger.folder / "maps") / f"{map_hash}.json"


def changes_since_approval(ledger: Ledger, parts: Parts) -> tuple[Change, ...]:
    """Compare each part of the map with what was last approved of it."""
    approvals = ledger.approvals()
    hashes = part_hashes(parts)
    return tuple(_change(ledger, scope, parts[scope], hashes[scope], approvals) for scope in parts)


def _change(
    ledger: Ledger, scope: str, part: dict[str, Any], now: str, approvals: list[Approval]
) -> Change:
    of_scope = [each for each in approvals if scope in each.parts]
    same = [each for each in of_scope if each.parts[scope] == now]
    if same:
        return Change(scope, APPROVED, same[-1].approved_by, same[-1].at)
    if not of_scope:
        return Change(scope, NEVER, None, None, added=tuple(sorted(part)))
    last = of_scope[-1]
    before = read_parts(parts_file(ledger, last.map_hash))[scope]
    return Change(
        scope,
        CHANGED,
        last.approved_by,
        last.at,
        added=tuple(sorted(part.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - part.keys())),
        changed=tuple(
            _changed(name, before[name], part[name])
            for name in sorted(part.keys() & before.keys())
            if _text(before[name]) != _text(part[name])
        ),
    )


def _changed(name: str, before: object, now: object) -> str:
    if not (isinstance(before, dict) and isinstance(now, dict)):
        return name
    about = [
        key
        for key in sorted(before.keys() | now.keys())
        if _text(before.get(key)) != _text(now.get(key))
    ]
    return f"{name} ({', '.join(about)})"


def _text(said: object) -> str:
    """Compare as JSON has it: what was read back holds lists where a mapping has tuples."""
    return json.dumps(said, sort_keys=True)
