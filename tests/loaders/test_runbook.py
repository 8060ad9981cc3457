"""The runbook of a go-live: its gates, its times, and links that show what they say."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("runbook")
    with loading(template, folder / "org", mini_clinic(folder / "clinic")) as found:
        plan = found.plan()
        found.approve(plan)
        assert found.push(plan) == DONE
        yield found


@pytest.fixture(scope="module")
def unread(desk: Loading) -> tuple[int, str]:
    """Ask before anybody has read the org back."""
    return desk.load("runbook", "latest", "--org", ALIAS).code, page(desk)


@pytest.fixture(scope="module")
def told(desk: Loading, unread: tuple[int, str]) -> dict[str, Any]:
    assert unread
    assert desk.load("verify", "latest", "--org", ALIAS).code == DONE
    asked = desk.load("runbook", "latest", "--org", ALIAS, "--json")
    assert asked.code == DONE, asked.stderr
    return dict(json.loads(asked.stdout))


def page(desk: Loading) -> str:
    return (desk.data.reports / desk.run().run / "runbook.md").read_text("utf-8")


def test_a_run_that_nobody_read_back_is_no_go(unread: tuple[int, str]) -> None:
    code, text = unread
    assert code == INCOMPLETE
    assert "- [ ] The org was read back and is as planned: not verified" in text
    assert "- [x] Every row arrived: 0 failed, held or waiting" in text


def test_a_verified_run_is_a_go(told: dict[str, Any], desk: Loading) -> None:
    assert all(gate["is_met"] for gate in told["gates"])
    # Of a rehearsal the commands are for production, which has no alias yet.
    push = "`clinic-load push latest --org PRODUCTION` | engineer | "
    assert re.search(re.escape(push) + r"0:\d\d:\d\d \|", page(desk))


def test_each_check_says_what_the_org_shows(told: dict[str, Any], desk: Loading) -> None:
    checks = [(check["id"], line) for check in told["checks"] for line in check["related"]]
    assert len(checks) > 3
    for person, line in checks:
        sobject, field = line["sobject"], line["field"]
        found = desk.soql(f"SELECT Id FROM {sobject} WHERE {field} = '{person}'")
        assert len(found) == line["records"]
        assert line["example"] in {row["Id"] for row in found}
    lookups = [line for check in told["checks"] for line in check["lookups"]]
    assert lookups
    for line in lookups:
        (row,) = desk.soql(f"SELECT {line['field']} FROM Event WHERE Id = '{line['id']}'")
        assert row[line["field"]] == line["target"]


def test_a_runbook_names_nobody_and_is_private(told: dict[str, Any], desk: Loading) -> None:
    assert told["checks"]
    people = desk.soql("SELECT LastName, Clinic_Id__c FROM Contact")
    text = page(desk)
    assert [row for row in people if row["LastName"] in text or row["Clinic_Id__c"] in text] == []
    path = desk.data.reports / desk.run().run / "runbook.md"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.soak
def test_access_is_a_step_with_what_to_set_up_and_its_findings_are_a_no_go(
    told: dict[str, Any], desk: Loading
) -> None:
    """A fresh org opens accounts to everybody: the reader is told why, and where to change it."""
    assert [gate for gate in told["gates"] if gate["what"].startswith("Who can see")] == []
    asked = desk.load("access", "latest", "--org", ALIAS, "--json")
    assert asked.code == INCOMPLETE, asked.stderr
    found = len(asked.json()["findings"])
    assert found
    assert desk.load("runbook", "latest", "--org", ALIAS).code == INCOMPLETE
    text = page(desk)
    assert f"- [ ] Who can see what is as the map says: {found:,} findings" in text
    assert "| Prove who can see what | `clinic-load access latest --org PRODUCTION` |" in text
    assert text.index("| Set what is shared (below) |") < text.index("| Push |")
    kinds = {finding["what"].split(":")[0] for finding in asked.json()["findings"]}
    assert [kind for kind in kinds if f"| {kind} |" not in text] == []
