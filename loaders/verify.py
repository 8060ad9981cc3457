"""Compare the org with the plan: every field of every row, set-wise, on canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loaders.bench import copy_privately
from loaders.gone_states import GONE_STATES, view_gone
from loaders.lost_keys import load_written
from loaders.paths import make_private_folder
from loaders.plan_scope import SAMPLE
from loaders.plan_store import Plan, PlanObject
from loaders.resolve import load_references
from loaders.session import Session
from loaders.taken_back import take_back, view_push
from loaders.verify_compare import (
    DIFFERENCES,
    NORMALISED,
    compare_object,
    load_aliases,
    start_differences,
)
from loaders.verify_files import compare_downloads
from loaders.verify_org import read_org
from loaders.verify_rules import NORMALISED_FILE, Normalised, read_normalised
from loaders.verify_sample import SAMPLE as SIDE_BY_SIDE
from loaders.verify_sample import see_some, start_sample, write_sample

MISSING, EXTRA, DIFFERENT = "-", "+", "!"


@dataclass(frozen=True, slots=True)
class ObjectVerdict:
    """How one object in the org compares with the plan."""

    sobject: str
    rows: int
    fields: int
    missing: int
    extra: int
    different: int


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """How often one field differs."""

    sobject: str
    field: str
    rows: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found; the keys are in a file of their own."""

    objects: tuple[ObjectVerdict, ...]
    fields: tuple[FieldVerdict, ...]
    normalised: tuple[Normalised, ...]
    file: Path

    @property
    def differences(self) -> int:
        """Count everything that is not as planned."""
        return sum(each.missing + each.extra + each.different for each in self.objects)


def verify(
    session: Session, plan: Plan, folder: Path, *, reports: Path, download: bool = False
) -> Verdict:
    """
    Read every object back and compare each row that should be there, field by field.

    Rows that failed or are held are not expected; that they are not there in spite of the plan
    is what `status` says. What a rollback deleted must not be there. Differences are written down
    by key; values leave the bench in the private sample alone. Files are compared by size and
    checksum; of a sample, or where that is asked for, each is downloaded as well.
    """
    db, chain = session.bench.db, session.ledger.chain
    begun = chain.clock()
    view_push(db, session.ledger, session.run)
    load_references(session, plan)
    load_written(session.bench, session.ledger, org_id=session.run.org_id)
    start_differences(db)
    view_gone(db, plan, folder)
    take_back(db, GONE_STATES)
    load_aliases(db, plan, folder)
    for each in plan.objects:
        session.progress.begin(f"read {each.sobject}", total=each.rows)
        read_org(session, each)
        session.progress.advance(each.rows)
    compared = []
    start_sample(session)
    for each in plan.objects:
        compared.append(compare_object(session, plan, folder, each))
        see_some(session, folder, each)
    if download or plan.settings.scope == SAMPLE:
        compare_downloads(session, plan, folder)
    file = _write(session, reports)
    verdict = Verdict(
        objects=tuple(
            _object_verdict(session, each, rows)
            for each, rows in zip(plan.objects, compared, strict=True)
        ),
        fields=_field_verdicts(session),
        normalised=read_normalised(file.with_name(NORMALISED_FILE)),
        file=file,
    )
    said = {"run": session.run.run, "differences": verdict.differences}
    chain.record("verified", {**said, "seconds": (chain.clock() - begun).total_seconds()})
    return verdict


def _object_verdict(session: Session, each: PlanObject, rows: int) -> ObjectVerdict:
    counts = dict(
        session.bench.db.execute(
            f"select kind, count(distinct key) from {DIFFERENCES} where sobject = ? group by kind",  # noqa: S608
            [each.sobject],
        ).fetchall()
    )
    return ObjectVerdict(
        sobject=each.sobject,
        rows=rows,
        fields=len(each.columns),
        missing=int(counts.get(MISSING, 0)),
        extra=int(counts.get(EXTRA, 0)),
        different=int(counts.get(DIFFERENT, 0)),
    )


def _field_verdicts(session: Session) -> tuple[FieldVerdict, ...]:
    rows = session.bench.db.execute(
        f"select sobject, field, count(*) from {DIFFERENCES} where kind = '{DIFFERENT}' "  # noqa: S608
        "group by sobject, field order by count(*) desc, sobject, field"
    ).fetchall()
    return tuple(FieldVerdict(str(row[0]), str(row[1]), int(row[2])) for row in rows)


def _write(session: Session, reports: Path) -> Path:
    folder = make_private_folder(make_private_folder(reports) / session.run.run)
    write_sample(session, folder / SIDE_BY_SIDE)
    copy_privately(
        session.bench.db,
        f"select * from {NORMALISED} order by rule, cells desc, sobject, field",  # noqa: S608
        folder / NORMALISED_FILE,
    )
    return copy_privately(
        session.bench.db,
        f"select * from {DIFFERENCES} order by sobject, kind, key, field",  # noqa: S608
        folder / "differences.csv",
    )
