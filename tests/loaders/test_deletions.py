"""What the source has no longer is deleted, kept or marked as a person decides, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from loaders.deletion_decisions import MARK_FIELD
from loaders.errors import DONE, INCOMPLETE, USAGE, OrgUnavailable, PushRefused, WrongUsage
from loaders.plan_store import Gone
from loaders.push_gates import Wish, pass_gates, require_same_decisions
from tests.loaders.deciding import decide
from tests.loaders.loading import BULK, Loading, deployed_org, loading
from tests.loaders.mini_clinic import MARTS, MiniClinic, field
from tests.loaders.planning import ALIAS

MARKED = ("sf_contact", "sf_insurance_coverage")
# Families of one, each with two coverages of one payer and a file.
FAMILIES = """
insert into main_salesforce.sf_account (Clinic_Id__c, RecordTypeId, Name, Type)
    select 'demo:household:m' || n, 'Patient', 'Family ' || n, 'Patient' from range(9) as t(n);
insert into main_salesforce.sf_contact (Clinic_Id__c, AccountId, LastName, Deceased__c)
    select 'demo:patient:m' || n, 'demo:household:m' || n, 'Muster' || n, false
    from range(9) as t(n);
insert into main_salesforce.sf_insurance_coverage (Clinic_Id__c, Patient__c, Payer__c, Rank__c)
    select 'demo:coverage:m' || n || '-' || c, 'demo:patient:m' || n, 'demo:payer:1', c
    from range(9) as t(n), range(2) as u(c);
insert into main_salesforce.sf_content_version
    select 'demo:document:m' || n, 'Letter ' || n, 'letter.txt', 'SGVsbG8=' from range(9) as t(n);
insert into main_salesforce.sf_content_document_link
    select 'demo:document:m' || n, 'demo:patient:m' || n, 'V' from range(9) as t(n);
"""
GONE = {
    "sf_account": "Clinic_Id__c = 'demo:household:{0}'",
    "sf_contact": "Clinic_Id__c = 'demo:patient:{0}'",
    "sf_insurance_coverage": "Patient__c = 'demo:patient:{0}'",
    "sf_content_version": "Clinic_Id__c = 'demo:document:{0}'",
    "sf_content_document_link": "LinkedEntityId = 'demo:patient:{0}'",
}
COVERAGE = "Insurance_Coverage__c"
MART = "main_salesforce.sf_insurance_coverage"


def clinic_with_marks(folder: Path) -> MiniClinic:
    marts = deepcopy(MARTS)
    for name in MARKED:
        mark = field("Source_Deleted_At__c", "timestamp", custom=True, label="Source Deleted At")
        marts[name]["columns"].append(mark)
        marts[name]["rows"] = [(*row, None) for row in marts[name]["rows"]]
    clinic = MiniClinic(folder, marts).write()
    clinic.sql(FAMILIES)
    return clinic


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """A clinic whose rows are all in the org."""
    folder = tmp_path_factory.mktemp("deletions")
    clinic = clinic_with_marks(folder / "clinic")
    deployed_org(folder / "template", clinic)
    with loading(folder / "template", folder / "org", clinic) as found:
        plan = found.plan()
        found.approve(plan)
        assert found.push(plan) == DONE
        yield found


def delete_family(desk: Loading, name: str) -> None:
    for mart, condition in GONE.items():
        desk.clinic.sql(f"delete from main_salesforce.{mart} where {condition.format(name)}")


def family(name: str) -> dict[str, str]:
    """Decide that everything of a family goes."""
    return {
        f"demo:household:{name}": "delete",
        f"demo:patient:{name}": "delete",
        f"demo:coverage:{name}-0": "delete",
        f"demo:coverage:{name}-1": "delete",
        f"demo:document:{name}": "delete",
        f"demo:document:{name}|demo:patient:{name}": "delete",
    }


def alive(desk: Loading, sobject: str, key: str) -> bool:
    return bool(desk.soql(f"SELECT Id FROM {sobject} WHERE Clinic_Id__c = '{key}'"))


def test_what_nobody_decided_is_held_and_what_is_kept_is_not_asked_about_again(
    desk: Loading,
) -> None:
    desk.clinic.sql(f"delete from {MART} where Clinic_Id__c = 'demo:coverage:m0-1'")
    plan = desk.plan(delta=True)
    assert plan.gone == (Gone(COVERAGE, 0, 0, 0, 1),)
    assert desk.push(plan) == INCOMPLETE
    status = desk.status(plan)
    assert [(each.held, each.rows) for each in status.gone] == [(1, 1)]
    assert [(each.code, each.rows) for each in status.reasons] == [("deletion_undecided", 1)]
    assert alive(desk, COVERAGE, "demo:coverage:m0-1")
    assert desk.verify(plan).differences == 0
    kept = decide(desk, desk.plan(delta=True), {})
    assert (kept.gone, "deletions" in kept.parts) == ((Gone(COVERAGE, 0, 0, 1, 0),), False)
    assert desk.push(kept) == DONE
    again = desk.plan(delta=True)
    assert again.gone == kept.gone
    assert not [each for each in again.findings if each.code == "deleted_in_source"]


def test_a_deleted_family_goes_and_a_rollback_gives_all_of_it_back(desk: Loading) -> None:
    delete_family(desk, "m1")
    desk.clinic.sql(f"delete from {MART} where Clinic_Id__c = 'demo:coverage:m6-0'")
    before = desk.objects()
    plan = decide(desk, desk.plan(delta=True), {**family("m1"), "demo:coverage:m6-0": "mark"})
    assert {each.sobject: each.delete for each in plan.gone} == {
        "Account": 1, "Contact": 1, COVERAGE: 2, "ContentVersion": 1, "ContentDocumentLink": 1,
    }  # fmt: skip
    assert desk.push(plan) == DONE, (desk.outcomes("push"), desk.status(plan))
    coverages = {each.sobject: each for each in desk.status(plan).gone}[COVERAGE]
    assert (coverages.deleted, coverages.marked, coverages.kept, coverages.rows) == (2, 1, 1, 4)
    assert not any("m1" in str(record) for record in desk.objects())
    assert desk.verify(plan).differences == 0
    code, undone = desk.rollback(plan)
    assert (code, undone["Contact"].restored, undone[COVERAGE].restored) == (DONE, 1, 3)
    assert desk.objects() == before
    asked = {each.sobject: each.undecided for each in desk.plan(delta=True).gone}
    assert asked == {
        "Account": 1, "Contact": 1, COVERAGE: 3, "ContentVersion": 1, "ContentDocumentLink": 1,
    }  # fmt: skip


def test_a_record_that_somebody_works_on_is_held_with_what_it_hangs_on(desk: Loading) -> None:
    for name in ("m2", "m3"):
        delete_family(desk, name)
    plan = decide(desk, desk.plan(delta=True), family("m2") | family("m3"))
    with desk.open() as opened, pytest.raises(PushRefused, match="deletions not confirmed"):
        pass_gates(plan, opened.org, opened.ledger, Wish())
    desk.change(COVERAGE, "demo:coverage:m2-0", Rank__c=7)
    patient = desk.record_id("Contact", "demo:patient:m3")
    desk.create("Task", WhoId=patient, Subject="Call back")
    assert desk.push(plan) == INCOMPLETE
    held = {key: code for _, key, state, code, _ in desk.outcomes("push") if state == "held"}
    assert held == {
        "demo:coverage:m2-0": "changed_since",
        "demo:patient:m2": "foreign_children",
        "demo:household:m2": "foreign_children",
        "demo:patient:m3": "foreign_children",
        "demo:household:m3": "foreign_children",
    }
    coverages = {each.sobject: each for each in desk.status(plan).gone}[COVERAGE]
    assert (coverages.deleted, coverages.held) == (3, 1)
    assert desk.verify(plan).differences == 0
    file = desk.folder(plan) / "deletions.csv"
    require_same_decisions(plan, file.parent)
    file.write_bytes(file.read_bytes().replace(b"delete", b"keep", 1))
    with pytest.raises(PushRefused, match="was changed since the plan"):
        require_same_decisions(plan, file.parent)


@pytest.mark.soak
def test_jobs_delete_by_the_same_rules_and_what_is_forced_comes_back_as_it_was(
    desk: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.rollback_targets.CHUNK", 1)
    delete_family(desk, "m8")
    patient, document = "demo:patient:m8", "demo:document:m8"
    desk.change(COVERAGE, "demo:coverage:m8-0", Rank__c=7)
    # The other one somebody changes when its job is there already, the file's being the first.
    last_moment = {"do": "edit", "object": COVERAGE, "fields": {"Rank__c": 8},
                   "where": "Clinic_Id__c = 'demo:coverage:m8-1'"}  # fmt: skip
    desk.fault(request={"do": "act", "method": "PUT", "path": "batches", "nth": 2,
                        "act": last_moment})  # fmt: skip
    assert desk.push(decide(desk, desk.plan(delta=True), family("m8")), sending=BULK) == INCOMPLETE
    assert ranks(desk) == {"demo:coverage:m8-0": 7, "demo:coverage:m8-1": 8}
    assert (alive(desk, "Contact", patient), alive(desk, "ContentVersion", document)) == (
        True,
        False,
    )
    before = desk.objects()
    left = {key: act for key, act in family("m8").items() if document not in key}
    plan = decide(desk, desk.plan(delta=True), left)
    assert desk.push(plan, sending=BULK, forced=frozenset({COVERAGE})) == DONE
    assert not any("m8" in str(record) for record in desk.objects())
    code, undone = desk.rollback(plan, sending=BULK)
    assert (code, undone[COVERAGE].restored, undone["Account"].restored) == (DONE, 2, 1)
    assert desk.objects() == before


def ranks(desk: Loading) -> dict[str, int]:
    where = "Clinic_Id__c LIKE 'demo:coverage:m8-%'"
    found = desk.soql(f"SELECT Clinic_Id__c, Rank__c FROM {COVERAGE} WHERE {where}")
    return {each["Clinic_Id__c"]: each["Rank__c"] for each in found}


def test_a_mark_is_set_once_and_cleared_by_a_return(desk: Loading) -> None:
    one = "Clinic_Id__c = 'demo:coverage:m4-0'"
    desk.clinic.sql(f"create table main.away as from {MART} where {one}")
    desk.clinic.sql(f"delete from {MART} where {one}")

    def mark() -> str | None:
        found = desk.soql(f"SELECT Source_Deleted_At__c FROM {COVERAGE} WHERE {one}")
        value: str | None = found[0]["Source_Deleted_At__c"]
        return value

    plan = decide(desk, desk.plan(delta=True), {"demo:coverage:m4-0": "mark"})
    assert "deletions" in plan.parts
    assert desk.push(plan) == DONE
    marked = mark()
    assert marked is not None
    assert desk.verify(plan).differences == 0
    desk.change(COVERAGE, "demo:coverage:m4-0", Source_Deleted_At__c=None)
    (unmarked,) = desk.verify(plan).fields
    assert (unmarked.sobject, unmarked.field, unmarked.rows) == (COVERAGE, MARK_FIELD, 1)
    desk.change(COVERAGE, "demo:coverage:m4-0", Source_Deleted_At__c=marked)
    standing = desk.plan(delta=True)
    assert ("deletions" in standing.parts, standing.gone) == (False, plan.gone)
    desk.clinic.sql(f"insert into {MART} from main.away")
    plan = desk.plan(delta=True)
    assert sum(each.updates for each in plan.objects) == 1
    assert (desk.push(plan), mark()) == (DONE, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"decision": ""}, "names a record twice"),
        ({"decision": "drop"}, "none of delete, keep and mark"),
        ({"sobject": "Lead", "decision": "keep"}, "not part of the map"),
        ({"id": "003000000000000AAA", "decision": "delete"}, "other records than these"),
        ({"key": "demo:coverage:m7-0", "decision": "delete"}, "the source has again"),
    ],
)
def test_a_decision_that_fits_nothing_is_refused(
    desk: Loading, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    row = {
        "sobject": COVERAGE,
        "key": "demo:coverage:m0-1",
        "id": desk.record_id(COVERAGE, "demo:coverage:m0-1"),
        "made_by": "us",
    }
    file = tmp_path / "deletions.csv"
    cells = {**row, **change}
    lines = [",".join(cells), *[",".join(cells.values())] * (1 if cells["decision"] else 2)]
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(WrongUsage, match=reason):
        desk.plan(delta=True, deletions=file)


def test_what_cannot_be_done_or_given_back_is_refused(desk: Loading) -> None:
    desk.clinic.sql("delete from main_salesforce.sf_account where Clinic_Id__c = 'demo:payer:1'")
    plan = desk.plan(delta=True)
    with pytest.raises(WrongUsage, match="its mart has no Source_Deleted_At__c"):
        decide(desk, plan, {"demo:payer:1": "mark"})
    nothing = desk.load("plan", "--org", ALIAS, "--deletions", "deletions.csv")
    assert (nothing.code, "only a delta knows" in nothing.stderr) == (USAGE, True)


def test_a_record_that_the_org_had_before_us_is_never_deleted(desk: Loading) -> None:
    accounts = "main_salesforce.sf_account"
    desk.create("Account", Name="Old payer", Clinic_Id__c="demo:payer:old")
    desk.clinic.sql(
        f"insert into {accounts} (Clinic_Id__c, RecordTypeId, Name, Type)"
        " values ('demo:payer:old', 'Payer', 'New name', 'Payer')"
    )
    desk.push(desk.plan(delta=True))
    desk.clinic.sql(f"delete from {accounts} where Clinic_Id__c = 'demo:payer:old'")
    with pytest.raises(WrongUsage, match="no push on this ledger made"):
        decide(desk, desk.plan(delta=True), {"demo:payer:old": "delete"})


@pytest.mark.soak
def test_a_push_cut_off_between_deletions_goes_on_and_a_rollback_keeps_what_somebody_gave_back(
    desk: Loading,
) -> None:
    delete_family(desk, "m5")
    plan = decide(desk, desk.plan(delta=True), family("m5"))
    # The file is gone and on the ledger, the answer about the coverages is lost.
    desk.fault(request={"do": "cut", "when": "after", "method": "DELETE", "nth": 2})
    with pytest.raises(OrgUnavailable):
        desk.push(plan, attempts=1)
    assert not alive(desk, COVERAGE, "demo:coverage:m5-0")
    assert alive(desk, "Contact", "demo:patient:m5")
    for _ in range(2):
        assert desk.push(plan) == DONE
        gone = {each.sobject: (each.deleted, each.waiting) for each in desk.status(plan).gone}
        assert (gone["Contact"], gone["ContentVersion"]) == ((1, 0), (1, 0))
    desk.admin("act", do="undelete", object="Account", where="Name = 'Family 5'")
    code, undone = desk.rollback(plan)
    assert (code, undone["Account"].restored, undone["Contact"].restored) == (DONE, 1, 1)
    assert alive(desk, COVERAGE, "demo:coverage:m5-1")
