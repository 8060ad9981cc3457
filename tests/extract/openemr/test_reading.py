"""OpenEMR's database lands row by row as it is, and a later run finds what changed since."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extract.checkpoint import Tally
from extract.data_folder import DataFolder
from extract.errors import ClinicUnreachable, NothingReadable, WrongCredentials, WrongUsage
from extract.report import as_json, exit_code
from extract.sources import openemr, openemr_reader
from extract.sources.mysql_database import address_of, snapshot
from extract.sources.openemr_tables import OPENEMR_TABLES
from tests.extract.conftest import Extract
from tests.extract.openemr.maria import DATABASE, PASSWORD, Maria

Run = Callable[..., Tally]


@pytest.fixture
def anew(extract: Extract, maria: Maria) -> Run:
    """Read the database as the system `hill`."""

    def run(**options: object) -> Tally:
        return extract.run(**({"source": "openemr", "system": "hill", "url": maria.url} | options))

    return run


@pytest.fixture(scope="module")
def landed(maria: Maria, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the database was read once."""
    folder = DataFolder(tmp_path_factory.mktemp("landed") / "data", memory_limit="1GB")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__OPENEMR__PASSWORD", PASSWORD)
        first = Extract(folder, io.StringIO(), [])
        first.run(source="openemr", system="hill", url=maria.url)
    return folder.root


@pytest.fixture
def hill(extract: Extract, landed: Path, anew: Run) -> Run:
    """Read the database again, as the system `hill`, that was read before."""
    shutil.copytree(landed, extract.folder.root)
    return anew


@pytest.fixture
def restored(maria: Maria) -> Iterator[Maria]:
    """The database, whose patients are afterwards what they were before."""
    maria.execute("create table kept_patients as select * from patient_data")
    yield maria
    maria.execute(
        "delete from patient_data",
        "insert into patient_data select * from kept_patients",
        "drop table kept_patients",
    )


def doc(extract: Extract, table: str, identity: str) -> dict[str, str | None]:
    [(text,)] = extract.query(f"select doc from raw_openemr.{table} where id = '{identity}'")
    return json.loads(text)  # type: ignore[no-any-return]


def test_every_row_lands_with_every_value_as_the_server_wrote_it(
    extract: Extract, maria: Maria, hill: Run
) -> None:
    for table, declared in OPENEMR_TABLES.items():
        where = f" where {declared.only}" if declared.only else ""
        [(there,)] = maria.execute(f"select count(*) from `{table}`{where}")
        assert extract.query(f"select count(*) from raw_openemr.{table}") == [(there,)], table
    assert doc(extract, "patient_data", "103")["DOB"] == "0000-00-00"
    assert doc(extract, "patient_data", "101")["postal_code"] == "02134"
    assert doc(extract, "billing", "2")["fee"] == "80.50"
    assert doc(extract, "openemr_postcalendar_events", "101")["pc_startTime"] == "09:00:00"
    assert set(doc(extract, "ar_activity", "101/5001/1")) == {
        name for name, *_ in maria.execute("show columns from ar_activity")
    }


def test_what_nobody_may_see_is_left_where_it_is(extract: Extract, hill: Run) -> None:
    assert "password" not in doc(extract, "users", "10")
    every = extract.folder.raw_database.read_bytes()
    assert b"never-to-be-landed" not in every
    assert PASSWORD.encode() not in every


@pytest.mark.soak
def test_rows_of_other_tables_are_counted(extract: Extract, maria: Maria, hill: Run) -> None:
    tally = hill()
    [(others,)] = maria.execute("select count(*) from rule_filter")
    assert tally.not_taken["rule_filter"] == others > 0
    assert tally.not_taken["globals"] == 1


@pytest.mark.soak
def test_a_second_run_writes_only_what_changed(
    extract: Extract, restored: Maria, hill: Run
) -> None:
    again = hill()
    assert (again.new.total(), again.changed.total()) == (0, 0)
    restored.execute(
        "update patient_data set city = 'Elsewhere' where pid = 101",
        "insert into patient_data (pid, fname, lname) values (150, 'Late', 'Arrival')",
        "update billing set units = 3 where id = 2",
    )
    tally = hill()
    assert (tally.new.total(), tally.changed.total()) == (1, 2)
    assert doc(extract, "billing", "2")["units"] == "3"
    restored.execute("update billing set units = 2 where id = 2")


def test_rows_that_are_gone_are_set_aside_and_rows_that_return_come_back(
    extract: Extract, restored: Maria, hill: Run
) -> None:
    restored.execute("delete from patient_data where pid in (101, 103)")
    tally = hill()
    said = as_json(tally, source="openemr", system="hill")
    assert said["deleted"] == {"patient_data": 2}
    kept = "select id from raw_openemr.deleted where resource_type = 'patient_data' order by id"
    assert extract.query(kept) == [("101",), ("103",)]
    assert extract.query("select count(*) from raw_openemr.patient_data where id = '101'") == [(0,)]
    restored.execute("insert into patient_data select * from kept_patients where pid = 101")
    assert hill().new["patient_data"] == 1
    assert extract.query(kept) == [("103",)]


def test_rows_that_come_with_an_old_time_are_read_all_the_same(
    extract: Extract, restored: Maria, hill: Run
) -> None:
    restored.execute("delete from patient_data where pid = 101")
    hill()
    restored.execute(
        "update kept_patients set last_updated = '2015-01-01' where pid = 101",
        "insert into patient_data select * from kept_patients where pid = 101",
        "insert into patient_data (pid, fname, lname, last_updated)"
        " values (150, 'Late', 'Import', '2015-01-01')",
    )
    tally = hill()
    assert (tally.new.total(), tally.asked["patient_data"]) == (2, "all of it")
    assert extract.query("select id from raw_openemr.deleted") == []
    here = "select id from raw_openemr.patient_data where id in ('101', '150') order by id"
    assert extract.query(here) == [("101",), ("150",)]
    assert hill().asked["patient_data"].startswith("changed since")


@pytest.mark.soak
def test_a_column_that_was_added_since_is_read_for_rows_that_nobody_touched(
    extract: Extract, maria: Maria, hill: Run
) -> None:
    maria.execute("update facility set last_updated = '2020-01-01 00:00:00'")
    hill(is_full=True)
    maria.execute("alter table facility add column colour_of_door varchar(9) default 'teal'")
    try:
        hill()
        assert doc(extract, "facility", "10")["colour_of_door"] == "teal"
    finally:
        maria.execute("alter table facility drop column colour_of_door")


@pytest.mark.soak
def test_pages_meet_without_a_gap_or_a_double(
    extract: Extract, maria: Maria, anew: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openemr_reader, "PAGE_ROWS", 3)
    tally = anew()
    assert tally.repeated_identical.total() == tally.repeated_different.total() == 0
    for table in ("ar_activity", "users_facility", "layout_options", "patient_data"):
        [(there,)] = maria.execute(f"select count(*) from {table}")
        assert tally.new[table] == there, table


@pytest.mark.soak
def test_what_is_written_meanwhile_is_not_half_read(
    extract: Extract, restored: Maria, hill: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_table = openemr.read_table

    def with_writer(*arguments: object, **options: object) -> None:
        read_table(*arguments, **options)  # type: ignore[arg-type]
        if not extract.said.getvalue().count("addresses"):
            restored.execute("insert into patient_data (pid) values (160)")
            restored.execute("insert into payments (id, pid, dtime) values (160, 160, now())")

    monkeypatch.setattr(openemr, "read_table", with_writer)
    hill()
    restored.execute("delete from payments where id = 160")
    assert extract.query("select count(*) from raw_openemr.payments where id = '160'") == [(0,)]


@pytest.mark.soak
def test_a_run_that_was_cut_off_is_finished_by_the_next(
    extract: Extract, maria: Maria, anew: Run
) -> None:
    killed = threading.Event()

    def kill(what: str, **_: object) -> None:
        if what == "list_options":
            [(mine,)] = maria.execute(
                "select id from information_schema.processlist where user = 'reader'"
            )
            maria.execute(f"kill {mine}")
            killed.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extract.narration.PlainNarrator.begin", lambda _, what, **more: kill(what))
        with pytest.raises(ClinicUnreachable):
            anew(checkpoint=50)
    assert killed.is_set()
    [(before,)] = extract.query("select count(*) from raw_openemr.layout_options")
    assert before
    assert anew().unchanged["layout_options"] == before
    for table in ("patient_data", "list_options", "users"):
        [(there,)] = maria.execute(f"select count(*) from {table}")
        assert extract.query(f"select count(*) from raw_openemr.{table}") == [(there,)]


@pytest.mark.soak
def test_two_clinics_of_one_kind_keep_apart(extract: Extract, hill: Run) -> None:
    there = "select system, count(*) from raw_openemr.patient_data group by system order by system"
    [(_, patients)] = extract.query(there)
    assert hill(system="dale").new["patient_data"] == patients
    assert extract.query(there) == [("dale", patients), ("hill", patients)]


@pytest.mark.soak
def test_documents_on_disk_land_and_those_that_cannot_be_read_are_put_aside(
    extract: Extract, hill: Run, tmp_path: Path
) -> None:
    without = hill()
    assert (without.refused, exit_code(without)) == (["document_file"], 4)
    scan = tmp_path / "documents" / "101" / "scan.txt"
    scan.parent.mkdir(parents=True)
    scan.write_bytes(b"An invented scan \xff")
    tally = hill(documents=tmp_path / "documents")
    assert (tally.new["document_file"], tally.quarantined["document_file"]) == (1, 2)
    reasons = "select reason from raw_openemr.quarantined order by reason"
    assert extract.query(reasons) == [("encrypted_file",), ("missing_file",)]
    assert doc(extract, "document_file", "1")["content_base64"] == "QW4gaW52ZW50ZWQgc2NhbiD/"
    assert hill(documents=tmp_path / "documents").load_ids == []
    scan.write_bytes(b"A better scan")
    assert hill(documents=tmp_path / "documents").changed["document_file"] == 1


@pytest.mark.soak
def test_a_document_is_looked_for_in_its_folder_alone(
    extract: Extract, maria: Maria, hill: Run, tmp_path: Path
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "secret.txt").write_text("not a document")
    address = "file:///x/../secret.txt"
    [(before,)] = maria.execute("select url from documents where id = 1")
    maria.execute(f"update documents set url = '{address}' where id = 1")
    tally = hill(documents=tmp_path / "documents")
    maria.execute(f"update documents set url = '{before}' where id = 1")
    assert tally.new["document_file"] == 0
    assert tally.quarantined["document_file"] == 3


@pytest.mark.parametrize(
    "url",
    [
        "mysql://reader:secret@localhost/openemr",
        "mysql://localhost/openemr",
        "mysql://reader@localhost",
        "mysql://reader@localhost:port/openemr",
        "https://reader@localhost/openemr",
    ],
)
def test_an_address_that_cannot_be_right_is_refused(url: str) -> None:
    with pytest.raises(WrongUsage):
        address_of(url)


@pytest.mark.soak
def test_trouble_with_the_database_says_what_to_do(
    anew: Run, maria: Maria, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ClinicUnreachable):
        anew(url="mysql://reader@127.0.0.1:1/openemr")
    with pytest.raises(WrongCredentials):
        anew(url=maria.url.replace("reader", "nobody"))
    with pytest.raises(NothingReadable):
        anew(url=maria.url.replace(f"/{DATABASE}", "/information_schema"))
    monkeypatch.setenv("SOURCES__OPENEMR__PASSWORD", "wrong")
    with pytest.raises(WrongCredentials) as failure:
        anew()
    assert "SOURCES__OPENEMR__PASSWORD" in failure.value.hint


def test_the_connection_can_write_nothing(maria: Maria) -> None:
    address = address_of(maria.url)
    maria.execute(f"grant update on {DATABASE}.* to reader@'127.0.0.1'")
    with (
        snapshot(address, password=PASSWORD, authority=None) as database,
        pytest.raises(Exception, match="1792"),
    ):
        list(database.rows("update facility set name = 'Changed'"))
    maria.execute(f"revoke update on {DATABASE}.* from reader@'127.0.0.1'")
