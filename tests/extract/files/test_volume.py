"""Each damaged line among many is found, and a large file takes no more memory than a limit."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, run
from tests.extract.conftest import Extract
from tests.extract.files.delimited import Truth, whole_rows, write_damaged_csv

LISTED = """
    select position, reason from raw_files.quarantined where origin = 'patients.csv' order by 1
"""
COUNTED = "select count(*), count(distinct id) from raw_files.patients"
FIELDS = """
    select json_extract_string(
        doc, ['PatNr', 'LastName', 'Zip', 'Born', 'Phone', 'Note', 'Amount']
    )
    from raw_files.patients
    order by id
"""


def check(raw: Path, truth: Truth) -> None:
    with duckdb.connect(raw, read_only=True) as database:
        assert database.execute(LISTED).fetchall() == sorted(truth.damaged.items())
        assert database.execute(COUNTED).fetchall() == [(truth.rows, truth.rows)]


def test_each_damaged_line_of_five_megabytes_is_listed_and_each_other_row_lands(
    extract: Extract, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    truth = write_damaged_csv(folder / "patients.csv", size=5_000_000)
    assert len(truth.damaged) > 2_000
    tally = extract.run(source="files", system="south", files=folder)
    assert tally.new == {"patients": truth.rows}
    assert tally.quarantined == {"patients": len(truth.damaged)}
    check(extract.folder.raw_database, truth)
    landed = [fields for (fields,) in extract.query(FIELDS)]
    assert landed == whole_rows(folder / "patients.csv", truth)


@pytest.mark.soak
def test_a_gigabyte_with_five_percent_damaged_lines_lands_in_bounded_memory(tmp_path: Path) -> None:
    folder, data = tmp_path / "export", tmp_path / "data"
    folder.mkdir()
    truth = write_damaged_csv(folder / "patients.csv", size=1_000_000_000)
    command = [str(BIN / "clinic-extract"), "run", "files", "--system", "south", "--json"]
    ran = run(
        [sys.executable, "-m", "tests.loaders.measured", *command, "--from", str(folder)],
        env={**os.environ, "CLINIC_DATA_DIR": str(data), "CLINIC_MEMORY_LIMIT": "512MB"},
    )
    took = json.loads(ran.stdout.splitlines()[-1])
    print(took)  # noqa: T201 - the figures are what the test is for
    assert took["code"] == 4, ran.stderr
    check(data / "raw.duckdb", truth)
    shutil.rmtree(tmp_path)
    # Two databases, together within the limit, and what Python and Arrow hold of one block.
    assert took["peak_megabytes"] < 1_250
