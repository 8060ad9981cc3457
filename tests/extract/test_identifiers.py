"""What is broken at the source is put aside and counted; nobody is told whose it is."""

from __future__ import annotations

import csv
import io
import json
import os
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import dlt
import duckdb
import pyarrow as pa
import pytest

from extract.data_folder import private_files
from extract.errors import ExtractError, LandingFailed
from extract.landing import Target, load_errors, open_pipeline, progress_of
from extract.raw_tables import init
from tests.conftest import BIN, run
from tests.extract.conftest import Extract
from tests.extract.small_clinic import SmallClinic, resource
from tests.identifiers.forms import Finder
from tests.identifiers.planted import planted
from tests.identifiers.scan import kinds_by_file, scan

PLANTED = planted()
FINDER = Finder(PLANTED)
INCOMPLETE = 4
EVERY = "\n".join(one.value for one in PLANTED)


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


def test_a_load_that_fails_leaves_nothing_with_dlt_and_is_done_again(extract: Extract) -> None:
    place = extract.folder.root.parent / "from"
    place.mkdir()
    first = json.dumps({"resourceType": "Patient", "id": "first"})
    (place / "Patient.ndjson").write_text(f"{first}\n", "utf-8")
    extract.run(files=place)
    # DuckDB will say which document is no number.
    extract.write("alter table raw_fhir.patient alter doc type integer using 1")
    resources(place)
    with pytest.raises(LandingFailed, match="dlt could not load") as failure:
        extract.run(files=place)
    require_nothing_told(extract, failure.value)
    extract.write("alter table raw_fhir.patient alter doc type varchar")
    target = Target(extract.folder, "fhir", "north")
    assert progress_of(open_pipeline(target), target)["Patient"].rows == 1
    again = extract.run(files=place)
    assert (again.new["Patient"], again.quarantined.total()) == (len(PLANTED), 2 * len(PLANTED))
    assert kinds_by_file(scan(extract.folder.pipelines, FINDER)) == {}


@pytest.mark.soak
@pytest.mark.parametrize("step", ["extract", "normalize"])
def test_a_step_of_dlt_that_fails_leaves_nothing_with_dlt(extract: Extract, step: str) -> None:
    target = Target(extract.folder, "fhir", "north")

    def rows() -> Iterator[pa.Table]:
        yield pa.table({"system": ["north"], "id": ["1"], "doc": [EVERY]})
        if step == "extract":
            raise ValueError(EVERY)

    def land() -> None:
        with load_errors(target):
            pipeline.extract(dlt.resource(rows, name="patient"), loader_file_format="parquet")
            for torn in extract.folder.pipelines.rglob("*.parquet"):
                torn.write_text(EVERY, "utf-8")
            pipeline.normalize()

    with private_files(extract.folder):
        init(extract.folder.raw_database)
        pipeline = open_pipeline(target)
        with pytest.raises(LandingFailed, match=f"dlt could not {step}") as failure:
            land()
    require_nothing_told(extract, failure.value)


@pytest.mark.parametrize("answer", ["a refusal", "no bundle", "no JSON", "an odd link"])
def test_what_a_server_says_of_its_patients_is_not_told(
    extract: Extract, clinic: SmallClinic, answer: str
) -> None:
    """An OperationOutcome may quote whoever was asked for."""
    issues = [{"severity": "error", "diagnostics": one.value} for one in PLANTED]
    outcome = json.dumps({"resourceType": "OperationOutcome", "issue": issues}).encode()
    clinic.put("Patient", resource("Patient", "1"), resource("Patient", "2"), outcome)
    clinic.put("Observation", resource("Observation", "1"))
    clinic.refusal = outcome
    if answer == "a refusal":
        clinic.forbidden = {"Observation"}
        assert extract.run(url=clinic.url).new["Patient"] == 2
        require_nothing_told(extract)
        return
    if answer == "an odd link":
        clinic.page_link = lambda _: f"http://{quote(PLANTED[0].value)}@[{PLANTED[1].value}"
    else:
        clinic.spoil = lambda _: outcome if answer == "no bundle" else EVERY.encode()
    with pytest.raises(ExtractError) as failure:
        extract.run(url=clinic.url)
    require_nothing_told(extract, failure.value)


def require_nothing_told(extract: Extract, failure: ExtractError | None = None) -> None:
    trace = [*traceback.format_exception(failure), failure.hint] if failure else []
    said = "".join(trace) + extract.said.getvalue()
    assert {one.kind for one in FINDER.find(said.encode())} == set()
    assert kinds_by_file(scan(extract.folder.pipelines, FINDER)) == {}
    assert extract.folder.pipelines.is_dir()
