"""Show that the ledger is what was written: its chain of acts, and the files that acts name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from loaders.errors import LedgerBroken
from loaders.ledger import Ledger
from loaders.purge_certificate import PURGED
from loaders.rollback_part import PART_KEPT

# Acts that name a file, and under which name they do.
NEVER_REWRITTEN = {"job_settled": "outcomes", PART_KEPT: "file"}
ALL_FILES = {**NEVER_REWRITTEN, "image_kept": "file"}
_CHUNK = 1 << 20


def ledger_problems(ledger: Ledger, files: Mapping[str, str]) -> list[str]:
    """List what is not as it was written: a broken chain, missing and changed files."""
    problems = []
    broken = ledger.chain.broken_link()
    if broken is not None:
        problems.append(f"act {broken} does not follow from the one before it")
    for name, sha256 in sorted(kept_files(ledger, files).items()):
        path = ledger.folder / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif _sha256(path) != sha256:
            problems.append(f"{name} was changed after it was written")
    return problems


def require_whole(ledger: Ledger, files: Mapping[str, str] = NEVER_REWRITTEN) -> None:
    """
    Let a command go on whose ledger can be believed.

    Images are written anew by each push of a run: between the file and its act a kill leaves one
    that the next push replaces, so only who asks for the whole log has them looked at.

    Raises:
        LedgerBroken: somebody or something changed it; each place is listed.

    """
    if problems := ledger_problems(ledger, files):
        raise LedgerBroken(
            f"the ledger is not what was written: {'; '.join(problems)}",
            hint="put the ledger's folder back from its backup, then clinic-load audit-log verify",
        )


def kept_files(ledger: Ledger, files: Mapping[str, str]) -> dict[str, str]:
    """Give the sha256 of each file that an act names and that no purge took, as last said."""
    kept = {act[files[kind]]: act["sha256"] for kind, act in ledger.chain.acts_of(tuple(files))}
    purged = {name for act in ledger.chain.acts(PURGED) for name in act["of_ledger"]}
    return {name: sha256 for name, sha256 in kept.items() if name not in purged}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
