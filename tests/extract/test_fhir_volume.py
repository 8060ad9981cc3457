"""A large file of an export takes no more memory than a limit, and lands to its last line."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, run
from tests.loopback import loopback

LINES = 500_000
# A thousand bytes each, every one of them another.
OBSERVATIONS = """
    copy (
        select
            'Observation' as resourceType,
            'o' || number as id,
            {'lastUpdated': '2026-01-01T00:00:00Z'} as meta,
            repeat(md5(number::varchar), 28) as note
        from range($lines) as numbers(number)
    )
    to '{file}' (format json)
"""
METADATA = {
    "resourceType": "CapabilityStatement",
    "fhirVersion": "4.0.1",
    "rest": [{"resource": [{"type": "Observation"}]}],
}


@contextmanager
def exporting(file: Path, *, lines: int) -> Iterator[str]:
    """Serve an export of one file until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            here = f"http://127.0.0.1:{self.server.server_address[1]}"
            output = [{"type": "Observation", "url": f"{here}/file", "count": lines}]
            manifest = {
                "transactionTime": "2026-01-02T00:00:00Z",
                "requiresAccessToken": False,
                "output": output,
            }
            is_order = path == "/$export"
            self.send_response(202 if is_order else 200)
            self.send_header("Content-Location", f"{here}/status")
            self.end_headers()
            if path == "/file":
                with file.open("rb") as stream:
                    shutil.copyfileobj(stream, self.wfile)
            elif not is_order:
                said = METADATA if path == "/metadata" else manifest
                self.wfile.write(json.dumps(said).encode())

        def do_DELETE(self) -> None:
            self.send_response(202)
            self.end_headers()

    with loopback(Handler) as address:
        yield address


@pytest.mark.soak
def test_half_a_gigabyte_in_one_file_of_an_export_lands_in_bounded_memory(tmp_path: Path) -> None:
    file, data = tmp_path / "observations.ndjson", tmp_path / "data"
    duckdb.execute(OBSERVATIONS.replace("{file}", str(file)), {"lines": LINES})
    assert file.stat().st_size > 490_000_000
    command = [str(BIN / "clinic-extract"), "run", "fhir", "--system", "north", "--bulk", "system"]
    with exporting(file, lines=LINES) as url:
        ran = run(
            [sys.executable, "-m", "tests.loaders.measured", *command, "--url", url],
            env={
                **os.environ,
                "CLINIC_DATA_DIR": str(data),
                "CLINIC_MEMORY_LIMIT": "512MB",
                "SOURCES__FHIR__TOKEN": "any",
            },
        )
    took = json.loads(ran.stdout.splitlines()[-1])
    print(took)  # noqa: T201 - the figures are what the test is for
    assert took["code"] == 0, ran.stderr
    with duckdb.connect(data / "raw.duckdb", read_only=True) as database:
        counted = "select count(*), count(distinct id), sum(length(doc)) from raw_fhir.observation"
        found = database.execute(counted).fetchall()
    assert found == [(LINES, LINES, file.stat().st_size - LINES)]
    shutil.rmtree(tmp_path)
    # A file of twice the size took 16 MB more than one of half a gigabyte did at most.
    assert took["peak_megabytes"] < 1_250
