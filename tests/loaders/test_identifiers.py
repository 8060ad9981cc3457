"""Where rows are refused, lost, held and asked about: two hundred identifiers, and none is told."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE, UNAVAILABLE, USAGE
from loaders.row_errors import NO_CODE
from tests.conftest import Ran
from tests.identifiers.forms import Finder
from tests.identifiers.scan import kinds_by_file, scan
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.planning import ALIAS, OWNER
from tests.loaders.planted_clinic import KEPT, PLANTED, planted_clinic

FINDER = Finder(PLANTED)
EVERY = "\n".join(one.value for one in PLANTED)
ORG = ("--org", ALIAS)
# The org refuses rows in every way, tells all of them each time, and once has a name for a code.
CODES = ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "REQUIRED_FIELD_MISSING", "DUPLICATES_DETECTED",
         "STRING_TOO_LONG", "INVALID_FIELD", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
         PLANTED[0].value)  # fmt: skip
TELLTALES = [
    {"object": "Insurance_Coverage__c", "name": f"Telltale {number}", "code": code,
     "formula": f"MOD(Rank__c, {len(CODES)}) = {number}", "message": EVERY, "field": "Notes__c"}
    for number, code in enumerate(CODES)
]  # fmt: skip
# Once: rows that stay locked are waited for longer than a test may take.
LOCKS = {"object": "Account", "share": 1.0, "seed": 1, "times": 1}
MET = {"plan": DONE, "approve": DONE, "locked": INCOMPLETE, "again": DONE, "refused": UNAVAILABLE,
       "resume": INCOMPLETE, "status": INCOMPLETE, "verify": INCOMPLETE, "report": INCOMPLETE,
       "trace": INCOMPLETE, "unknown": USAGE, "rollback": INCOMPLETE}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walked:
    """Where all the trouble was, and what each command said of it."""

    desk: Loading
    said: dict[str, Ran]


def walk(desk: Loading, *options: str) -> Walked:
    """Load what the org refuses for many reasons, in its own words, and ask about it all."""
    planning = ("plan", *ORG, "--default-owner", OWNER, *options)
    said = {"plan": desk.load(*planning)}
    said["approve"] = desk.load("approve", "latest", "--by", "Test", "--allow-duplicates")
    desk.admin("settings", validation_rules=TELLTALES, row_locks=[LOCKS])
    said["locked"] = desk.load("push", "latest", *ORG)
    first = desk.run().run
    desk.admin("settings", row_locks=None)
    said["again"] = desk.load(*planning)
    desk.fault(request={"do": "refuse", "path": "composite/sobjects|jobs/ingest", "status": 400,
                        "code": "MALFORMED_ID", "message": EVERY})  # fmt: skip
    said["refused"] = desk.load("push", "latest", *ORG)
    desk.fault(fail_job={"message": f"InternalServerError : {EVERY}"})
    said["resume"] = desk.load("resume", "latest", *ORG)
    said["status"] = desk.load("status", "latest", "--json")
    (changed, *_) = desk.soql("SELECT Id FROM Contact ORDER BY Clinic_Id__c")
    # Somebody works on a record: it is different, then held.
    desk.patch(f"sobjects/Contact/{changed['Id']}", LastName="Somebody")
    said["verify"] = desk.load("verify", "latest", *ORG, "--json")
    said["report"] = desk.load("report", "latest", "--json")
    said["trace"] = desk.load("trace", KEPT)
    said["unknown"] = desk.load("trace", f"{KEPT}0")
    said["rollback"] = desk.load("rollback", first, *ORG, "--json")
    return Walked(desk, said)


def told(walked: Walked) -> dict[str, list[str]]:
    """Name the kinds of identifiers that each command told."""
    found = {
        name: FINDER.find(f"{ran.stdout}\n{ran.stderr}".encode())
        for name, ran in walked.said.items()
    }
    return {name: sorted({one.kind for one in held}) for name, held in found.items() if held}


def codes(walked: Walked) -> dict[str, int]:
    return {name: ran.code for name, ran in walked.said.items()}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an org with the schema of the clinic."""
    folder = tmp_path_factory.mktemp("planted")
    return deployed_org(folder / "org", planted_clinic(folder / "clinic"))


@pytest.fixture(scope="module")
def as_it_is(org: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("as-it-is")
    with loading(org, folder / "org", planted_clinic(folder / "clinic")) as desk:
        yield walk(desk, "--no-mask")


def refusals(walked: Walked) -> set[str]:
    """Name the codes by which the org refused rows."""
    return {each["code"] for each in walked.said["status"].json()["reasons"]}


def test_trouble_tells_no_identifier(as_it_is: Walked) -> None:
    assert codes(as_it_is) == MET
    assert refusals(as_it_is) >= {*CODES[:-1], NO_CODE}
    assert told(as_it_is) == {}


def test_rows_lie_in_private_files_of_known_places_alone(as_it_is: Walked) -> None:
    root = as_it_is.desk.data.root
    found = set(scan(root, FINDER)) - {f"{root.name}/warehouse.duckdb"}
    assert {name.split("/")[1] for name in found} == {"plans", "reports", "ledger"}
    assert [name for name in found if name.endswith(".sqlite")] == []
    files = [root.parent / name for name in found]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files if file.is_file()} == {0o600}


def test_a_purge_leaves_no_identifier(as_it_is: Walked) -> None:
    desk = as_it_is.desk
    listed = desk.load("purge", "--plan", "--json").json()
    given_up = [word for each in listed["open_runs"] for word in ("--abandon", each["run"])]
    purge = ("purge", "--by", "Ada Example", "--confirm", listed["confirm"], *given_up)
    assert set().union(*scan(desk.clinic.folder, FINDER).values()) == set(PLANTED)
    done = desk.load(*purge)
    assert done.code == DONE, done.stderr
    assert kinds_by_file(scan(desk.clinic.folder, FINDER)) == {}


@pytest.mark.soak
def test_masked_trouble_tells_no_identifier_to_anybody(
    org: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither do its reports, nor the org; here by jobs, one of which fails as a whole."""
    monkeypatch.setenv("CLINIC_BULK_FROM", "1")
    with loading(org, tmp_path / "org", planted_clinic(tmp_path / "clinic")) as desk:
        walked = walk(desk, "--mask")
        # Masked e-mail addresses are valid ones: the org has less to refuse.
        assert set(codes(walked).values()) == set(MET.values())
        assert told(walked) == {}
        assert kinds_by_file(scan(desk.data.reports, FINDER)) == {}
        assert kinds_by_file(scan(desk.data.ledger, FINDER)) == {}
        assert refusals(walked) >= {*CODES[:-1], NO_CODE}
        assert "UNPROCESSED" in {code for *_, code, _ in desk.outcomes("push")}
