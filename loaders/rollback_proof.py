"""Compare the org after a rollback with what it was before the push."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import quoted
from loaders.existing import Reader
from loaders.images import BEFORE, NO_IMAGE, image_files, read_records
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.plan_store import Plan
from loaders.rest_query import count_records
from loaders.rollback_targets import REST, TARGETS
from loaders.rollback_users import USER
from loaders.session import Session
from loaders.soql import id_filters

_COUNTED, _PROVED = "org_counted", "rollback_proved"


@dataclass(frozen=True, slots=True)
class ObjectProof:
    """How many records of an object there were, and what the number is made of now."""

    sobject: str
    before: int
    now: int
    # Records of the push that are still there: held, failed, or retired users; less those that it
    # deleted and that are not back.
    ours: int

    @property
    def others(self) -> int:
        """Count what others made since, less what they deleted."""
        return self.now - self.before - self.ours


@dataclass(frozen=True, slots=True)
class Proof:
    """What the comparison found."""

    objects: tuple[ObjectProof, ...]
    # Said to be deleted, and there all the same.
    alive: int
    restored: int
    # Fields of restored records that were compared with their before-image, and that differ.
    fields: int
    different: int

    @property
    def holds(self) -> bool:
        """Tell whether everything that was undone is as it was before."""
        return self.alive == 0 and self.different == 0


def keep_counts(session: Session, plan: Plan) -> None:
    """Write down, once per push, how many records there are before anything is sent."""
    if _counts(session.ledger, session.run) is not None:
        return
    counts = {
        each.sobject: count_records(session.line, each.sobject)
        for each in plan.objects
        if each.sobject not in NO_IMAGE
    }
    session.ledger.chain.record(_COUNTED, {"run": session.run.run, "counts": counts})


def _counts(ledger: Ledger, run: Run) -> Mapping[str, int] | None:
    return next(
        (act["counts"] for act in ledger.chain.acts(_COUNTED) if act["run"] == run.run), None
    )


def prove(session: Session, pushed: Run, plan: Plan) -> Proof:
    """
    Look for what should be gone, compare what was restored, count the rest; write it down.

    Records that others made or deleted since are counted apart: they are no fault of a rollback.
    """
    found = [
        _compare_restored(session, pushed, each.sobject)
        for each in plan.objects
        if each.sobject not in NO_IMAGE
    ]
    proof = Proof(
        objects=_compare_counts(session, pushed),
        alive=_count_alive(session),
        restored=sum(rows for rows, _, _ in found),
        fields=sum(fields for _, fields, _ in found),
        different=sum(different for _, _, different in found),
    )
    session.ledger.chain.record(_PROVED, {"run": session.run.run, "proof": asdict(proof)})
    return proof


def proof_of(ledger: Ledger, run: Run) -> Proof:
    """Read what a rollback proved last."""
    said = [act["proof"] for act in ledger.chain.acts(_PROVED) if act["run"] == run.run][-1]
    return Proof(**{**said, "objects": tuple(ObjectProof(**each) for each in said["objects"])})


def _compare_counts(session: Session, pushed: Run) -> tuple[ObjectProof, ...]:
    left = dict(
        session.bench.db.execute(
            f"""
            select sobject,
                count(*) filter (was = 'created' and state is distinct from 'deleted')
                    - count(*) filter (was = 'deleted' and state is distinct from 'restored')
            from (from {TARGETS} union all from {REST}) group by sobject
            """  # noqa: S608 - a constant
        ).fetchall()
    )
    return tuple(
        ObjectProof(sobject, before, count_records(session.line, sobject), left.get(sobject, 0))
        for sobject, before in (_counts(session.ledger, pushed) or {}).items()
    )


def _compare_restored(session: Session, pushed: Run, sobject: str) -> tuple[int, int, int]:
    """Give the restored records, the fields compared, and those that are not what they were."""
    db, ids = session.bench.db, scratch_name("restored")
    db.execute(
        f"create temp table {ids} as select id from {TARGETS} "  # noqa: S608 - constants
        "where sobject = ? and state = 'restored'",
        [sobject],
    )
    files = image_files(session, pushed, sobject, kind=BEFORE)
    rows = count(db, ids)
    if not rows or not files:
        return 0, 0, 0
    before = scratch_name("before")
    db.execute(
        f"""
        create temp table {before} as
        select * from read_parquet([{", ".join(files)}], union_by_name = true)
        where id in (select id from {ids})
        """  # noqa: S608 - our own paths
    )
    described = db.execute(f"describe {before}").fetchall()
    names = [str(row[0]) for row in described if row[0] != "id"]
    now = read_records(session, sobject, names, ids=ids)
    differs = " + ".join(
        f"(before.{quoted(name)} is distinct from now.{quoted(name)})::int" for name in names
    )
    found = db.execute(
        f"select coalesce(sum({differs}), 0) from {before} as before "  # noqa: S608 - names of the plan
        f"left join {now} as now on now.id = before.id"
    ).fetchone()
    return rows, rows * len(names), int(found[0]) if found else 0


def _count_alive(session: Session) -> int:
    """Count the records that are said to be deleted, and are there all the same."""
    rows = session.bench.db.execute(
        f"select sobject, list(id order by id) from {TARGETS} "  # noqa: S608 - a constant
        "where was = 'created' and state = 'deleted' group by sobject order by sobject"
    ).fetchall()
    alive = 0
    for sobject, ids in rows:
        # Links cannot be asked for by id (contract 11); they go with their documents.
        if sobject == USER or sobject in NO_IMAGE:
            continue
        table = scratch_name("alive")
        Reader(session.line, session.bench).read(
            ["Id"], str(sobject), filters=id_filters("Id", ids), table=table
        )
        alive += count(session.bench.db, table)
    return alive
