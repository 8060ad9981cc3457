"""What every crash begins from: an org before a push of all kinds of acts, and one after it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx

from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.map_parts import CORE, DELETIONS
from loaders.plan_store import DELETE
from tests.loaders.crash.stage import CLINIC, ORG_FOLDER, Launcher, Stage, staged
from tests.loaders.deciding import decide
from tests.loaders.loading import SMALL, Loading
from tests.loaders.mini_clinic import MiniClinic
from tests.loaders.wide_clinic import wide_clinic

PUSH, ROLLBACK = "push", "rollback"
PHASES = (PUSH, ROLLBACK)
# What a first push has brought already; the next one, which is struck, changes it and brings more.
_OLD = {
    "sf_account": "demo:household:1, demo:household:gone",
    "sf_contact": "demo:patient:1, demo:patient:2, demo:patient:gone",
    "sf_content_version": "demo:document:gone",
    "sf_content_document_link": "demo:document:gone",
    "sf_event": "demo:appointment:1",
}
# Who is no longer there when the next push is planned, and is to go.
_LEAVING = """
insert into main_salesforce.sf_account select * replace
    ('demo:household:gone' as Clinic_Id__c, 'Gone family' as Name, null as Phone)
    from main_salesforce.sf_account where Clinic_Id__c = 'demo:household:1';
insert into main_salesforce.sf_contact select * replace
    ('demo:patient:gone' as Clinic_Id__c, 'demo:household:gone' as AccountId, 'Gone' as LastName)
    from main_salesforce.sf_contact where Clinic_Id__c = 'demo:patient:1';
insert into main_salesforce.sf_content_version select * replace
    ('demo:document:gone' as Clinic_Id__c)
    from main_salesforce.sf_content_version where Clinic_Id__c = 'demo:document:1';
insert into main_salesforce.sf_content_document_link select * replace
    ('demo:document:gone' as ContentDocumentId, 'demo:patient:gone' as LinkedEntityId)
    from main_salesforce.sf_content_document_link where ContentDocumentId = 'demo:document:1';
"""
_GOING = {
    key: DELETE
    for key in (
        "demo:household:gone",
        "demo:patient:gone",
        "demo:document:gone",
        "demo:document:gone|demo:patient:gone",
    )
}

Outcomes = dict[tuple[str, str], tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A command that nobody disturbed: where it began, what it did, how it left org and rows."""

    template: Path
    events: list[list[Any]]
    objects: list[dict[str, Any]]
    outcomes: Outcomes


# Enough for every way of sending: users, own parents, files, natural keys, Bulk and Collections.
_NARROW = frozenset(
    {
        "sf_user",
        "sf_account",
        "sf_contact",
        "sf_content_version",
        "sf_content_document_link",
        "sf_account_contact_relation",
    }
)


def crash_clinic(folder: Path, *, wide: bool) -> MiniClinic:
    """Build the wide clinic, or what is needed of it: a file goes first, two travel together."""
    clinic = wide_clinic(folder)
    for name in clinic.marts.keys() - _NARROW:
        if not wide:
            del clinic.marts[name]
    clinic.marts["sf_content_version"]["rows"] += [
        ("demo:document:2", "Scan", "scan.txt", "V29ybGQ="),
        ("demo:document:3", "Map", "map.txt", "V29ybGQh"),
    ]
    clinic.marts["sf_content_document_link"]["rows"] += [
        ("demo:document:2", "demo:household:1", "V"),
        ("demo:document:3", "demo:household:1", "V"),
    ]
    # A family of the same name and phone: a duplicate rule warns, and the approval lets it pass.
    household, *others = clinic.marts["sf_account"]["rows"]
    alike = [_with_phone(household, "demo:household:1"), _with_phone(household, "demo:household:3")]
    clinic.marts["sf_account"]["rows"] = [*alike, *others]
    return clinic.write()


def _with_phone(household: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    return (key, *household[1:5], "555 0177", *household[6:])


def planned_org(folder: Path, launcher: Launcher, *, wide: bool) -> Path:
    """
    Make an org that holds some rows, beside an approved delta of new and changed ones.

    The wide one deletes as well, a family with a file.
    """
    folder.mkdir()
    clinic = crash_clinic(folder / CLINIC, wide=wide)
    if wide:
        clinic.sql(_LEAVING)
    for mart in clinic.marts:
        kept = ", ".join(f"'{key.strip()}'" for key in _OLD.get(mart, "").split(","))
        key = clinic.marts[mart]["columns"][0]["name"]
        clinic.sql(f"delete from main_salesforce.{mart} where {key} not in ({kept})")
    stage = Stage(folder, launcher)
    with httpx.Client() as api:
        desk = Loading(clinic, stage.serve(), api)
        desk.deploy()
        desk.push(desk.plan(), sending=SMALL)
        clinic.write()
        clinic.sql(
            "update main_salesforce.sf_account set Phone = '555 0199' "
            "where Clinic_Id__c != 'demo:household:3'"
        )
        clinic.sql("update main_salesforce.sf_contact set FirstName = 'Anew', Birthdate = null")
        plan = desk.plan(delta=True)
        if wide:
            desk.approve(decide(desk, plan, _GOING), scopes=(*CORE, DELETIONS))
        else:
            desk.approve(plan)
    stage.stop()
    return folder


def undisturbed(phase: str, template: Path, folder: Path, launcher: Launcher) -> Undisturbed:
    """Run a command to its end, and leave the stage beside it as the next template."""
    with staged(template, folder / "stage", launcher) as stage:
        done = stage.load(phase, "latest")
        assert done.code == 0, done.stderr
        found = Undisturbed(
            template, stage.events(), stage.dump(portable=True), outcomes(stage, phase)
        )
        stage.stop()
        for name in (CLINIC, ORG_FOLDER):
            shutil.copytree(stage.folder / name, folder / "after" / name)
    return found


def outcomes(stage: Stage, phase: str) -> Outcomes:
    """Read what the ledger says of each row of the newest run."""
    ledger = Ledger.open(stage.ledger)
    try:
        files = ledger.outcome_files(ledger.run("latest", kind=phase).run)
    finally:
        ledger.close()
    with duckdb.connect() as db:
        view_outcomes(db, files)
        rows = db.execute("select sobject, key, state, id from finals").fetchall()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def newest_run(stage: Stage, phase: str) -> Run:
    ledger = Ledger.open(stage.ledger)
    try:
        return ledger.run("latest", kind=phase)
    finally:
        ledger.close()
