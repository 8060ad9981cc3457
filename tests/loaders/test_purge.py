"""A purge: all working data goes, nothing else does, and a certificate says what it was."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, REFUSED, USAGE
from loaders.ledger import Ledger
from loaders.purge import plan_purge
from loaders.purge_certificate import carry_out
from tests.conftest import Ran
from tests.identifiers.forms import Finder, Identifier
from tests.identifiers.scan import scan
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS

NAMES = Finder([Identifier("family name", name) for name in ("Testfall", "O'Muster")])
KEYS = Finder([Identifier("key", f"demo:patient:{number}") for number in range(1, 4)])


@pytest.fixture(scope="module")
def once(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Push and verify the small clinic, and leave beside it what other tools leave."""
    folder = tmp_path_factory.mktemp("purge")
    with loading(template, folder / "org", mini_clinic(folder / "clinic")) as desk:
        assert desk.push(desk.plan()) == DONE
        for name in ("data/raw.duckdb", "data/dlt/state.json", "data/incoming/1", "logs/dbt.log"):
            path = desk.clinic.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("Testfall", "utf-8")
        shutil.copytree(desk.clinic.folder, folder / "unverified")
        assert desk.load("verify", "latest", "--org", ALIAS).code == DONE
        yield desk


@pytest.fixture
def verified(once: Loading, tmp_path: Path) -> Loading:
    """Copy the working files of a run that is done with; a purge asks no org."""
    return copied(once, once.clinic.folder, tmp_path / "clinic")


@pytest.fixture
def unverified(once: Loading, tmp_path: Path) -> Loading:
    """Copy them as they were before the run was verified."""
    return copied(once, once.clinic.folder.parent / "unverified", tmp_path / "clinic")


def copied(once: Loading, folder: Path, into: Path) -> Loading:
    shutil.copytree(folder, into)
    return replace(once, clinic=replace(once.clinic, folder=into))


def planned(desk: Loading) -> dict[str, Any]:
    asked = desk.load("purge", "--plan", "--json")
    assert asked.code == DONE, asked.stderr
    return dict(asked.json())


def purged(desk: Loading, *options: str) -> Ran:
    code = planned(desk)["confirm"]
    return desk.load("purge", "--by", "Ada Example", "--confirm", code, "--json", *options)


def files_of(desk: Loading) -> dict[str, bytes]:
    """Read every file, by the name that a certificate has for it."""
    root = desk.clinic.folder
    return {
        path.relative_to(root).as_posix().removeprefix("data/"): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith("ledger.sqlite-")
    }


def test_nothing_of_a_patient_is_left_and_the_certificate_says_what_went(verified: Loading) -> None:
    desk = verified
    before, listed = files_of(desk), planned(desk)
    assert scan(desk.clinic.folder, NAMES)
    assert scan(desk.clinic.folder, KEYS)
    assert files_of(desk).keys() >= before.keys()
    done = purged(desk)
    assert done.code == DONE, done.stderr
    assert scan(desk.clinic.folder, NAMES) == {}
    assert scan(desk.clinic.folder, KEYS) == {}
    certificate = Path(done.json()["certificate"])
    told = json.loads(certificate.read_text("utf-8"))
    gone = before.keys() - files_of(desk).keys()
    assert {each["name"] for each in told["files"]} == gone
    assert (len(gone), sum(each["bytes"] for each in told["files"])) == (
        listed["files"], listed["bytes"],
    )  # fmt: skip
    for each in told["files"]:
        assert each["sha256"] == hashlib.sha256(before[each["name"]]).hexdigest(), each["name"]
    assert told["by"] == "Ada Example"
    assert stat.S_IMODE(certificate.stat().st_mode) == 0o600
    (act,) = desk.acts("purged")
    assert act["sha256"] == hashlib.sha256(certificate.read_bytes()).hexdigest()
    assert desk.load("audit-log", "verify").code == DONE
    refused = desk.load("rollback", "latest", "--org", ALIAS)
    assert (refused.code, "was deleted by a purge" in refused.stderr) == (USAGE, True)


def test_nothing_goes_before_somebody_typed_the_code_of_just_this(verified: Loading) -> None:
    desk = verified
    code = planned(desk)["confirm"]
    before = files_of(desk)
    assert desk.load("purge", "--by", "Ada Example").code == REFUSED
    assert desk.load("purge", "--confirm", code).code == USAGE
    (desk.data.root / "raw.duckdb").write_text("Testfall, and another", "utf-8")
    refused = desk.load("purge", "--by", "Ada Example", "--confirm", code)
    assert (refused.code, "Try: clinic-load purge --plan" in refused.stderr) == (REFUSED, True)
    assert files_of(desk).keys() == before.keys()


@pytest.mark.soak
def test_a_run_that_still_needs_its_files_is_given_up_by_name_only(unverified: Loading) -> None:
    run = unverified.run().run
    (open_run,) = planned(unverified)["open_runs"]
    assert open_run == {"run": run, "reason": "was never verified"}
    refused = purged(unverified)
    assert (refused.code, run in refused.stderr) == (REFUSED, True)
    assert purged(unverified, "--abandon", "another").code == REFUSED
    done = purged(unverified, "--abandon", run)
    assert done.code == DONE
    told = json.loads(Path(done.json()["certificate"]).read_text("utf-8"))
    assert told["abandoned_runs"] == [run]


def test_a_run_that_differed_when_it_was_verified_last_keeps_its_files(verified: Loading) -> None:
    ledger = Ledger.open(verified.data.ledger)
    with ledger.writing():
        ledger.chain.record("verified", {"run": verified.run().run, "differences": 2})
    ledger.close()
    assert planned(verified)["open_runs"][0]["reason"] == "was last verified with 2 differences"
    assert purged(verified).code == REFUSED


@pytest.mark.soak
def test_a_push_whose_rollback_held_rows_keeps_its_files(template: Path, tmp_path: Path) -> None:
    with loading(template, tmp_path / "org", mini_clinic(tmp_path / "clinic")) as desk:
        plan = desk.plan()
        assert desk.push(plan) == DONE
        assert desk.load("verify", "latest", "--org", ALIAS).code == DONE
        desk.change("Insurance_Coverage__c", "demo:coverage:1", Member_ID__c="corrected")
        assert desk.rollback(plan)[0] == INCOMPLETE
        (open_run,) = planned(desk)["open_runs"]
        assert open_run["run"] == desk.run("push").run
        assert desk.run("rollback").run in open_run["reason"]
        forced = ("--force", "Insurance_Coverage__c")
        assert desk.load("rollback", open_run["run"], "--org", ALIAS, *forced).code == DONE
        assert planned(desk)["open_runs"] == []


def test_an_unfinished_run_keeps_its_files(unverified: Loading) -> None:
    with sqlite3.connect(unverified.data.ledger / "ledger.sqlite") as db:
        db.execute("update runs set finished_at = null")
    db.close()
    assert planned(unverified)["open_runs"][0]["reason"] == "is not finished"
    assert purged(unverified).code == REFUSED


def test_files_of_others_and_what_links_point_to_are_left_alone(
    verified: Loading, tmp_path: Path
) -> None:
    desk, root = verified, verified.data.root
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "thesis.txt").write_text("mine", "utf-8")
    (root / "thesis.txt").write_text("mine", "utf-8")
    (root / "schema").symlink_to(tmp_path / "elsewhere")
    (root / "dlt" / "link").symlink_to(tmp_path / "elsewhere")
    target = Path(desk.clinic.environ["DBT_TARGET_PATH"])
    (target / "thesis.txt").write_text("mine", "utf-8")
    done = purged(desk)
    assert done.code == INCOMPLETE
    assert {"schema", "thesis.txt"} <= set(done.json()["left_alone"])
    for kept in (tmp_path / "elsewhere", root, root / "schema", target):
        assert (kept / "thesis.txt").read_text("utf-8") == "mine"


def test_a_purge_that_was_cut_off_is_done_again_and_certified_as_one(verified: Loading) -> None:
    desk = verified
    before = files_of(desk)
    cut_off(desk, at="plans/")
    left = files_of(desk)
    assert before.keys() - left.keys()
    assert desk.acts("purged") == []
    done = purged(desk)
    assert done.code == DONE, done.stderr
    told = json.loads(Path(done.json()["certificate"]).read_text("utf-8"))
    assert {each["name"] for each in told["files"]} == before.keys() - files_of(desk).keys()
    assert all(
        each["sha256"] == hashlib.sha256(before[each["name"]]).hexdigest() for each in told["files"]
    )
    assert scan(desk.clinic.folder, KEYS) == {}


def cut_off(desk: Loading, *, at: str) -> None:
    """Stop a purge in the middle: a file cannot be deleted that could be when it was listed."""
    opened = Ledger.open(desk.data.ledger)
    purge = plan_purge(desk.data, opened, desk.clinic.environ)
    opened.close()
    victim = next(each.path for each in purge.files if each.name.startswith(at))
    content, seen = victim.read_bytes(), []

    def clock() -> datetime:
        seen.append(1)
        # The first time is that of the list, the second that of the act on the ledger.
        if len(seen) == 2:
            victim.unlink()
            victim.mkdir()
        return datetime.now(UTC)

    ledger = Ledger.open(desk.data.ledger, clock=clock)
    with pytest.raises(OSError, match=r"directory|permitted"):
        carry_out(purge, desk.data, ledger, by="Ada Example", abandoned=())
    ledger.close()
    victim.rmdir()
    victim.write_bytes(content)
