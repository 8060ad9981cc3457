"""What was written is counted, what was begun is finished, and little memory is used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import dlt
import pytest

from extract.checkpoint import open_checkpoint
from extract.comparison import Verdict, compare
from extract.data_folder import only_writer, private_files
from extract.errors import LandingFailed, RawDatabaseBusy, RowsWentMissing
from extract.incoming import Bounds, open_incoming
from extract.landing import Progress, Target, check_rows, open_pipeline, opened_raw, resources_of
from extract.raw_tables import FHIR, init
from extract.sources.fhir_resources import Columns, Cut, cut
from tests.extract.conftest import Extract
from tests.extract.small_clinic import SmallClinic, resource

Folder = Callable[..., Path]


def patients(count: int) -> bytes:
    return b"\n".join(
        json.dumps({"resourceType": "Patient", "id": f"p{number}"}).encode()
        for number in range(count)
    )


@pytest.mark.parametrize(
    "damage",
    [
        "delete from raw_fhir.patient where id = 'p1'",
        "insert into raw_fhir.patient select * from raw_fhir.patient where id = 'p1'",
        "update raw_fhir.patient set _dlt_load_id = 'another' where id = 'p1'",
        "update raw_fhir.patient set id = 'p2' where id = 'p1'",
    ],
)
def test_rows_that_did_not_arrive_as_landed_are_noticed(
    extract: Extract, folder: Folder, damage: str
) -> None:
    tally = extract.run(files=folder(**{"Patient.ndjson": patients(4)}))
    verdict = Verdict(0, 4, 0, 0, 0, 0)
    target = Target(extract.folder, "fhir", "north")
    check_rows({"Patient": verdict}, load_id=tally.load_ids[0], target=target)
    extract.write(damage)
    with pytest.raises(RowsWentMissing, match="patient") as failure:
        check_rows({"Patient": verdict}, load_id=tally.load_ids[0], target=target)
    assert failure.value.exit_code == 4


def test_the_databases_that_are_open_while_rows_land_share_one_limit(extract: Extract) -> None:
    target = Target(extract.folder, "fhir", "north")
    with private_files(extract.folder):
        init(extract.folder.raw_database)
    asked = "select current_setting('memory_limit'), current_setting('temp_directory')"
    half = ("476.8 MiB", str(extract.folder.spill))
    with opened_raw(target, read_only=True) as raw:
        assert raw.execute(asked).fetchall() == [half]
    with open_pipeline(target).sql_client() as loading:
        assert loading.execute_sql(asked) == [half]
    incoming = open_checkpoint(target, 1)
    assert incoming.database.execute(asked).fetchall() == [half]
    incoming.close()


def test_a_load_that_was_cut_off_is_finished_first(extract: Extract, folder: Folder) -> None:
    target = Target(extract.folder, "fhir", "north")
    with private_files(extract.folder):
        init(extract.folder.raw_database)
        pipeline = open_pipeline(target)
        incoming = open_incoming(
            extract.folder.incoming / "1", tables=FHIR, limits=extract.folder.duckdb_limits
        )
        incoming.take(cut(patients(3).split(b"\n"), origin="a", is_utf8=True), origin="a")
        incoming.seal()
        resources = resources_of(
            incoming,
            compare(incoming, raw=extract.folder.raw_database, system="north"),
            target=target,
            reached={"Patient": Progress(None, 3)},
            before={},
        )
        pipeline.extract(dlt.source(lambda: resources, name="fhir")(), loader_file_format="parquet")
        incoming.close()
    assert extract.ids("patient") == []
    tally = extract.run(files=folder(**{"Patient.ndjson": patients(5)}))
    assert (tally.new["Patient"], tally.unchanged["Patient"]) == (2, 3)


def test_a_database_that_cannot_be_written_is_an_error_without_rows_in_it(
    extract: Extract, folder: Folder
) -> None:
    place = folder(**{"Patient.ndjson": patients(3)})
    extract.run(files=place)
    extract.write("alter table raw_fhir.patient rename column doc to document")
    (place / "Patient.ndjson").write_bytes(patients(4))
    with pytest.raises(LandingFailed) as failure:
        extract.run(files=place)
    assert "p3" not in str(failure.value)


def test_two_extracts_do_not_write_at_once(extract: Extract, folder: Folder) -> None:
    place = folder(**{"Patient.ndjson": patients(1)})
    extract.run(files=place)
    with only_writer(extract.folder), pytest.raises(RawDatabaseBusy, match="another"):
        extract.run(files=place)
    extract.run(files=place)


def test_batches_are_bounded_by_rows_and_by_bytes(extract: Extract) -> None:
    incoming = open_incoming(
        extract.folder.incoming / "1",
        tables=FHIR,
        limits=extract.folder.duckdb_limits,
        bounds=Bounds(rows=10, size=1000),
    )
    rows = [f"{number}" for number in range(4)]
    small = Cut({"Patient": Columns(rows, [None] * 4, [b"{}"] * 4)}, [])
    large = Cut({"Patient": Columns(rows, [None] * 4, [b" " * 300] * 4)}, [])
    pending = []
    for one in (small, large, small, small, small):
        incoming.take(one, origin="a")
        pending.append(incoming.pending_rows)
    incoming.close()
    assert pending == [4, 0, 4, 8, 0]


def test_checkpoints_add_up(extract: Extract, clinic: SmallClinic) -> None:
    clinic.put("Patient", *(resource("Patient", f"p{i}", second=i) for i in range(7)))
    clinic.put("Claim", *(resource("Claim", f"c{i}", second=i) for i in range(3)))
    tally = extract.run(url=clinic.url, checkpoint=3)
    assert len(tally.load_ids) == 3
    assert tally.new == {"Patient": 7, "Claim": 3}
    assert extract.query("select count(distinct _dlt_load_id) from raw_fhir.patient") == [(2,)]
    assert extract.query("select count(*) from raw_fhir._dlt_loads where status = 0") == [(3,)]


def test_no_copy_of_a_record_is_left_outside_the_raw_tables(
    extract: Extract, clinic: SmallClinic
) -> None:
    clinic.put("Patient", resource("Patient", "p1", name="Zebediah Invented"))
    clinic.put("Patient", b'{"resourceType": "Patient", "name": "Zebediah Invented"}')
    extract.run(url=clinic.url)
    others = [
        path
        for path in extract.folder.root.rglob("*")
        if path.is_file() and path != extract.folder.raw_database
    ]
    assert others
    assert [path.name for path in others if b"Zebediah" in path.read_bytes()] == []
    staged = extract.query(
        "select table_name, estimated_size from duckdb_tables()"
        " where schema_name = 'raw_fhir_north_staging' and not starts_with(table_name, '_dlt')"
    )
    assert dict(staged) == {"patient": 0, "quarantined": 0}


def test_files_are_for_their_owner_alone(extract: Extract, folder: Folder) -> None:
    extract.run(files=folder(**{"Patient.ndjson": patients(1)}))
    every = [extract.folder.root, *extract.folder.root.rglob("*")]
    assert [path for path in every if path.stat().st_mode & 0o077] == []


def test_dlt_sends_nothing_anywhere() -> None:
    settings = dlt.current.run_context().runtime_config
    assert settings.dlthub_telemetry is False
    assert settings.log_level == "CRITICAL"


def test_the_state_of_a_load_is_written_with_its_rows(
    extract: Extract, clinic: SmallClinic
) -> None:
    clinic.put("Patient", resource("Patient", "p1", second=90))
    extract.run(url=clinic.url)
    with private_files(extract.folder):
        pipeline = open_pipeline(Target(extract.folder, "fhir", "north"))
    kept = pipeline.state["sources"]["fhir"]["types"]["Patient"]
    assert Progress(**kept) == Progress("2026-03-01T10:00:30.000000Z", 1)
