"""A rollback as a person reads it: what was undone, what is held and why, and what was proved."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.table import Table

from loaders.bench import copy_privately, scratch_name
from loaders.canonical import literal
from loaders.existing import FILE
from loaders.images import NO_IMAGE, read_records
from loaders.ledger_acts import Run
from loaders.paths import make_private_folder, write_private
from loaders.rollback import Rollback, Undone, undone
from loaders.rollback_part import part_of
from loaders.rollback_proof import Proof, proof_of
from loaders.rollback_targets import TARGETS
from loaders.row_errors import CHANGED_SINCE, row_error, template_sql
from loaders.session import Session
from loaders.tables import new_table

_BY, _AT = "LastModifiedById", "LastModifiedDate"
_UNDONE_COUNTS = ("deleted", "restored", "retired", "held", "failed", "waiting")
# What Salesforce keeps of a deleted record, unless the bin overflows (contract 7.2).
_BIN_DAYS = 15


def held_reasons(session: Session) -> list[dict[str, Any]]:
    """Count what is held or failed, by object and reason."""
    rows = session.bench.db.execute(
        f"""
        select sobject, state, coalesce(code, ''), count(*),
            list_sort(list_distinct(flatten(list(string_split(coalesce(field, ''), ', ')))))
        from {TARGETS} where state in ('held', 'failed') group by all order by all
        """  # noqa: S608 - a constant
    ).fetchall()
    return [
        {
            "sobject": sobject,
            "state": state,
            "code": code,
            "rows": number,
            "fields": [name for name in fields if name],
            "template": row_error(code).template,
            "hint": row_error(code).hint,
        }
        for sobject, state, code, number, fields in rows
    ]


def write_held(session: Session, folder: Path) -> Path:
    """
    Write down every record that is held or failed, with its reason.

    Of a changed record: which fields are not as we left them, and who changed it last, and when.
    """
    return copy_privately(
        session.bench.db,
        f"""
        select held.sobject, held.key, held.id, held.was, held.state, held.code, held.field,
            changes.changed_by, changes.changed_at, {template_sql("held.code")} as message
        from {TARGETS} as held
        left join {_last_changes(session)} as changes on changes.id = held.id
        where held.state in ('held', 'failed') order by held.sobject, held.key
        """,  # noqa: S608 - our own sentences
        make_private_folder(folder) / "held.csv",
    )


def _last_changes(session: Session) -> str:
    """Make a table (id, changed_by, changed_at) of the records that are held for a change."""
    db, table = session.bench.db, scratch_name("changes")
    db.execute(f"create temp table {table} (id varchar, changed_by varchar, changed_at varchar)")
    held = f"from {TARGETS} where state = 'held' and code = {literal(CHANGED_SINCE)}"
    # Who made a newer version of a file does not stand in the version that we made.
    apart = ", ".join(literal(name) for name in sorted({FILE, *NO_IMAGE}))
    objects = db.execute(f"select distinct sobject {held} and sobject not in ({apart}) order by 1")
    for (sobject,) in objects.fetchall():
        ids = scratch_name("ids")
        db.execute(f"create temp table {ids} as select id {held} and sobject = ?", [sobject])
        found = read_records(session, str(sobject), [_BY, _AT], ids=ids)
        db.execute(f"insert into {table} select id, {_BY}, {_AT} from {found}")  # noqa: S608 - ours
    return table


def certify(work: Rollback, code: int, reports: Path) -> dict[str, Any]:
    """
    Write what a rollback did and proved as a certificate, and give it; the run ends after it.

    It says until when the recycle bin keeps what was deleted, all of it: one that was cut off
    deleted its first records when it began. After a hard delete nothing is kept.
    """
    session, run = work.session, work.session.run
    folder = make_private_folder(make_private_folder(reports) / run.run)
    kept_until = datetime.fromisoformat(run.started_at) + timedelta(days=_BIN_DAYS)
    document = {
        "run": run.run,
        "of_run": work.pushed.run,
        "part": part_of(session.ledger, run),
        "org_id": run.org_id,
        "started_at": run.started_at,
        "finished_at": session.ledger.chain.now(),
        "exit_code": code,
        "objects": [asdict(each) for each in undone(session)],
        "held": held_reasons(session),
        "held_file": str(write_held(session, folder)),
        "proof": proof_document(proof_of(session.ledger, run)),
        "bin_until": None if work.hard else kept_until.date().isoformat(),
    }
    text = json.dumps(document, indent=2) + "\n"
    write_private(folder / "certificate.json", text.encode("utf-8"))
    return {**document, "certificate": str(folder / "certificate.json")}


def proof_document(proof: Proof) -> dict[str, Any]:
    """Give a proof as JSON, with what follows from its numbers."""
    objects = [{**asdict(each), "others": each.others} for each in proof.objects]
    return {**asdict(proof), "objects": objects, "holds": proof.holds}


def undone_tables(objects: list[Undone], reasons: list[dict[str, Any]], run: Run) -> list[Table]:
    """Draw what a rollback did, or would do, and why anything is held."""
    table = new_table(f"run {run.run}", names=("object",), numbers=_UNDONE_COUNTS)
    for each in objects:
        table.add_row(each.sobject, *(f"{getattr(each, name):,}" for name in _UNDONE_COUNTS))
    if not reasons:
        return [table]
    held = new_table(
        "not undone",
        names=("object", "code"),
        numbers=("rows",),
        sentences=("fields", "meaning", "try"),
    )
    for reason in reasons:
        words = f"{reason['state']}: {reason['template']}"
        held.add_row(
            reason["sobject"],
            reason["code"],
            f"{reason['rows']:,}",
            ", ".join(reason["fields"]),
            words,
            reason["hint"],
        )
    return [table, held]


def proof_table(proof: Proof) -> Table:
    """Draw the org before the push and now."""
    table = new_table(
        "the org before the push and now",
        names=("object",),
        numbers=("before", "now", "of this push", "by others"),
    )
    for each in proof.objects:
        numbers = (each.before, each.now, each.ours, each.others)
        table.add_row(each.sobject, *(f"{number:,}" for number in numbers))
    return table


def proof_sentence(proof: Proof) -> str:
    """Say what was compared, and whether it is as it was."""
    found = (
        f"{proof.alive:,} deleted records are still there; {proof.restored:,} restored records, "
        f"{proof.different:,} of {proof.fields:,} fields are not what they were"
    )
    return f"{'proved' if proof.holds else 'NOT PROVED'}: {found}"
