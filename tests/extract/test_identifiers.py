"""What is broken at the source is put aside and counted; nobody is told whose it is."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, run
from tests.identifiers.forms import Finder
from tests.identifiers.planted import planted
from tests.identifiers.scan import kinds_by_file, scan

PLANTED = planted()
FINDER = Finder(PLANTED)
INCOMPLETE = 4


def export(folder: Path) -> None:
    """Write a table that has every identifier in a row, and in lines that are none."""
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL)
    rows.writerow(("id", "name", "note"))
    for number, one in enumerate(PLANTED):
        rows.writerow((number, one.value, one.value))
        rows.writerow((f"{number} more", one.value, one.value, one.value, one.value))
    # The same key twice, a NUL byte, and a quote that nobody closes.
    rows.writerow((1, PLANTED[1].value, "again"))
    rows.writerow((f"nul\0{PLANTED[2].value}", PLANTED[3].value, ""))
    text.write(f'"open","{PLANTED[4].value}\n')
    (folder / "people.csv").write_text(text.getvalue(), "utf-8")
    for one in PLANTED:
        if one.kind == "file name":
            (folder / one.value).write_text(one.value, "utf-8")


def resources(folder: Path) -> None:
    """Write resources that have every identifier, whole, cut off, and without an id."""
    lines = []
    for number, one in enumerate(PLANTED):
        patient = {"resourceType": "Patient", "name": [{"family": one.value}]}
        lines += [
            json.dumps({**patient, "id": f"p{number}"}),
            json.dumps(patient),
            json.dumps({**patient, "id": f"q{number}"})[:-4],
        ]
    (folder / "Patient.ndjson").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.soak
@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize(("source", "write"), [("files", export), ("fhir", resources)])
def test_what_is_put_aside_tells_no_identifier(
    source: str, write: Callable[[Path], None], options: tuple[str, ...], tmp_path: Path
) -> None:
    place, data = tmp_path / "from", tmp_path / "data"
    place.mkdir()
    write(place)
    command = [str(BIN / "clinic-extract"), "run", source, "--system", "north", "--explain"]
    ran = run(
        [*command, "--from", str(place), *options], env=os.environ | {"CLINIC_DATA_DIR": str(data)}
    )
    assert ran.code == INCOMPLETE, ran.stderr
    assert {one.kind for one in FINDER.find(f"{ran.stdout}\n{ran.stderr}".encode())} == set()
    assert kinds_by_file(scan(data / "dlt", FINDER)) == {}
    with duckdb.connect(str(data / "raw.duckdb"), read_only=True) as raw:
        kept = raw.execute(f"select string_agg(doc, ' ') from raw_{source}.quarantined").fetchall()
    assert FINDER.find(kept[0][0].encode()) == set(PLANTED)
