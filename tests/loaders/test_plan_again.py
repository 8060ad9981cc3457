"""Planning over an org that has our rows already, and plans that no longer stand for anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from loaders.bench import open_bench
from loaders.contract import read_mapping
from loaders.errors import REFUSED, USAGE, PlanNotFound, WrongUsage
from loaders.hashes import stale_reasons
from loaders.masking import load_masks
from loaders.plan_store import Plan, read_plan
from loaders.warehouse import attach_warehouse
from tests.conftest import StandIn, serving
from tests.loaders.mini_clinic import field, mini_clinic
from tests.loaders.planning import ALIAS, OWNER, Desk, counts


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """
    Serve an org that holds the small clinic, approved before there was a schema in the org.

    The plan after the deploy needs no second approval: it is of the same map.
    """
    folder = tmp_path_factory.mktemp("loaded")
    with serving(folder / "org", "--sandbox") as served:
        desk = Desk(mini_clinic(folder / "clinic"), served)
        assert desk.plan().stop_codes == ("schema_differs",)
        approved = desk.load("approve", "latest", "--by", "Ada")
        assert approved.code == 0, approved.stderr
        assert "schema deploy" in approved.stderr
        desk.deploy()
        desk.plan()
        done = desk.load("push", "latest", "--org", ALIAS)
        assert done.code == 0, done.stdout + done.stderr
        yield served


@pytest.fixture
def desk(loaded: StandIn, tmp_path: Path) -> Desk:
    return Desk(mini_clinic(tmp_path), loaded)


def operations(plan: Plan) -> dict[str, int]:
    """Sum what the plan would do."""
    names = ("creates", "updates", "unchanged", "failed")
    return {name: sum(getattr(each, name) for each in plan.objects) for name in names}


def stale(desk: Desk, plan: Plan) -> list[str]:
    mapping = read_mapping(desk.clinic.manifest)
    with open_bench(desk.data) as bench:
        attach_warehouse(bench.db, desk.data, database=mapping.database)
        load_masks(bench.db, desk.data)
        return stale_reasons(plan, desk.folder(plan), mapping, bench)


def test_what_is_there_already_is_unchanged_even_when_archived(desk: Desk) -> None:
    plan = desk.plan()
    assert operations(plan) == {"creates": 0, "updates": 0, "unchanged": 11, "failed": 0}
    bearer = {"Authorization": f"Bearer {desk.org.token}"}
    archived = httpx.post(f"{desk.org.http}/_stand_in/archive", headers=bearer)
    assert archived.raise_for_status().json() == {"archived": 1}
    assert operations(desk.plan()) == operations(plan)


def test_a_delta_looks_again_at_the_files_that_it_sends_alone(desk: Desk) -> None:
    """The others are for the next delta, whatever happens to them."""
    title = "update main_salesforce.sf_content_version set Title = '{}'"
    body = "update main_salesforce.sf_content_version set VersionData = '{}'"
    standing = desk.plan(delta=True)
    desk.clinic.sql(body.format("QnllIQ=="))
    assert stale(desk, standing) == []
    sent = desk.plan(delta=True)
    assert sent.object("ContentVersion").updates == 1
    assert stale(desk, sent) == []
    desk.clinic.sql(body.format("SGVsbG8h"))
    assert stale(desk, sent) == ["ContentVersion: its rows have changed since the plan was made"]
    desk.clinic.sql(body.format("QnllIQ==") + "; " + title.format("Other"))
    assert stale(desk, standing) == []
    assert len(stale(desk, sent)) == 1


def test_existing_rows_carry_their_id(desk: Desk) -> None:
    rows = desk.rows(desk.plan(), "ContentDocumentLink")
    assert [(row["_key"], str(row["_id"])[:3]) for row in rows] == [
        ("demo:document:1|demo:patient:1", "06A")
    ]


@pytest.mark.parametrize(
    ("statement", "sobject"),
    [
        ("update main_salesforce.sf_contact set FirstName = 'Anne'"
         " where Clinic_Id__c = 'demo:patient:1'", "Contact"),
        ("update main_salesforce.sf_contact set AccountId = 'demo:household:2'"
         " where Clinic_Id__c = 'demo:patient:1'", "Contact"),
        ("update main_salesforce.sf_insurance_coverage set Copay__c = 25.51"
         " where Clinic_Id__c = 'demo:coverage:1'", "Insurance_Coverage__c"),
        ("update main_salesforce.sf_insurance_coverage set Notes__c = null"
         " where Clinic_Id__c = 'demo:coverage:1'", "Insurance_Coverage__c"),
        ("update main_salesforce.sf_event set EndDateTime = timestamp '2019-03-10 08:00:01'",
         "Event"),
        ("update main_salesforce.sf_account set OwnerId = null, RecordTypeId = 'Patient'"
         " where Clinic_Id__c = 'demo:payer:1'", "Account"),
        ("update main_salesforce.sf_content_version set VersionData = 'SGVsbG8h'",
         "ContentVersion"),
    ],
)  # fmt: skip
def test_one_change_in_a_mart_is_one_update(desk: Desk, statement: str, sobject: str) -> None:
    desk.clinic.sql(statement)
    plan = desk.plan()
    assert operations(plan) == {"creates": 0, "updates": 1, "unchanged": 10, "failed": 0}
    assert plan.object(sobject).updates == 1


def test_what_only_creation_may_write_is_no_update(desk: Desk) -> None:
    # The name of a file is fixed when it is made.
    desk.clinic.sql("update main_salesforce.sf_content_version set PathOnClient = 'other.txt'")
    assert operations(desk.plan())["updates"] == 0


def test_a_new_row_is_a_create_beside_the_old_ones(desk: Desk) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact (Clinic_Id__c, AccountId, LastName)"
        " values ('demo:patient:a', 'demo:household:2', 'Small')"
    )
    assert counts(desk.plan().object("Contact")) == (4, 1, 0, 3, 0)


def test_a_parent_that_is_only_in_the_org_is_a_parent(desk: Desk) -> None:
    desk.clinic.sql("delete from main_salesforce.sf_account where Clinic_Id__c = 'demo:payer:1'")
    assert operations(desk.plan()) == {"creates": 0, "updates": 0, "unchanged": 10, "failed": 0}


def test_a_fresh_plan_is_not_stale(desk: Desk) -> None:
    assert stale(desk, desk.plan()) == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("update main_salesforce.sf_contact set FirstName = 'Anne'", "Contact: its rows"),
        ("delete from main_salesforce.sf_event", "Event: its rows"),
        ("alter table main_salesforce.sf_event add column X varchar", "Event: its columns"),
        ("drop table main_salesforce.sf_event", "Event: its columns"),
    ],
)
def test_a_plan_is_stale_when_a_mart_has_changed(desk: Desk, statement: str, reason: str) -> None:
    plan = desk.plan()
    desk.clinic.sql(statement)
    reasons = stale(desk, plan)
    assert len(reasons) == 1
    assert reasons[0].startswith(reason)


def test_a_plan_is_stale_when_the_contract_has_changed(desk: Desk) -> None:
    plan = desk.plan()
    desk.clinic.marts["sf_contact"]["columns"][2]["salesforce"]["phi"] = False
    desk.clinic.write()
    assert stale(desk, plan) == ["the mapping has changed since the plan was made: fields"]


def test_a_plan_is_found_by_its_id_and_by_latest(desk: Desk) -> None:
    one, two = desk.plan(), desk.plan()
    assert read_plan(desk.data.plans, one.plan) == one
    assert read_plan(desk.data.plans, "latest") == two
    with pytest.raises(PlanNotFound):
        read_plan(desk.data.plans, "20200101T000000Z-none")


def test_a_plan_of_another_version_is_not_guessed_at(desk: Desk) -> None:
    plan = desk.plan()
    file = desk.folder(plan) / "plan.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**document, "novelty": 1}), encoding="utf-8")
    with pytest.raises(WrongUsage, match="another version"):
        read_plan(desk.data.plans, plan.plan)


def test_the_commands_speak_json_and_exit_codes(desk: Desk) -> None:
    done = desk.load("plan", "--org", ALIAS, "--default-owner", OWNER, "--json")
    assert done.code == 0, done.stderr
    name = done.json()["plan"]
    approved = desk.load("approve", name, "--by", "Ada", "--objects", "--fields")
    assert (approved.code, approved.stdout[:30]) == (0, "Ada confirmed objects, fields ")
    assert "needed by a push: values, rules" in approved.stderr
    assert not (desk.data.root / "approval.json").exists()
    desk.load("approve", name, "--by", "Ben", "--values", "--rules")
    approval = json.loads((desk.data.root / "approval.json").read_text("utf-8"))
    assert (approval["approved_by"], len(approval["map"])) == ("Ben", 64)
    stopped = desk.load("plan", "--org", ALIAS)
    assert stopped.code == REFUSED
    assert "Try: " in stopped.stderr
    assert desk.load("approve", "none", "--by", "Ada").code == USAGE
    assert desk.load("orgs", "--org", ALIAS, "--json").json()["kind"] == "sandbox"


def test_no_line_of_a_plan_or_its_errors_names_a_patient(desk: Desk) -> None:
    desk.clinic.sql("update main_salesforce.sf_contact set LastName = repeat('Testfall', 20)")
    done = desk.load("plan", "--org", ALIAS, "--default-owner", OWNER)
    assert "too_long" in done.stdout
    assert "Testfall" not in done.stdout + done.stderr
    desk.clinic.marts["sf_contact"]["columns"].append(field("Nickname__c", custom=True))
    desk.clinic.marts["sf_contact"]["rows"] = []
    desk.clinic.write()
    refused = desk.load("plan", "--org", ALIAS)
    assert refused.code == REFUSED
    assert "Nickname__c" in refused.stdout
