"""An estimate beside a run: what was expected, what came true, and what the next one knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from loaders.errors import DONE, USAGE
from tests.conftest import Ran
from tests.loaders.estimating import mapped_clinic
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.planning import ALIAS, OWNER


@dataclass(frozen=True, slots=True)
class Story:
    """A push with an estimate before and after it, and what the org saw of it."""

    desk: Loading
    too_early: Ran
    before: dict[str, Any]
    requests: int
    after: dict[str, Any]
    compared: dict[str, Any]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    clinic = mapped_clinic(folder / "clinic")
    clinic.sql(
        "insert into main_audit.audit_row_counts values"
        " (1, 'patients', 'Contact', 3, 0, 0, 3), (5, 'coverages', 'Insurance_Coverage__c',"
        " 2, 0, 0, 2)"
    )
    for entity, mart in (("patients", "contact"), ("coverages", "insurance_coverage")):
        clinic.sql(
            "insert into main_audit.audit_record_targets select"
            f" '{entity}', Clinic_Id__c, row_counts.sobject, Clinic_Id__c"
            f" from main_salesforce.sf_{mart}, main_audit.audit_row_counts as row_counts"
            f" where entity = '{entity}'"
        )
    with loading(deployed_org(folder / "template", clinic), folder / "org", clinic) as desk:
        too_early = desk.load("estimate", "--run", "latest")
        before = desk.load("estimate", "--org", ALIAS, "--json").json()
        seen = requests_seen(desk)
        for command in (
            ("plan", "--org", ALIAS, "--default-owner", OWNER),
            ("approve", "latest", "--by", "Ada Example"),
            ("push", "latest", "--org", ALIAS),
        ):
            done = desk.load(*command)
            assert done.code == DONE, done.stderr
        requests = requests_seen(desk) - seen
        compared = desk.load("estimate", "--run", "latest", "--json").json()
        after = desk.load("estimate", "--org", ALIAS, "--json").json()
        yield Story(desk, too_early, before, requests, after, compared)


def requests_seen(desk: Loading) -> int:
    """Count what the org itself says that it was asked."""
    answer = desk.api.get(
        f"{desk.org.http}/_stand_in/requests",
        headers={"Authorization": f"Bearer {desk.org.token}"},
    )
    return sum(
        1 for each in answer.json()["log"] if not str(each["path"]).startswith("/_stand_in/")
    )


def amounts(document: dict[str, Any]) -> dict[str, tuple[float | None, float | None]]:
    return {
        line["name"]: (line["amount"]["low"], line["amount"]["high"]) for line in document["lines"]
    }


def test_an_estimate_names_the_org_and_leaves_open_what_nobody_measured(story: Story) -> None:
    assert (story.before["alias"], story.before["org_id"]) == (ALIAS, story.desk.org.org_id)
    found = amounts(story.before)
    assert found["rows"] == (11, 11)
    assert found["objects 1:1"] == (1, 1)
    assert found["load time"] == (None, None)
    assert found["API calls"][1] is None
    left = {line["name"]: line["left"] for line in story.before["lines"]}
    assert left["data storage"] == 100_000
    org = next(axis for axis in story.before["axes"] if axis["name"] == "org side")
    # The two standard rules of a fresh org, in which nobody has made anything else.
    assert "2 duplicate rules" in org["inputs"]
    assert "0 flows" in org["inputs"]
    assert (org["low"], org["high"]) == (1, 1)


def test_a_run_is_held_against_the_estimate_that_was_made_before_it(story: Story) -> None:
    found = {line["name"]: line for line in story.compared["lines"]}
    assert (found["rows"]["actual"]["low"], found["rows"]["verdict"]) == (11, "within")
    assert found["API calls"]["actual"] == {"low": story.requests, "high": story.requests}
    assert found["API calls"]["verdict"] == "within"
    assert found["bulk jobs"]["actual"]["low"] == 0
    assert found["load time"]["actual"]["low"] > 0
    assert found["load time"]["verdict"] == "not comparable"
    assert found["human time"]["verdict"] == "not comparable"


def test_the_comparison_is_kept_beside_the_ledger_for_its_owner_alone(story: Story) -> None:
    run = story.compared["run"]
    kept = story.desk.data.ledger / "estimates" / f"{run}.actual.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert story.desk.clinic.marts["sf_contact"]["rows"][0][2] not in kept.read_text("utf-8")


def test_the_next_estimate_goes_by_what_this_run_took(story: Story) -> None:
    low, high = amounts(story.after)["load time"]
    (actual,) = (
        line["actual"]["low"] for line in story.compared["lines"] if line["name"] == "load time"
    )
    # The same rows again: most of them went faster than their object's canary, all as fast.
    assert low is not None
    assert high is not None
    assert low < actual < high
    assert {each["sobject"]: each["rate"]["rows"] for each in story.after["pace"]}["Contact"] == 3
    calls = amounts(story.after)["API calls"]
    assert calls[1] is not None
    assert calls[0] <= story.requests <= calls[1]


def test_a_run_that_nobody_estimated_is_not_held_against_anything(story: Story) -> None:
    assert story.too_early.code == USAGE
    assert "Try:" in story.too_early.stderr


def test_the_two_tables_fit_a_screen_of_eighty_columns(story: Story) -> None:
    for arguments in (("--org", ALIAS, "--rate-per-hour", "90"), ("--run", "latest"), ()):
        shown = story.desk.load("estimate", *arguments)
        assert shown.code == DONE, shown.stderr
        assert max(len(line.rstrip()) for line in shown.stdout.splitlines()) <= 80
        assert "…" not in shown.stdout


def test_an_estimate_without_an_org_does_not_know_its_side(story: Story) -> None:
    found = story.desk.load("estimate", "--json").json()
    assert (found["org_id"], found["alias"]) == (None, None)
    assert all(line["left"] is None for line in found["lines"])
    org = next(axis for axis in found["axes"] if axis["name"] == "org side")
    assert (org["value"], org["low"], org["high"]) == ("unknown", 0, 4)
