"""The gates before a push: each refuses with exit code 3, and nothing has been sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loaders.contract import read_mapping
from loaders.deploys import deploy_package
from loaders.describe import PicklistValue
from loaders.errors import DONE, REFUSED, USAGE
from loaders.sample import Sample
from loaders.schema_deploy import SchemaDeploy, deploy_schema
from loaders.schema_package import package_of, removal_package
from loaders.schema_screens import layout_name, screen_files
from loaders.schema_values import ValueSet, global_value_set, read_value_sets
from loaders.warehouse import attach_warehouse
from tests.conftest import Ran, serving
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS, OWNER


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("gates")
    with loading(template, folder / "org", mini_clinic(folder / "clinic")) as found:
        yield found


def refused(desk: Loading, *arguments: str) -> str:
    done = desk.load("push", *arguments, "--org", ALIAS)
    assert done.code == REFUSED, done.stdout + done.stderr
    error, _, try_line = done.stderr.strip().rpartition("\n")
    assert (error.startswith("Error: "), try_line.startswith("Try: ")) == (True, True)
    # By a standard field: who may not see ours must not have sent anything either.
    assert desk.soql("SELECT Id FROM Account WHERE Name LIKE '%family'") == []
    assert desk.acts("run_started") == []
    return " ".join(f"{error} {try_line}".split())


def test_a_plan_that_nobody_approved_is_refused(desk: Loading) -> None:
    plan = desk.plan()
    assert "not approved" in refused(desk, plan.plan)
    desk.approve(plan, scopes=("objects", "fields"))
    assert "values, rules not confirmed" in refused(desk, plan.plan)


def test_a_new_plan_of_a_changed_crosswalk_needs_only_its_values_approved(desk: Loading) -> None:
    desk.approve(desk.plan())
    manifest = desk.clinic.manifest.read_text(encoding="utf-8")
    document = json.loads(manifest)
    seed = document["nodes"]["seed.clinic.salesforce_picklists"]
    seed["checksum"]["checksum"] = "of another row"
    desk.clinic.manifest.write_text(json.dumps(document), encoding="utf-8")
    changed = desk.plan()
    said = refused(desk, changed.plan)
    desk.clinic.manifest.write_text(manifest, encoding="utf-8")
    assert "not approved: values not confirmed" in said
    assert "--values" in said
    (values,) = (each for each in changed.changes if each.scope == "values")
    assert values.changed == ("seed salesforce_picklists",)


def test_a_plan_whose_mart_or_map_changed_is_refused(desk: Loading) -> None:
    plan = desk.plan()
    desk.approve(plan)
    desk.clinic.sql(
        "update main_salesforce.sf_contact set FirstName = 'X' where FirstName = 'Änne'"
    )
    assert "Contact: its rows have changed" in refused(desk, "latest")
    desk.clinic.sql(
        "update main_salesforce.sf_contact set FirstName = 'Änne' where FirstName = 'X'"
    )
    desk.clinic.sql("delete from main_salesforce.sf_event")
    assert "Event: its rows have changed" in refused(desk, "latest")
    desk.clinic.marts["sf_event"]["columns"][3]["salesforce"]["phi"] = True
    desk.clinic.write()
    assert "mapping has changed" in refused(desk, "latest")
    del desk.clinic.marts["sf_event"]["columns"][3]["salesforce"]["phi"]
    desk.clinic.write()


@pytest.mark.parametrize("length", [30, 50])
def test_a_field_whose_length_changed_in_the_org_is_refused(desk: Loading, length: int) -> None:
    approved_plan(desk)
    member = desk.clinic.marts["sf_insurance_coverage"]["columns"][3]["salesforce"]
    with deployed_otherwise(desk, member, length=length):
        said = refused(desk, "latest")
    assert "Member_ID__c" in said
    assert ("is 30 long in the org, not 40" in said) == (length < 40)


def test_a_field_whose_type_changed_in_the_org_is_refused(desk: Loading) -> None:
    approved_plan(desk)
    desk.admin("settings", deleted_names_taken=False)
    copay = desk.clinic.marts["sf_insurance_coverage"]["columns"][5]["salesforce"]
    take_off_its_page(desk, "Copay__c")
    remove(desk, "CustomField", "Insurance_Coverage__c.Copay__c")
    with deployed_otherwise(desk, copay, type="Number"):
        assert "Insurance_Coverage__c: the org changed Copay__c" in refused(desk, "latest")
        take_off_its_page(desk, "Copay__c")
        remove(desk, "CustomField", "Insurance_Coverage__c.Copay__c")


def test_a_permission_that_was_taken_back_is_refused(desk: Loading) -> None:
    approved_plan(desk)
    desk.take_back_the_grant()
    said = refused(desk, "latest")
    deploy_again(desk)
    assert "not visible to this user" in said


def test_a_value_that_is_no_longer_in_the_org_is_refused(desk: Loading) -> None:
    approved_plan(desk)
    with_one = ValueSet("Appointment_Status", (PicklistValue("booked", "Booked", True, False),))
    deploy_values(desk, with_one)
    said = refused(desk, "latest")
    deploy_again(desk)
    assert "Event: does not offer noshow: Appointment_Status__c" in said


def test_an_object_that_is_gone_from_the_org_is_refused(desk: Loading) -> None:
    approved_plan(desk)
    remove(desk, "CustomObject", "Insurance_Coverage__c")
    said = refused(desk, "latest")
    deploy_again(desk)
    assert "Insurance_Coverage__c: the object is not there" in said


def approved_plan(desk: Loading) -> None:
    plan = desk.plan()
    assert not plan.stops
    desk.approve(plan)


@contextmanager
def deployed_otherwise(desk: Loading, said: dict[str, Any], **other: object) -> Iterator[None]:
    """Let somebody deploy a field otherwise, while the clinic's own map stays as it is."""
    before = dict(said)
    said.update(other)
    desk.clinic.write()
    deploy_again(desk)
    said.clear()
    said.update(before)
    desk.clinic.write()
    yield
    deploy_again(desk)


def deploy_again(desk: Loading) -> None:
    mapping = read_mapping(desk.clinic.manifest)
    with desk.open() as opened:
        attach_warehouse(opened.bench.db, desk.data, database=mapping.database)
        wanted = SchemaDeploy(mapping, read_value_sets(opened.bench.db, mapping), check_only=False)
        deploy_schema(opened.org, opened.line, opened.ledger, wanted)


def take_off_its_page(desk: Loading, field: str) -> None:
    """Deploy the layout of the coverage without a field: an org keeps what a page shows."""
    mapping = read_mapping(desk.clinic.manifest)
    coverage = mapping.mart("Insurance_Coverage__c")
    left = tuple(column for column in coverage.columns if column.name != field)
    files, _ = screen_files(replace(mapping, marts=(replace(coverage, columns=left),)))
    layout = layout_name(coverage)
    package = package_of({(path := f"layouts/{layout}.layout"): files[path]}, {"Layout": [layout]})
    with desk.open() as opened:
        deploy_package(opened.line, package, name="somebody's layout", check_only=False)


def remove(desk: Loading, kind: str, name: str) -> None:
    with desk.open() as opened:
        package = removal_package([(kind, name)])
        deploy_package(opened.line, package, name="somebody's removal", check_only=False)


def deploy_values(desk: Loading, values: ValueSet) -> None:
    file = f"globalValueSets/{values.name}.globalValueSet"
    package = package_of({file: global_value_set(values)}, {"GlobalValueSet": [values.name]})
    with desk.open() as opened:
        deploy_package(opened.line, package, name="somebody's values", check_only=False)


def test_a_plan_with_a_stopping_finding_is_refused(desk: Loading) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_account select * from main_salesforce.sf_account"
    )
    plan = desk.plan()
    assert plan.stops
    desk.approve(plan)
    assert "key_twice" in refused(desk, plan.plan)
    desk.clinic.write()


def test_production_must_be_named_and_rehearsed(desk: Loading, tmp_path: Path) -> None:
    with serving(tmp_path / "org", "--production") as served:
        production = Loading(desk.clinic, served)
        assert production.load("schema", "deploy", "--org", ALIAS).code == REFUSED
        named = ("--production", served.org_id)
        assert production.load("schema", "deploy", "--org", ALIAS, *named).code == DONE
        tried = production.plan(sample=Sample(5, 1))
        assert "sample_in_production" in {each.code for each in tried.findings}
        production.approve(production.plan())
        for arguments in ((), ("--production", "00D000000000001AAA"), named):
            done = production.load("push", "latest", "--org", ALIAS, *arguments)
            assert done.code == REFUSED
        assert "was never rehearsed" in done.stderr
        reason = ("--no-rehearsal", "a test without a sandbox")
        done = production.load("push", "latest", "--org", ALIAS, *named, *reason)
        assert done.code == DONE, done.stderr
        assert production.acts("run_started")[0]["reason"] == "a test without a sandbox"
        again = _push_to_the_other_org(desk)
        assert again.code == REFUSED
        assert "made for another org" in again.stderr


def _push_to_the_other_org(desk: Loading) -> Ran:
    return desk.load("push", "latest", "--org", ALIAS)


@pytest.mark.parametrize("percent", ["two", "nan", "101", "-1"])
def test_a_limit_that_is_no_percent_is_refused_before_anything_is_sent(
    desk: Loading, monkeypatch: pytest.MonkeyPatch, percent: str
) -> None:
    monkeypatch.setenv("CLINIC_DEVIATION_PERCENT", percent)
    for command in ("push", "resume"):
        done = desk.load(command, "latest", "--org", ALIAS)
        assert (done.code, percent in done.stderr) == (USAGE, True)


def test_a_plan_or_run_that_is_not_there_is_a_wrong_use(desk: Loading) -> None:
    assert desk.load("push", "nonsense", "--org", ALIAS).code == USAGE
    assert desk.load("status", "nonsense").code == USAGE
    assert desk.load("push", "--default-owner", OWNER).code == USAGE
