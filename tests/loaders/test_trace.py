"""One person, followed from the source to the org and back."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, USAGE
from loaders.row_errors import row_error
from tests.conftest import Ran
from tests.loaders.deciding import decide
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic, mini_clinic
from tests.loaders.planning import ALIAS

CHART, MERGED, OTHER = "demo:patient:1", "demo:patient:1b", "demo:patient:A"


def tell_whose(clinic: MiniClinic) -> None:
    """Say of each record of two people whose it is; one chart is merged, one record left out."""
    owned = [
        ("patients", CHART, CHART),
        ("patients", MERGED, MERGED),
        ("coverages", "demo:coverage:1", CHART),
        ("appointments", "demo:appointment:none", MERGED),
        ("patients", OTHER, OTHER),
        ("coverages", "demo:coverage:2", OTHER),
    ]
    for entity, key, chart in owned:
        person = CHART if chart == MERGED else chart
        raw = f"'{entity}', '{key.split(':')[2]}'"
        clinic.sql(
            f"insert into main_audit.audit_patient_records values"
            f" ('{entity}', '{key}', '{chart}', '{person}', 'demo', {raw})"
        )
    for entity, sobject in (("patients", "Contact"), ("coverages", "Insurance_Coverage__c")):
        clinic.sql(
            "insert into main_audit.audit_record_targets select entity, record_key,"
            f" '{sobject}', record_key from main_audit.audit_patient_records"
            f" where entity = '{entity}' and record_key <> '{MERGED}'"
        )
    clinic.sql(
        f"insert into main_audit.audit_merged_records values ('patients', '{MERGED}', '{CHART}')"
    )
    clinic.sql(
        "insert into main_audit.audit_excluded_records values"
        " ('appointments', 'demo:appointment:none', 'no_start_time', null)"
    )


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Push a clinic whose second coverage the org refuses, and leave it like that."""
    folder = tmp_path_factory.mktemp("traced")
    clinic = mini_clinic(folder / "clinic")
    tell_whose(clinic)
    clinic.sql(
        "update main_salesforce.sf_insurance_coverage set Member_ID__c = repeat('9', 41)"
        " where Clinic_Id__c = 'demo:coverage:2'"
    )
    with loading(template, folder / "org", clinic) as found:
        assert found.push(found.plan()) == INCOMPLETE
        yield found


def rows(asked: Ran) -> list[dict[str, Any]]:
    return list(asked.json()["rows"])


def shown(asked: Ran) -> list[tuple[Any, ...]]:
    names = ("entity", "record_key", "state", "reason", "sobject", "key")
    return [tuple(row[name] for name in names) for row in rows(asked) if row["entity"]]


def test_a_person_is_followed_from_each_source_row_to_its_record(desk: Loading) -> None:
    asked = desk.load("trace", CHART, "--json")
    assert asked.code == DONE
    assert asked.json()["people"] == 1
    coverage = ("Insurance_Coverage__c", "demo:coverage:1")
    assert shown(asked) == [
        ("appointments", "demo:appointment:none", "excluded", "no_start_time", None, None),
        ("coverages", "demo:coverage:1", "created", None, *coverage),
        ("patients", CHART, "created", None, "Contact", CHART),
        ("patients", MERGED, "merged", None, "Contact", CHART),
    ]
    ids = {row["key"]: row["id"] for row in rows(asked) if row["id"]}
    assert ids[CHART] == desk.record_id("Contact", CHART)
    assert ids["demo:coverage:1"] == desk.record_id("Insurance_Coverage__c", "demo:coverage:1")


def test_what_was_derived_from_a_person_is_told_too_and_no_other_persons(desk: Loading) -> None:
    derived = [row for row in rows(desk.load("trace", CHART, "--json")) if not row["entity"]]
    contact = desk.record_id("Contact", CHART)
    there = desk.soql(f"SELECT Id FROM Event WHERE WhoId = '{contact}'")
    assert {row["id"] for row in derived if row["sobject"] == "Event"} == {
        each["Id"] for each in there
    }
    assert there
    assert [row["key"] for row in derived if row["sobject"] == "Account"] == ["demo:household:1"]
    assert OTHER not in str(derived)


@pytest.mark.parametrize("key", [MERGED, "demo:coverage:1", "id", "id of fifteen characters"])
def test_any_key_or_id_of_a_person_gives_the_same(desk: Loading, key: str) -> None:
    if key.startswith("id"):
        key = desk.record_id("Contact", CHART)[: 15 if "fifteen" in key else 18]
    assert rows(desk.load("trace", key, "--json")) == rows(desk.load("trace", CHART, "--json"))


def test_a_row_that_failed_says_why_and_what_to_do(desk: Loading) -> None:
    asked = desk.load("trace", OTHER, "--json")
    assert asked.code == INCOMPLETE
    (failed,) = (row for row in rows(asked) if row["state"] == "failed")
    assert (failed["record_key"], failed["field"]) == ("demo:coverage:2", "Member_ID__c")
    assert failed["id"] is None
    assert failed["hint"] == row_error(failed["reason"]).hint


def test_the_screen_shows_counts_and_the_files_are_private(desk: Loading) -> None:
    asked = desk.load("trace", CHART, "--org", ALIAS)
    assert asked.code == DONE
    assert "demo:" not in asked.stdout + asked.stderr
    path = Path(asked.stderr.split("link: ")[1].strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="", encoding="utf-8") as file:
        links = [row["link"] for row in csv.DictReader(file) if row["id"]]
    assert links
    assert all(link.startswith(f"{desk.org.https}/") for link in links)


def test_a_key_of_nobody_is_said_and_not_repeated(desk: Loading) -> None:
    asked = desk.load("trace", "demo:patient:nobody")
    assert asked.code == USAGE
    assert "nobody" not in asked.stderr


def said_of(asked: Ran) -> dict[str, tuple[str, str]]:
    """Give the state of each row that went into the org, and the run that said so."""
    found = (row for row in rows(asked) if row["key"] and row["state"] != "merged")
    return {row["key"]: (row["state"], row["run"]) for row in found}


# The last of those that share an org: from here on, it is another one.
@pytest.mark.soak
def test_a_trace_goes_through_every_run_and_the_newest_word_on_each_row_counts(
    desk: Loading, tmp_path: Path
) -> None:
    first, planned = desk.run().run, desk.run().plan
    before = desk.load("trace", OTHER, "--json")
    ours = desk.record_id("Contact", OTHER)
    desk.clinic.sql(
        "update main_salesforce.sf_insurance_coverage set Member_ID__c = '9'"
        " where Clinic_Id__c = 'demo:coverage:2'"
    )
    assert desk.push(desk.plan(only_failed=first)) == DONE
    wave, after = desk.run().run, desk.load("trace", OTHER, "--json")
    assert after.code == DONE
    assert [row["key"] for row in rows(after)] == [row["key"] for row in rows(before)]
    assert said_of(after) == said_of(before) | {"demo:coverage:2": ("created", wave)}
    assert desk.load("trace", CHART).code == DONE

    alone = desk.load("trace", OTHER, "--run", first)
    assert (alone.code, f"run {first} alone" in alone.stdout) == (INCOMPLETE, True)
    assert said_of(desk.load("trace", OTHER, "--run", first, "--json")) == said_of(before)

    # The chart goes from the source and stays in the org; somebody else's appointment moves.
    for table in ("sf_contact where Clinic_Id__c", "sf_insurance_coverage where Patient__c"):
        desk.clinic.sql(f"delete from main_salesforce.{table} = '{OTHER}'")
    for table in ("patient_records where patient_key", "record_targets where clinic_id"):
        desk.clinic.sql(f"delete from main_audit.audit_{table} = '{OTHER}'")
    desk.clinic.sql("delete from main_audit.audit_record_targets where clinic_id like '%age:2'")
    desk.clinic.sql("update main_salesforce.sf_event set WhoId = 'demo:patient:2'")
    asked = desk.plan(delta=True)
    assert {each.sobject for each in asked.gone} == {"Contact", "Insurance_Coverage__c"}
    assert desk.push(decide(desk, asked, {})) == DONE
    delta, kept = desk.run().run, desk.load("trace", ours, "--json")
    assert kept.code == DONE
    gone = {row["key"]: row["in_source"] for row in rows(kept) if row["entity"]}
    assert gone == {OTHER: "no", "demo:coverage:2": "no"}
    assert {said_of(kept)[key] for key in gone} == {("kept", delta)}
    assert next(row["id"] for row in rows(kept) if row["key"] == OTHER) == ours
    chart = desk.load("trace", CHART, "--json")
    assert said_of(chart)[CHART] == ("unchanged", delta)
    assert "Event" not in {row["sobject"] for row in rows(chart)}

    # What a rollback of the wave deleted is gone, though the delta after it had left it there.
    undo = ("rollback", wave, "--org", ALIAS, "--object", "Insurance_Coverage__c")
    assert desk.load(*undo).code == DONE
    last = said_of(desk.load("trace", OTHER, "--json"))
    assert last["demo:coverage:2"] == ("deleted", desk.run("rollback").run)
    assert last[OTHER] == ("kept", delta)

    folder = desk.data.plans / planned
    folder.rename(tmp_path / "purged")
    asked_again = desk.load("trace", CHART)
    (tmp_path / "purged").rename(folder)
    assert f"Not in it, since their plans were purged: {first}" in asked_again.stderr


def test_after_a_rollback_a_trace_tells_what_is_gone(template: Path, tmp_path: Path) -> None:
    clinic = mini_clinic(tmp_path / "clinic")
    tell_whose(clinic)
    with loading(template, tmp_path / "org", clinic) as desk:
        plan = desk.plan()
        desk.push(plan)
        desk.change("Insurance_Coverage__c", "demo:coverage:1", Member_ID__c="corrected")
        desk.rollback(plan)
        states = {row["key"]: row["state"] for row in rows(desk.load("trace", CHART, "--json"))}
        assert states["demo:coverage:1"] == "held"
        others = {row["key"]: row["state"] for row in rows(desk.load("trace", OTHER, "--json"))}
        assert (others[OTHER], others["demo:coverage:2"]) == ("deleted", "deleted")


def test_in_a_masked_load_a_person_is_found_by_the_real_key_and_not_given_away(
    template: Path, tmp_path: Path
) -> None:
    clinic = mini_clinic(tmp_path / "clinic")
    tell_whose(clinic)
    with loading(template, tmp_path / "org", clinic) as desk:
        plan = desk.plan(masked=True)
        desk.push(plan)
        asked = desk.load("trace", CHART, "--json")
        assert {row["entity"] for row in rows(asked)} == {
            "appointments",
            "coverages",
            "patients",
            None,
        }
        assert f'"{CHART}"' not in asked.stdout
        assert '"1"' not in asked.stdout
        contact = next(row["id"] for row in rows(asked) if row["sobject"] == "Contact")
        assert desk.load("trace", contact, "--json").json() == asked.json()
