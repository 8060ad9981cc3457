"""The proposal from end to end: what was landed, what the map says, and what is told of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extract.audit.evidence import gather
from extract.audit.facts import questions
from extract.audit.landed import landed
from extract.audit.workspace import Row, rows, workspace
from extract.data_folder import DataFolder
from extract.errors import EXIT_INCOMPLETE
from extract.narration import Narrator
from extract.propose.edits import edited, unified_diff
from extract.propose.map_files import DECLINED, read_map
from extract.propose.proposal import Proposal, Proposed, propose
from extract.raw_tables import init


@dataclass(frozen=True, slots=True)
class Edits:
    """A proposal, and what the map's files would be if all of it were accepted."""

    proposal: Proposal
    texts: dict[Path, str]
    diff: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Return 4 where a person has to decide something, else 0."""
        return EXIT_INCOMPLETE if self.proposal.undecided else 0

    def write(self, project: Path) -> None:
        """Write the files."""
        for path, text in self.texts.items():
            (project / path).write_bytes(text.encode("utf-8"))


def propose_custom_fields(
    folder: DataFolder, *, project: Path, with_shield: bool, narrator: Narrator
) -> Edits:
    """
    Compare what was landed with the map; nothing is written.

    Raises:
        ExtractError: each leaf says what to do about it.

    """
    files = read_map(project)
    proposal = propose(inventory(folder, narrator), files, with_shield=with_shield)
    texts = edited(proposal, files)
    return Edits(proposal, texts, tuple(unified_diff(files.texts, texts)))


def inventory(folder: DataFolder, narrator: Narrator) -> list[Row]:
    """List the clinic's own fields, as the audit does."""
    if folder.raw_database.exists():
        init(folder.raw_database)
    with workspace(folder) as database:
        gather(database, landed(database), mapped=(), narrator=narrator)
        return rows(database, questions()["custom_fields"])


def told(proposal: Proposal) -> Iterator[str]:
    """Say in lines what is proposed, and what somebody has to decide."""
    for new in proposal.proposed:
        yield (
            f"{new.entity}.{new.source}: {new.mart.sobject}.{new.name}, {new.type.sf_type},"
            f" {new.records:,} records"
        )
        yield from (f"  - {remark}" for remark in new.remarks)
    for one in proposal.undecided:
        yield f"{one.entity}.{one.source}: nothing proposed, {one.records:,} records: {one.why}"
        yield f"  Try: {one.hint}"
    for changed in proposal.changed:
        yield f"{changed.entity}.{changed.source}: {changed.field} is mapped, and {changed.why}"
        yield f"  Try: {changed.hint}"
    if proposal.undecided:
        yield f"To decline a field for good, add a line with the reason to {DECLINED}."


def as_json(edits: Edits) -> dict[str, Any]:
    """Give the proposal for programs."""
    proposal = edits.proposal
    return {
        "proposed": [_field_as_json(one) for one in proposal.proposed],
        "undecided": [asdict(one) for one in proposal.undecided],
        "changed": [asdict(one) for one in proposal.changed],
        "declined": [
            {"entity": entity, "source": source, "reason": reason}
            for entity, source, reason in proposal.declined
        ],
        "diff": "".join(edits.diff),
    }


def _field_as_json(one: Proposed) -> dict[str, Any]:
    return {
        **asdict(one),
        "mart": one.mart.name,
        "object": one.mart.sobject,
    }
