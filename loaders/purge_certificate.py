"""Delete working files and certify it: what, when, by whom, and the hash of what it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.ledger import Ledger
from loaders.paths import CERTIFICATES, DataFolder, make_private_folder, write_private
from loaders.purge import LEDGER, LOST, Purge

LISTED, PURGED = "purge_listed", "purged"
_HOW = "unlinked, not overwritten: what a disk or its snapshots keep is theirs to erase"


@dataclass(frozen=True, slots=True)
class Certified:
    """A purge that was done, and where that is written."""

    certificate: Path
    sha256: str
    files: int
    bytes: int


def carry_out(
    purge: Purge, data: DataFolder, ledger: Ledger, *, by: str, abandoned: Iterable[str]
) -> Certified:
    """
    Delete the files of a purge, and write the certificate.

    The list with every hash is on disk, and its own hash on the ledger, before the first file
    goes. Cut off, the next purge takes up the list: its certificate names what went before as well.
    """
    folder = make_private_folder(data.root / CERTIFICATES)
    listed = {
        **_left_unfinished(ledger, folder),
        **{each.name: [each.bytes, _sha256(each.path)] for each in purge.files},
    }
    name = f"purge-{len(ledger.chain.acts(LISTED)) + 1:04d}"
    facts = {
        "purge": name,
        "by": by,
        "listed_at": ledger.chain.now(),
        "how": _HOW,
        "no_longer_possible": list(LOST),
        "abandoned_runs": sorted(abandoned),
        "left_alone": list(purge.foreign),
        "files": [{"name": each, "bytes": of[0], "sha256": of[1]} for each, of in listed.items()],
    }
    file, sha256 = _write(folder, f"{name}.list.json", facts)
    ledger.chain.record(LISTED, {"purge": name, "by": by, "file": file.name, "sha256": sha256})
    _delete(purge, data)
    certificate, sha256 = _write(
        folder, f"{name}.json", {**facts, "finished_at": ledger.chain.now()}
    )
    size = sum(of[0] for of in listed.values())
    said = {"purge": name, "by": by, "file": certificate.name, "sha256": sha256}
    of_ledger = [each.removeprefix(f"{LEDGER}/") for each in listed if each.startswith(LEDGER)]
    ledger.chain.record(
        PURGED, {**said, "files": len(listed), "bytes": size, "of_ledger": of_ledger}
    )
    return Certified(certificate, sha256, len(listed), size)


def _left_unfinished(ledger: Ledger, folder: Path) -> dict[str, list[Any]]:
    """Give what a purge had listed that was cut off; what it had deleted stands nowhere else."""
    done = {act["purge"] for act in ledger.chain.acts(PURGED)}
    acts = ledger.chain.acts(LISTED)
    last_done = max((place for place, act in enumerate(acts) if act["purge"] in done), default=-1)
    found: dict[str, list[Any]] = {}
    for act in acts[last_done + 1 :]:
        said = json.loads((folder / act["file"]).read_text(encoding="utf-8"))
        found |= {each["name"]: [each["bytes"], each["sha256"]] for each in said["files"]}
    return found


def _delete(purge: Purge, data: DataFolder) -> None:
    """Delete each file, and the folders that are empty by it."""
    for each in purge.files:
        each.path.unlink()
    for folder in {each.path.parent for each in purge.files}:
        while folder != data.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent  # noqa: PLW2901 - up, as long as it is empty


def _write(folder: Path, name: str, facts: dict[str, Any]) -> tuple[Path, str]:
    text = (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
    write_private(folder / name, text)
    return folder / name, hashlib.sha256(text).hexdigest()


def _sha256(path: Path) -> str:
    if path.is_symlink():
        return hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
