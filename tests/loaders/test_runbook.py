"""The runbook of a go-live: its gates, its times, and links that show what they say."""

from __future__ import annotations

import json
import re
import shlex
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import extract.cli
import loaders.cli
from loaders.errors import DONE, INCOMPLETE
from loaders.ledger import Ledger
from loaders.schema_acts import DEPLOYED, DEPLOYING, record_components
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS, clock

PROGRAMS = {"clinic-load": loaders.cli.app, "clinic-extract": extract.cli.app}
EXTRACTED = "".join(
    json.dumps({"source": "fhir", "system": each, "at": "now", "full": True, "approval": None})
    + "\n"
    for each in ("north", "south")
)


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("runbook")
    with loading(template, folder / "org", mini_clinic(folder / "clinic")) as found:
        (found.data.root / "extracts.jsonl").write_text(EXTRACTED, encoding="utf-8")
        deployed_in(found, minutes=75)
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


def deployed_in(desk: Loading, *, minutes: int) -> None:
    """Say on the ledger that the schema was deployed; the org came with it."""
    begun = clock() - timedelta(days=1)
    moments = iter((begun, begun + timedelta(minutes=minutes)))
    ledger = Ledger.open(desk.data.ledger, clock=lambda: next(moments))
    for kind in (DEPLOYING, DEPLOYED):
        record_components(ledger, kind, org_id=desk.org.org_id, package="schema")
    ledger.close()


def commands(text: str) -> list[str]:
    """List the commands of a page, in its order."""
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def understood(line: str) -> bool:
    """Let the real command line read a command; what writes to an org has to name production."""
    program, *arguments = shlex.split(line)
    command = get_command(PROGRAMS[program])
    while isinstance(command, TyperGroup):
        command = command.commands[arguments.pop(0)]
    asked = command.make_context(program, arguments).params
    return bool(asked.get("production", "nothing is written"))


def test_a_run_that_nobody_read_back_is_no_go(unread: tuple[int, str]) -> None:
    code, text = unread
    assert code == INCOMPLETE
    assert "- [ ] The org was read back and is as planned: not verified" in text
    assert "- [x] Every row arrived: 0 failed, held or waiting" in text


def test_a_verified_run_is_a_go(told: dict[str, Any], desk: Loading) -> None:
    assert all(gate["is_met"] for gate in told["gates"])
    # Of a rehearsal the commands are for production, which has no alias yet.
    assert "clinic-load push latest --org PRODUCTION --production ORG_ID" in commands(page(desk))


def test_every_command_of_the_page_is_one_that_can_be_typed(
    told: dict[str, Any], desk: Loading
) -> None:
    assert told["systems"] == [["fhir", "north"], ["fhir", "south"]]
    found = commands(page(desk))
    assert {line.split()[1] for line in found if line.startswith("clinic-load")} >= {
        "access", "approve", "freeze", "plan", "push", "report", "rollback", "schema", "verify",
    }  # fmt: skip
    assert [line for line in found if line != "dbt build" and not understood(line)] == []


def test_all_sources_are_read_as_a_whole_between_the_last_plan_and_the_freeze(
    told: dict[str, Any], desk: Loading
) -> None:
    assert told["gates"]
    found = commands(page(desk))
    (frozen,) = (at for at, line in enumerate(found) if line.startswith("clinic-load freeze"))
    planned = max(at for at, line in enumerate(found) if line.startswith("clinic-load plan"))
    for system in ("north", "south"):
        whole = f"clinic-extract run fhir --system {system} --full"
        assert whole in found[planned:frozen]
    # What is planned on the day was read and built before it, and pushed after it.
    words = [" ".join(line.split()[:2]) for line in found]
    day = words.index("clinic-load verify") + 1
    assert list(dict.fromkeys(words[day:frozen])) == [
        "clinic-extract run", "dbt build", "clinic-load plan", "clinic-load approve",
        "clinic-load push",
    ]  # fmt: skip


def test_steps_that_were_timed_say_how_long_they_took(told: dict[str, Any], desk: Loading) -> None:
    assert set(told["seconds"]) == {"deploy", "push", "verify"}
    assert "Deploy the schema** (analytics engineer, 1:15:00)" in page(desk)
    for title in ("Push", "Read the org back"):
        assert re.search(rf"{title}\*\* \([\w ]+, 0:\d\d:\d\d\)", page(desk)), title


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
    assert "clinic-load access latest --org PRODUCTION" in commands(text)
    assert text.index("Set what is shared (see below)") < text.index("Push** (")
    kinds = {finding["what"].split(":")[0] for finding in asked.json()["findings"]}
    assert [kind for kind in kinds if f"| {kind} |" not in text] == []
