"""What dbt and the commands say of a failure: never a value, though the error quotes it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, ROOT, Ran, run
from tests.identifiers.forms import Finder
from tests.identifiers.planted import planted
from tests.identifiers.scan import kinds_by_file, scan

PLANTED = planted()
PROJECT = """
name: broken
profile: clinic
flags: {send_anonymous_usage_stats: false}
models: {+materialized: table}
"""
ALL = "(select string_agg(cell, ' ') from raw.raw_planted.cells)"
# Each way in which DuckDB quotes what it could not take: here all that is planted, at once.
BROKEN = {
    "of_a_date": f"select\n    1 as one,\n    cast({ALL} as date) as day",
    "of_a_number": f"select cast({ALL} as decimal(18, 2)) as amount",
    "of_json": f"select json_extract({ALL}, '$.a') as part",
    "of_a_format": f"select strptime({ALL}, '%Y') as moment",
    "of_a_time_zone": f"select timezone({ALL}, timestamp '2024-01-01') as moment",
    "of_base64": f"select from_base64({ALL}) as body",
    "of_words": f"select error({ALL}) as nothing",
}
NULL = "select cast(null as varchar) as a_column"
TESTS = """
models:
  - name: sound
    columns: [{name: cell, data_tests: [{accepted_values: {arguments: {values: [one]}}}]}]
  - name: of_nothing
    config: {contract: {enforced: true}}
    columns: [{name: a_column, data_type: string, constraints: [{type: not_null}]}]
"""


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder(PLANTED)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with duckdb.connect(str(folder / "raw.duckdb")) as db:
        db.execute("create schema raw_planted; create table raw_planted.cells (cell varchar)")
        db.execute(
            "insert into raw_planted.cells select unnest($1)", [[each.value for each in PLANTED]]
        )
    return folder


@pytest.fixture(scope="module")
def built(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Build a project in which everything fails, with the profile of ours."""
    project = tmp_path_factory.mktemp("project")
    (project / "models").mkdir()
    (project / "dbt_project.yml").write_text(PROJECT, "utf-8")
    (project / "models" / "models.yml").write_text(TESTS, "utf-8")
    models = {**BROKEN, "sound": "select cell from raw.raw_planted.cells", "of_nothing": NULL}
    for name, sql in models.items():
        (project / "models" / f"{name}.sql").write_text(f"{sql}\n", "utf-8")
    command = [str(BIN / "dbt"), "--debug", "build", "--project-dir", str(project)]
    environment = {
        "CLINIC_DATA_DIR": str(data),
        "DBT_TARGET_PATH": str(data / "target"),
        "DBT_LOG_PATH": str(data / "logs"),
    }
    return run([*command, "--profiles-dir", str(ROOT)], env=os.environ | environment)


def test_a_failing_build_says_which_statement_failed_and_how(built: Ran) -> None:
    assert built.code == 1, built.stderr
    said = " ".join(built.stdout.split())
    assert "Done. PASS=1 WARN=0 ERROR=9 SKIP=0 NO-OP=0 TOTAL=10" in said
    assert "Conversion Error: a value" in said
    # The line of the statement that dbt made of the model.
    assert re.search(r"LINE \d+: cast\(\(select string_agg.* as date\) as day", said)
    assert "NOT NULL constraint failed: of_nothing__dbt_tmp.a_column" in said
    assert "Got 200 results, configured to fail if != 0" in said


def test_a_failing_build_tells_no_value(built: Ran, data: Path, finder: Finder) -> None:
    assert finder.find((built.stdout + built.stderr).encode()) == set()
    for place in ("logs/dbt.log", "target/run_results.json"):
        assert (data / place).is_file()
    assert kinds_by_file(scan(data / "logs", finder)) == {}
    assert kinds_by_file(scan(data / "target", finder)) == {}


@pytest.mark.parametrize("command", ["extract", "loaders"])
def test_a_crash_tells_its_place_and_no_value(command: str, finder: Finder) -> None:
    crash = f"""
import sys
import threading
from {command}.cli import app, main

@app.command()
def crash() -> None:
    values = sys.stdin.read()
    thread = threading.Thread(target=int, args=(values,))
    thread.start()
    thread.join()
    try:
        {{}}[values]
    except KeyError as missing:
        raise ValueError(values) from missing

sys.argv = ["command", "crash"]
main()
"""
    values = "\n".join(each.value for each in PLANTED)
    ran = run([sys.executable, "-c", crash], env=dict(os.environ), given=values)
    assert ran.code == 1
    assert "in crash\n" in ran.stderr
    for kind in ("KeyError", "ValueError"):
        assert f"builtins.{kind}\n" in ran.stderr
    assert ran.stderr.count("Error: builtins.ValueError, which nobody foresaw") == 2
    assert ran.stderr.splitlines()[-1].startswith("Try: ")
    assert finder.find((ran.stdout + ran.stderr).encode()) == set()
