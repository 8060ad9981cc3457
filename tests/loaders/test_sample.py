"""A sample: whole families and every odd case, closed, the same every time, and gone as a unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, REFUSED
from loaders.plan_store import Plan, read_plan
from loaders.sample import Sample
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic, mini_clinic
from tests.loaders.planning import ALIAS

# Forty households of one patient with two coverages each, beside the three people.
MORE = """
insert into main_salesforce.sf_account
    select 'demo:household:m' || n, 'Patient', null, 'Family ' || n, 'Patient', null, null
    from range(40) as t(n);
insert into main_salesforce.sf_contact
    select 'demo:patient:m' || n, 'demo:household:m' || n, 'Muster' || n, 'Kim', null, false,
        'Individual'
    from range(40) as t(n);
insert into main_salesforce.sf_insurance_coverage
    select 'demo:coverage:m' || n || '-' || c, 'demo:patient:m' || n, 'demo:payer:1', null, null,
        null, c, null
    from range(40) as t(n), range(2) as u(c);
insert into main_audit.audit_row_counts values
    (1, 'patients', 'Contact', 43, 0, 0, 43), (5, 'coverages', 'Insurance_Coverage__c', 82, 0, 0,
    82);
insert into main_audit.audit_record_targets
    select 'patients', Clinic_Id__c, 'Contact', Clinic_Id__c from main_salesforce.sf_contact
    union all
    select 'coverages', Clinic_Id__c, 'Insurance_Coverage__c', Clinic_Id__c
    from main_salesforce.sf_insurance_coverage;
insert into main_audit.audit_quality_flags values
    ('patients', 'demo:patient:m17', 'name_of_one_word', 'name', null),
    ('coverages', 'demo:coverage:m23-1', 'unknown_code', 'type', null);
insert into main_audit.audit_merged_records values
    ('patients', 'demo:patient:old', 'demo:patient:m31');
insert into main_audit.audit_duplicate_candidates (patient_key, other_patient_key) values
    ('demo:patient:m12', 'demo:patient:m13');
"""
PARENTS = {
    "Contact": {"AccountId": ("Account",)},
    "Insurance_Coverage__c": {"Patient__c": ("Contact",), "Payer__c": ("Account",)},
    "Event": {"WhoId": ("Contact",), "WhatId": ("Account",)},
    "ContentDocumentLink": {
        "ContentDocumentId": ("ContentVersion",),
        "LinkedEntityId": ("Account", "Contact"),
    },
}


def larger_clinic(folder: Path) -> MiniClinic:
    clinic = mini_clinic(folder)
    clinic.sql(MORE)
    return clinic


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("sample")
    with loading(template, folder / "org", larger_clinic(folder / "clinic")) as found:
        yield found


def keys(desk: Loading, plan: Plan) -> dict[str, set[str | None]]:
    found = {}
    for each in plan.objects:
        found[each.sobject] = {row["_key"] for row in desk.rows(plan, each.sobject)}
    return found


def test_a_sample_shows_every_class_that_was_found_and_every_object(desk: Loading) -> None:
    plan = desk.plan(sample=Sample(30, 1))
    chosen = keys(desk, plan)
    assert {"demo:patient:m17", "demo:patient:m31"} <= chosen["Contact"]
    # Who may be there twice, and is so only beside the other one.
    assert {"demo:patient:m12", "demo:patient:m13"} <= chosen["Contact"]
    (unaudited,) = (each for each in plan.findings if each.code == "source_not_audited")
    assert unaudited.severity == "warn"
    assert "demo:coverage:m23-1" in chosen["Insurance_Coverage__c"]
    assert all(chosen.values())
    assert {row["Type"] for row in desk.rows(plan, "Account")} == {"Patient", "Payer"}
    assert {row["Patient_Record_Type__c"] for row in desk.rows(plan, "Contact")} == {
        "Individual", "Family Head",
    }  # fmt: skip


@pytest.mark.parametrize("records", [1, 30, 60])
def test_a_sample_holds_whatever_its_rows_point_to(desk: Loading, records: int) -> None:
    plan = desk.plan(sample=Sample(records, 2))
    chosen = keys(desk, plan)
    for sobject, lookups in PARENTS.items():
        for row in desk.rows(plan, sobject):
            for column, objects in lookups.items():
                cell = row[column]
                assert cell is None or any(cell in chosen[parent] for parent in objects), column


def test_patients_of_the_sample_bring_all_that_hangs_on_them(desk: Loading) -> None:
    plan = desk.plan(sample=Sample(60, 1))
    coverages = [row["Patient__c"] for row in desk.rows(plan, "Insurance_Coverage__c")]
    whole = {patient for patient in coverages if coverages.count(patient) == 2}
    assert len(whole) >= 6
    assert sum(each.rows for each in plan.objects) <= 60


def test_a_seed_names_one_sample_and_another_seed_another(desk: Loading) -> None:
    first, again, other = (desk.plan(sample=Sample(60, seed)) for seed in (1, 1, 2))
    assert first.data_hash == again.data_hash != other.data_hash
    assert first.settings.scope_of == "60 of 1"


@pytest.mark.parametrize(
    ("given", "meant"), [(("--sample", "--json"), "750 of 1"), (("--json", "--sample"), "750 of 1"),
                         (("--sample", "30", "--seed", "2", "--json"), "30 of 2")]
)  # fmt: skip
def test_a_sample_needs_no_number(desk: Loading, given: tuple[str, ...], meant: str) -> None:
    made = desk.load("plan", "--org", ALIAS, "--no-mask", *given).json()
    settings = read_plan(desk.data.plans, made["plan"]).settings
    assert (settings.scope, settings.scope_of) == ("sample", meant)


def test_a_sample_is_stale_when_a_row_of_it_changes_and_only_then(desk: Loading) -> None:
    plan = desk.plan(sample=Sample(30, 1))
    desk.approve(plan)
    outside = ({f"demo:patient:m{n}" for n in range(40)} - keys(desk, plan)["Contact"]).pop()
    change = "update main_salesforce.sf_contact set FirstName = '{}' where Clinic_Id__c = '{}'"
    desk.clinic.sql(change.format("Lou", "demo:patient:m17"))
    refused = desk.load("push", plan.plan, "--org", ALIAS)
    desk.clinic.sql(change.format("Kim", "demo:patient:m17"))
    assert (refused.code, "Contact: its rows have changed" in refused.stderr) == (REFUSED, True)
    desk.clinic.sql(change.format("Lou", outside))
    pushed = desk.load("push", plan.plan, "--org", ALIAS)
    desk.clinic.sql(change.format("Kim", outside))
    assert pushed.code == DONE, pushed.stderr


def test_a_file_of_a_sample_is_compared_by_its_bytes_though_nobody_asks(desk: Loading) -> None:
    (version,) = desk.soql("SELECT Id, ContentSize, Checksum FROM ContentVersion")
    stored = desk.org.data / "files" / version["Id"]
    right = stored.read_bytes()
    stored.write_bytes(right[::-1])
    verdict = desk.verify(desk.plan_pushed())
    again = desk.soql("SELECT Id, ContentSize, Checksum FROM ContentVersion")
    stored.write_bytes(right)
    # Size and checksum, as the org tells them, are still those of what was sent.
    assert again == [version]
    assert [(each.field, each.rows) for each in verdict.fields] == [("VersionData (bytes)", 1)]


def test_a_later_full_plan_knows_the_sample_and_its_rollback_takes_all_of_it(
    desk: Loading,
) -> None:
    sample = desk.plan_pushed()
    status = desk.status(sample)
    assert [(each.entity, each.closes) for each in status.entities] == [
        ("patients", True), ("coverages", True),
    ]  # fmt: skip
    assert status.entities[0].merged == 1
    assert desk.verify(sample).differences == 0
    whole = desk.plan()
    for each in whole.objects:
        rows = sample.object(each.sobject).rows
        assert (each.unchanged, each.creates) == (rows, each.rows - rows), each.sobject
    code, _ = desk.rollback(sample)
    assert (code, desk.soql("SELECT Id FROM Contact WHERE Clinic_Id__c != null")) == (DONE, [])
