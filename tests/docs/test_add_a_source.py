"""The page on adding a source is true: whoever does what it says has a source that works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from tests.conftest import BIN, ROOT
from tests.loopback import loopback

PAGE = ROOT / "docs" / "add-a-source.md"
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST_LINES = 150
TOKEN = "-".join(["an", "invented", "token"])
CLIENTS = [
    {"id": 1, "given": "Sorrel", "family": "Fernley", "born": "1980-01-02",
     "updated_at": "2026-01-01T00:00:00Z"},
    {"id": 2, "given": "Tansy", "family": "Fernley", "born": "2010-03-04",
     "updated_at": "2026-01-02T00:00:00Z"},
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code of the page, and the file that it is or changes."""

    kind: str
    path: str
    text: str

    def write_into(self, project: Path) -> None:
        """Do what the page says."""
        path = project / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.changed(path) if self.kind == "diff" else self.text, "utf-8")

    def changed(self, path: Path) -> str:
        """Return a file with the new lines behind the one that they follow."""
        lines = self.text.splitlines()
        [anchor] = [line[1:] for line in lines if line.startswith(" ")]
        added = [line[1:] for line in lines if line.startswith("+")]
        assert len(added) == len(lines) - 1
        old = path.read_text("utf-8").splitlines()
        assert old.count(anchor) == 1, f"{self.path} has the line {old.count(anchor)} times"
        place = old.index(anchor) + 1
        return "\n".join([*old[:place], *added, *old[place:]]) + "\n"


def blocks() -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(PAGE.read_text("utf-8"))]


def test_the_page_takes_few_lines_and_fits_the_files_that_it_changes() -> None:
    found = blocks()
    assert sum(len(one.text.splitlines()) for one in found) < MOST_LINES
    for one in found:
        if one.kind == "diff":
            assert one.changed(ROOT / one.path)
        else:
            assert not (ROOT / one.path).exists(), one.path
        if one.kind == "python":
            compile(one.text, one.path, "exec")


class Fern(BaseHTTPRequestHandler):
    """Fern's API, one record a page."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}" or query["limit"] != ["200"]:
            return self.answer(401, {})
        records = CLIENTS if address.path == "/v2/clients" else []
        place = int(query.get("after", ["0"])[0])
        here = f"http://127.0.0.1:{self.server.server_address[1]}{address.path}"  # type: ignore[misc]
        following = place + 1 < len(records)
        links = {"next": f"{here}?limit=200&after={place + 1}"} if following else {}
        page = {"clients": records[place : place + 1], "total_entries": len(records)}
        return self.answer(200, page | {"links": links})

    def answer(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def fern() -> Iterator[str]:
    with loopback(Fern) as address:
        yield f"{address}/v2"


@pytest.mark.soak
def test_a_source_that_is_added_as_the_page_says_lands_and_builds(
    fern: str, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    for name in ("extract", "models", "macros", "seeds", "tests/dbt"):
        shutil.copytree(ROOT / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project / name)
    for one in blocks():
        one.write_into(project)
    environment = os.environ | {
        "CLINIC_DATA_DIR": str(tmp_path / "data"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "PYTHONPATH": str(project),
        "SOURCES__FERN__TOKEN": TOKEN,
    }

    def do(*command: str) -> str:
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    landing = ("-m", "extract.cli", "run", "fern", "--system", "glen", "--url", fern, "--json")
    landed = json.loads(do(sys.executable, *landing))
    assert landed["types"]["clients"]["new"] == len(CLIENTS)
    do(str(BIN / "dbt"), "build", "--quiet")
    with duckdb.connect(tmp_path / "data" / "warehouse.duckdb", read_only=True) as database:
        patients = database.execute(
            "select patient_key, given_name, cast(birth_date as varchar)"
            " from intermediate.int_clinic__patients order by 1"
        ).fetchall()
        records = database.execute(
            "select count(*) from intermediate.int_clinic__source_records"
        ).fetchall()
    assert patients == [
        ("glen:patient:1", "Sorrel", "1980-01-02"),
        ("glen:patient:2", "Tansy", "2010-03-04"),
    ]
    assert records == [(len(CLIENTS),)]
