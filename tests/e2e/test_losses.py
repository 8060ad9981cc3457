"""A row that is lost, changed or not accounted for on the way is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import duckdb
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, run, serving
from tests.e2e.conftest import Walk, planned

DIFFERENT = 4
KEY = "Clinic_Id__c"


@pytest.fixture(scope="module")
def pushed(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The demo's clinic in a fresh sandbox, pushed while one result row of a job was withheld."""
    folder = tmp_path_factory.mktemp("pushed")
    with serving(folder / "org", "--sandbox") as org:
        walk = planned(demo_road.copy_to(folder / "clinic"), org)
        assert walk.load("approve", "latest", "--by", "Test", "--allow-duplicates").code == 0
        done = walk.on_org("push", "latest")
        assert done.code == 0, done.stdout + done.stderr
        yield walk


def test_a_row_deleted_from_a_mart_fails_the_conservation_test(clinic: Clinic) -> None:
    with duckdb.connect(str(clinic.data / "warehouse.duckdb")) as db:
        db.execute(
            "delete from salesforce.sf_insurance_coverage where Clinic_Id__c ="
            " (select min(Clinic_Id__c) from salesforce.sf_insurance_coverage)"
        )
    tested = run(
        [str(BIN / "dbt"), "test", "--select", "test_type:singular"], env=clinic.environment
    )
    assert tested.code != 0
    assert "FAIL" in tested.stdout


def test_verify_finds_one_changed_character(pushed: Walk) -> None:
    clean = pushed.on_org("verify", "latest", "--json")
    assert clean.code == 0, clean.stdout + clean.stderr
    assert clean.json()["differences"] == 0

    with duckdb.connect(str(pushed.clinic.data / "warehouse.duckdb"), read_only=True) as db:
        found = db.sql(
            "select Clinic_Id__c, LastName from salesforce.sf_contact order by 1"
        ).fetchone()
    assert found
    key, name = found
    with pushed.rest() as rest:
        path = f"/sobjects/Contact/{KEY}/{quote(key, safe='')}"
        assert rest.patch(path, json={"LastName": f"{name}x"}).status_code in {200, 204}
        seen = pushed.on_org("verify", "latest", "--json")
        assert rest.patch(path, json={"LastName": name}).status_code in {200, 204}
    assert seen.code == DIFFERENT
    assert seen.json()["differences"] == 1
    assert [(each["sobject"], each["field"]) for each in seen.json()["fields"]] == [
        ("Contact", "LastName")
    ]
    assert f"{name}x" not in seen.stdout + seen.stderr


def test_verify_finds_a_record_that_somebody_deleted(pushed: Walk) -> None:
    with pushed.rest() as rest:
        answer = rest.get("/query", params={"q": "SELECT Id FROM Prescription__c LIMIT 1"})
        gone = answer.json()["records"][0]["Id"]
        assert rest.delete(f"/sobjects/Prescription__c/{gone}").status_code == 204
    seen = pushed.on_org("verify", "latest", "--json")
    assert seen.code == DIFFERENT
    assert seen.json()["differences"] == 1


def test_a_second_push_of_the_same_plan_sends_nothing(pushed: Walk) -> None:
    before = pushed.org.dump()
    assert pushed.on_org("push", "latest").code in {0, DIFFERENT}
    assert pushed.org.dump() == before
