"""`clinic-extract audit` as a command: what it needs, what it writes, and how it ends."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, run
from tests.extract.audit.conftest import Audited, audit


def test_nothing_landed_is_said_with_a_way_out(tmp_path: Path) -> None:
    empty = Clinic(data=tmp_path / "none", target=tmp_path / "target")
    before = audit(empty).ran
    assert run([str(BIN / "clinic-extract"), "init"], env=empty.environment).code == 0
    for ran in (before, audit(empty).ran):
        assert ran.code == 5
        assert ran.stdout == ""
        assert ran.stderr.startswith("Error: ")
        assert "Try: clinic-extract run demo" in ran.stderr


def test_defects_are_findings_and_no_failure(audited: Audited) -> None:
    assert audited.ran.code == 0
    assert "needs a decision or a repair" in audited.ran.stdout
    assert str(audited.folder / "audit.html") in audited.ran.stderr


def test_files_are_for_their_owner_alone(audited: Audited) -> None:
    for path in (audited.folder, *audited.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_same_landing_gives_the_same_bytes(audited: Audited) -> None:
    before = {path: path.read_bytes() for path in audited.folder.rglob("*") if path.is_file()}
    again = audit(audited.clinic, "--json")
    assert again.ran.code == 0
    assert again.ran.json() == audited.json()
    assert {path: path.read_bytes() for path in before} == before
    assert len(before) >= 4


def test_landing_is_audited_before_any_build(audited_alone: Audited, audited: Audited) -> None:
    assert audited_alone.ran.code == 0
    told = audited_alone.json()
    assert told["recommended_model"] is None
    assert told["build"]["why_not"] == "dbt build was not run yet"
    with_build = {one["name"]: one["records"] for one in audited.json()["findings"]}
    alone = {one["name"]: one["records"] for one in told["findings"]}
    # Which custom fields nobody mapped is known only where there is a map.
    assert alone == with_build | {"custom_field_not_declared": 0}


def test_build_of_other_records_is_not_told_as_theirs(demo_road: DemoRoad, tmp_path: Path) -> None:
    clinic = demo_road.copy_to(tmp_path / "clinic")
    with duckdb.connect(str(clinic.data / "raw.duckdb")) as raw:
        raw.execute("delete from raw_fhir.slot where id = (select min(id) from raw_fhir.slot)")
        raw.execute("delete from raw_fhir.claim where id = (select min(id) from raw_fhir.claim)")
    told = audit(clinic).json()
    assert told["build"]["is_current"] is False
    assert told["build"]["counts"] == []


def test_counts_that_do_not_add_up_end_with_exit_code_4(
    demo_road: DemoRoad, tmp_path: Path
) -> None:
    clinic = demo_road.copy_to(tmp_path / "clinic")
    with duckdb.connect(str(clinic.data / "warehouse.duckdb")) as warehouse:
        warehouse.execute(
            "update audit.audit_row_counts set mart_rows = mart_rows - 1 where entity = 'claims'"
        )
    found = audit(clinic)
    assert found.ran.code == 4
    assert found.json()["does_not_close"] == ["claims"]


def test_counts_close_for_landed_records_and_for_the_build(audited: Audited) -> None:
    told = audited.json()
    assert told["closes"] is True
    assert told["build"]["is_current"] is True
    assert sum(table["records"] for table in told["tables"]) == told["records"]
    with duckdb.connect(str(audited.clinic.data / "raw.duckdb"), read_only=True) as raw:
        for table in told["tables"]:
            counted = raw.execute(f"select count(*) from raw_fhir.{table['table']}").fetchall()
            assert counted == [(table["records"],)]


def test_a_file_that_is_no_manifest_is_refused(landing: Clinic) -> None:
    landing.target.mkdir()
    (landing.target / "manifest.json").write_text("[]")
    ran = audit(landing).ran
    assert ran.code == 5
    assert "Try: dbt parse" in ran.stderr


def test_automations_and_templates_are_kept_for_the_rebuild(landing: Clinic) -> None:
    assert run([str(BIN / "clinic-extract"), "init"], env=landing.environment).code == 0
    docs = {
        "questionnaire": '{"resourceType": "Questionnaire",\n "id": "q", "score": 1.00}',
        "subscription": '{"resourceType": "Subscription", "id": "s"}',
    }
    with duckdb.connect(str(landing.data / "raw.duckdb")) as raw:
        for table, doc in docs.items():
            raw.execute(
                f"insert into raw_fhir.{table} values ('demo', 'x', null, ?, 'sha', 'load')", [doc]
            )
    found = audit(landing)
    assert found.ran.code == 0, found.ran.stderr
    left = {one["table"]: one for one in found.json()["left_behind"]}
    assert set(left) == {"schedule", "slot", "questionnaire", "subscription"}
    for table, doc in docs.items():
        assert (found.folder / left[table]["file"]).read_text(encoding="utf-8") == f"[{doc}]\n"


def test_documents_that_are_no_json_are_counted_and_the_rest_is_told(landing: Clinic) -> None:
    with duckdb.connect(str(landing.data / "raw.duckdb")) as raw:
        raw.execute("update raw_fhir.claim set doc = '{\"cut' where id like '%-1'")
        broken = raw.execute("select count(*) from raw_fhir.claim where doc = '{\"cut'").fetchall()
    found = audit(landing)
    assert found.ran.code == 0, found.ran.stderr
    claims = next(one for one in found.json()["tables"] if one["table"] == "claim")
    assert claims["unreadable"] == broken[0][0] > 0
    assert claims["profiled"] == claims["records"] - claims["unreadable"]
    assert found.json()["closes"] is True


@pytest.mark.parametrize("table", ["schedule", "slot"])
def test_what_is_left_behind_is_exported_as_it_came(table: str, audited: Audited) -> None:
    exported = json.loads((audited.folder / "rebuild" / f"{table}.json").read_bytes())
    with duckdb.connect(str(audited.clinic.data / "raw.duckdb"), read_only=True) as raw:
        landed = raw.execute(f"select doc from raw_fhir.{table} order by id").fetchall()
    assert exported == [json.loads(doc) for (doc,) in landed]
    assert len(exported) > 10


def test_custom_fields_belong_to_the_specialty_whose_patients_have_them(audited: Audited) -> None:
    found = {one["name"]: one for one in audited.json()["custom_fields"]}
    for name, specialty in (
        ("adjustment_code", "Chiropractic"),
        ("therapy_goals", "Physical Therapy"),
        ("sphere_right", "Optometry"),
    ):
        assert (found[name]["specialty"], found[name]["specialty_share"]) == (specialty, 1.0)
        assert f"<td>{specialty}</td>" in audited.page
    # Everybody's appointments have rooms.
    assert found["room_code"]["specialty_share"] < 0.6
