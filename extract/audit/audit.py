"""The audit itself: one look at everything that was landed, in an order that each step needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extract.audit.build import Build, last_build
from extract.audit.evidence import gather
from extract.audit.facts import ManyToMany, facts, many_to_many
from extract.audit.findings import Finding, counted, look_for, write_records
from extract.audit.landed import Landed, landed
from extract.audit.left_behind import LeftBehind, left_behind
from extract.audit.profile import TableProfile, profile
from extract.audit.recommended import TargetObject, mapped_custom_fields, recommended_model
from extract.audit.workspace import Row, whole, workspace
from extract.data_folder import DataFolder
from extract.narration import Narrator
from extract.raw_tables import init


@dataclass(frozen=True, slots=True)
class Audit:
    """All that the report tells; counts, shapes and codes, and no value of a patient."""

    landed: Landed
    people: int
    profiles: tuple[TableProfile, ...]
    findings: tuple[Finding, ...]
    facts: dict[str, list[Row]]
    many_to_many: tuple[ManyToMany, ...]
    left_behind: tuple[LeftBehind, ...]
    build: Build
    model: tuple[TargetObject, ...] | None

    @property
    def quarantined_records(self) -> int:
        """Count the payloads that were read and could not be landed."""
        return sum(whole(row, "resources") for row in self.landed.quarantined)

    @property
    def open_counts(self) -> list[str]:
        """Name what does not add up: tables of the profile, and entities of the build."""
        tables = [
            table.name
            for table, told in zip(self.landed.tables, self.profiles, strict=True)
            if table.records != told.unreadable + told.profiled
        ]
        return tables + self.build.open_entities


def audit(folder: DataFolder, *, manifest: Path, into: Path, narrator: Narrator) -> Audit:
    """
    Look at everything that was landed, and write the two row-level parts beside the report.

    Raises:
        ExtractError: each leaf says what to do about it.

    """
    model = recommended_model(manifest)
    if folder.raw_database.exists():
        # A landing of an earlier version lacks the tables that were declared since.
        init(folder.raw_database)
    mapped = sorted(set(mapped_custom_fields(model)))
    with workspace(folder) as database:
        there = landed(database)
        gather(database, there, mapped=mapped, narrator=narrator)
        look_for(database, as_of=there.as_of)
        write_records(database, into / "findings.csv")
        (people,) = database.execute(
            "select count(distinct (system, person_id)) from person"
        ).fetchall()[0]
        return Audit(
            landed=there,
            people=int(people),
            findings=tuple(counted(database)),
            facts=facts(database),
            many_to_many=tuple(many_to_many(database)),
            left_behind=tuple(left_behind(database, there, into / "rebuild")),
            build=last_build(database, folder.warehouse),
            model=model,
            profiles=tuple(profile(database, there, narrator=narrator)),
        )
