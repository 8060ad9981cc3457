"""The command: its words, its exit codes, its two lines when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from extract.raw_tables import raw_database
from tests.extract.conftest import Extract
from tests.extract.small_clinic import TOKEN, SmallClinic, resource

ROOT = Path(__file__).parents[2]
Folder = Callable[..., Path]
Command = Callable[..., "Done"]


@dataclass(frozen=True, slots=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(extract: Extract) -> Command:
    def run(*words: object, **environment: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "extract.cli", *map(str, words)],
            cwd=ROOT,
            env=os.environ | {"CLINIC_DATA_DIR": str(extract.folder.root)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def assert_error(done: Done, code: int) -> None:
    assert done.code == code
    *_, error, hint = done.err.splitlines()
    assert error.startswith("Error: ")
    assert hint.startswith("Try: ")
    assert done.out == ""
    assert "Traceback" not in done.err


def test_init_creates_the_tables(command: Command, extract: Extract) -> None:
    assert command("init").code == 0
    assert command("init") == Done(0, "", "")
    assert extract.query("select count(*) from raw_fhir.patient") == [(0,)]


def test_a_folder_lands_with_a_table_of_counts(
    command: Command, folder: Folder, extract: Extract
) -> None:
    place = folder(
        **{
            "Patient.ndjson": b'{"resourceType":"Patient","id":"secret-1"}\n{"id":"secret-2"}',
        }
    )
    done = command("run", "fhir", "--system", "north", "--from", place)
    assert done.code == 4
    header, *lines = [line.split() for line in done.out.splitlines()]
    assert header == ["type", "landed", "new", "changed", "unchanged", "repeated", "quarantined"]
    assert ["Patient", "1", "0", "0", "0", "0"] in lines
    assert lines[-1] == ["all", "1", "0", "0", "0", "1"]
    assert "files: 1 read" in done.err
    assert "secret" not in done.out + done.err
    assert extract.query("select system from raw_fhir.patient") == [("north",)]
    lines = (extract.folder.root / "extracts.jsonl").read_text("utf-8").splitlines()
    kept = json.loads(lines[0])
    assert [json.loads(line)["ended"] for line in lines] == [False, True]
    assert (kept["system"], kept["full"], kept["approval"]) == ("north", False, None)
    approval = {"map": "0" * 64, "approved_by": "Ada", "at": "2026-01-01"}
    (extract.folder.root / "approval.json").write_text(json.dumps(approval), encoding="utf-8")
    command("run", "fhir", "--system", "north", "--from", place, "--full")
    line = (extract.folder.root / "extracts.jsonl").read_text("utf-8").splitlines()[-1]
    assert (json.loads(line)["full"], json.loads(line)["approval"]) == (True, approval)


def test_a_run_explains_what_it_left(command: Command, folder: Folder) -> None:
    place = folder(**{"p.csv": b"no,name\n1,secret\n2,secret,x\n", "secret.pdf": b""})
    words = ("run", "files", "--system", "south", "--from", place, "--key", "p=no", "--explain")
    done = command(*words)
    assert done.code == 4
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "p too_many_fields 1 more fields than columns" in lines
    assert ".pdf other_kind 1 no kind of file that is read as a table" in lines
    told = json.loads(command(*words, "--json").out)["explained"]
    assert told["requested"][0]["how"].endswith("2 columns; rows by no; the same file as before")
    assert told["unchanged"] == {"p": 1}
    assert "secret" not in done.out + done.err + json.dumps(told)


def test_counts_come_as_json(command: Command, clinic: SmallClinic) -> None:
    clinic.put("Patient", *(resource("Patient", f"p{i}", second=i) for i in range(3)))
    words = ("run", "fhir", "--system", "north", "--json")
    environment = {"SOURCES__FHIR__URL": clinic.url, "SOURCES__FHIR__TOKEN": TOKEN}
    answer = json.loads(command(*words, **environment).out)
    assert (answer["source"], answer["system"]) == ("fhir", "north")
    assert answer["types"]["Patient"]["new"] == answer["totals"]["new"] == 3
    again = json.loads(command(*words, **environment).out)
    assert (again["totals"]["new"], again["totals"]["changed"]) == (0, 0)


@pytest.mark.parametrize(
    "words",
    [
        ["walk"],
        ["run"],
        ["run", "cliniko"],
        ["run", "fhir"],
        ["run", "fhir", "--nonsense"],
        ["run", "demo", "--patients", "many"],
        ["run", "fhir", "--system", "North", "--from", "."],
        ["run", "fhir", "--url", "http://a/fhir", "--from", "."],
        ["run", "fhir", "--from", ".", "--seed", "1"],
        ["propose"],
        ["propose", "north", "--custom-fields"],
    ],
)
def test_wrong_words_end_with_two_lines_and_code_2(command: Command, words: list[str]) -> None:
    assert_error(command(*words), 2)


def test_a_folder_that_is_not_there_ends_with_code_5(command: Command) -> None:
    assert_error(command("run", "fhir", "--from", "no-such-folder"), 5)


def test_a_wrong_token_ends_with_code_5(command: Command, clinic: SmallClinic) -> None:
    clinic.put("Patient", resource("Patient", "p1"))
    wrong = "-".join(["not", TOKEN])
    done = command("run", "fhir", "--url", clinic.url, SOURCES__FHIR__TOKEN=wrong)
    assert_error(done, 5)
    assert wrong not in done.err


def test_a_database_that_is_in_use_ends_with_code_5(
    command: Command, folder: Folder, extract: Extract
) -> None:
    assert command("init").code == 0
    place = folder(**{"Patient.ndjson": b'{"resourceType":"Patient","id":"p"}'})
    with raw_database(extract.folder.raw_database, read_only=True):
        done = command("run", "fhir", "--from", place)
    assert_error(done, 5)
    assert command("run", "fhir", "--from", place).code == 0


def test_help_ends_with_an_example(command: Command) -> None:
    for verb in ("init", "run"):
        done = command(verb, "--help")
        assert done.code == 0
        assert f"Example: clinic-extract {verb}" in done.out


def test_the_demo_clinic_is_started_read_and_stopped(command: Command, extract: Extract) -> None:
    words = ("run", "demo", "--patients", 20, "--seed", 7, "--json")
    environment = {"SOURCES__FHIR__URL": "", "SOURCES__FHIR__TOKEN": ""}
    first = command(*words, **environment)
    assert first.code == 0, first.err
    totals = json.loads(first.out)["totals"]
    assert totals["new"] > 20
    again = json.loads(command(*words, **environment).out)["totals"]
    assert (again["new"], again["changed"]) == (0, 0)
    assert extract.query("select count(*) > 0 from raw_fhir.claim where system = 'demo'") == [
        (True,)
    ]
