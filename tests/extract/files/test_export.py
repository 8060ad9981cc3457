"""An export lands whole: any table, any column, every text as it was, nothing in silence."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extract.checkpoint import Tally
from extract.errors import NothingReadable, WrongUsage
from extract.explain import explained
from extract.report import exit_code
from tests.extract.conftest import Extract

Folder = Callable[..., Path]
WESTERN = "PatNr;Name;PLZ\r\n007;Müller;01234\r\n008;Öz;NULL\r\n"


def land(extract: Extract, place: Path, **options: object) -> Tally:
    return extract.run(source="files", system="south", files=place, **options)


def docs(extract: Extract, table: str) -> list[dict[str, str]]:
    rows = extract.query(f'select doc from raw_files."{table}" order by id')
    return [json.loads(row[0]) for row in rows]


def aside(extract: Extract) -> list[tuple[object, ...]]:
    return extract.query(
        "select origin, position, resource_type, reason from raw_files.quarantined"
        " where system = 'south' order by origin, position"
    )


def parquet(table: pa.Table) -> bytes:
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def packed(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return written.getvalue()


def test_every_kind_of_file_lands_with_its_text_unchanged(extract: Extract, folder: Folder) -> None:
    amounts = pa.table(
        {
            "id": pa.array([7], pa.int64()),
            "fee": pa.array(["1.00"]).cast(pa.decimal128(6, 2)),
            "none": pa.array([None], pa.string()),
        }
    )
    place = folder(
        **{
            "Patienten.csv": "PatNr;Name;PLZ\r\n007;Müller;01234\r\n008;Öz;NULL\r\n".encode(
                "cp1252"
            ),
            "visits.tsv": "Visit\tWhen\n1\t2026-01-02\n".encode("utf-16"),
            "notes.ndjson.gz": gzip.compress(b'{"id": "n1", "weight":1.00}\r\n\n {"id":2}\n'),
            "order.json": b'{"took": 3, "orders": [ {"id":1, "x":1.00}, {"id":2} ]}',
            "group.json": b'[{"id":"a"}]',
            "phones.csv": b"id,phone,phone,\n1,x,y,z\n",
            "fees.parquet": parquet(amounts),
            "more.zip": packed(**{"in/side.csv": b"id,x\n1,''\n", "in/notes.ndjson": b'{"id":3}'}),
            "scan of a patient.pdf": b"%PDF",
        }
    )
    tally = land(extract, place)
    assert exit_code(tally) == 0
    assert docs(extract, "patienten") == [
        {"PatNr": "007", "Name": "Müller", "PLZ": "01234"},
        {"PatNr": "008", "Name": "Öz", "PLZ": "NULL"},
    ]
    assert docs(extract, "visits") == [{"Visit": "1", "When": "2026-01-02"}]
    assert extract.query("select id, doc from raw_files.notes order by id") == [
        ("2", '{"id":2}'),
        ("3", '{"id":3}'),
        ("n1", '{"id": "n1", "weight":1.00}'),
    ]
    assert extract.query('select id, doc from raw_files."order" order by id') == [
        ("1", '{"id":1, "x":1.00}'),
        ("2", '{"id":2}'),
    ]
    assert docs(extract, "group") == [{"id": "a"}]
    assert docs(extract, "phones") == [{"id": "1", "phone": "x", "phone (2)": "y", "column 4": "z"}]
    assert docs(extract, "fees") == [{"id": "7", "fee": "1.00", "none": None}]
    assert docs(extract, "side") == [{"id": "1", "x": "''"}]
    assert tally.not_taken == {".pdf": 1}
    assert "scan of a patient" not in extract.said.getvalue()
    encodings = "select origin, encoding from raw_files.file_catalogue where encoding != 'utf-8'"
    assert extract.query(f"{encodings} order by origin") == [
        ("Patienten.csv", "windows-1252"),
        ("visits.tsv", "utf-16-le"),
    ]


def test_damaged_lines_are_kept_by_file_and_line_and_no_word_of_them_is_said(
    extract: Extract, folder: Folder
) -> None:
    place = folder(
        **{
            "a.csv": b'id,name\n1,Okafor\n2,Okafor,more\n3,"Okafor\n4,Okafor\n5,Ok\xffafor\n',
            "b.ndjson": b'{"id":1}\n{"name":"Okafor"\n[]\n',
        }
    )
    tally = land(extract, place)
    assert exit_code(tally) == 4
    assert aside(extract) == [
        ("a.csv", 3, "a", "too_many_fields"),
        ("a.csv", 4, "a", "unclosed_quote"),
        ("a.csv", 6, "a", "undecodable_bytes"),
        ("b.ndjson", 2, "b", "unreadable_json"),
        ("b.ndjson", 3, "b", "unreadable_json"),
    ]
    assert extract.query("select doc from raw_files.quarantined where position = 3 limit 1") == [
        ("2,Okafor,more",)
    ]
    assert (tally.new["a"], tally.quarantined["a"]) == (2, 3)
    assert "Okafor" not in extract.said.getvalue() + json.dumps(explained(tally))


REFUSED = {
    "values.csv": (b"1,Okafor,1980-01-02\n2,Lee,1981-01-02\n", "no_header"),
    "again.csv": (b"Smith,Anna\nLee,Anna\nSmith,Joan\n", "no_header"),
    "empty.csv": (b"", "no_header"),
    "mac.csv": (b"id,name\rx,y\r", "no_table"),
    "title.csv": (b"Report\nid;name;x;y\n" + b"1;a;2;b\n" * 12, "no_table"),
    "titles.csv": (b"Report, of today\nid,name,x,y\n" + b"1,a,2,b\n" * 12, "no_table"),
    "lists.json": (b'{"a":[{"id":1}],"b":[{"id":2}]}', "no_table"),
    "cut.json": (b'[{"id":1}', "unreadable_json"),
    "cut.parquet": (b"PAR1 not", "unreadable_file"),
    "not.csv.gz": (b"not packed", "unreadable_file"),
    "not.zip": (b"not packed", "unreadable_file"),
}


def test_files_that_are_no_table_are_refused_and_the_others_land(
    extract: Extract, folder: Folder
) -> None:
    bodies = {name: body for name, (body, _) in REFUSED.items()}
    tally = land(extract, folder(**bodies, **{"good.csv": b"id,x\n1,a\n"}))
    assert exit_code(tally) == 4
    refused = {origin: reason for origin, _, _, reason in aside(extract)}
    assert refused == {name: reason for name, (_, reason) in REFUSED.items()}
    assert docs(extract, "good") == [{"id": "1", "x": "a"}]
    assert all(f"{name}: not read, " in extract.said.getvalue() for name in REFUSED)


def test_members_that_leave_their_archive_or_are_locked_are_refused(
    extract: Extract, folder: Folder, tmp_path: Path
) -> None:
    body = packed(
        **{
            name: b"id,x\n1,a\n"
            for name in ("../up.csv", "/root.csv", "a\\..\\..\\b.csv", "in.csv")
        }
    )
    place = folder(**{"some.zip": body, "cut.csv.gz": gzip.compress(b"id,x\n1,a\n" * 999)[:-20]})
    tally = land(extract, place)
    assert exit_code(tally) == 4
    reasons = {origin: reason for origin, _, _, reason in aside(extract) if "zip" in str(origin)}
    assert len(reasons) == 3
    assert set(reasons.values()) == {"unsafe_member"}
    assert docs(extract, "in") == [{"id": "1", "x": "a"}]
    assert ("cut.csv.gz", 0, None, "unreadable_file") in aside(extract)
    assert not [path for path in tmp_path.rglob("*.csv")]


def test_parts_are_one_table_and_columns_may_come_and_go(extract: Extract, folder: Folder) -> None:
    place = folder(
        **{
            "claims_1.csv": b"id,amount,code\n1,1.00,a\n2,2.00,b\n",
            "claims_2.csv": b"id,amount,code\n3,3.00,c\n",
            "form_1.csv": b"id,a,b\n1,x,y\n",
            "form_2.csv": b"id,c,d\n1,x,y\n",
            "visits/0001.csv": b"id,day\n1,x\n",
            "visits/0002.csv": b"id,day\n2,y\n",
        }
    )
    tally = land(extract, place)
    assert dict(tally.new) == {"claims": 3, "form_1": 1, "form_2": 1, "visits": 2}
    folder(**{"claims_1.csv": b"id,amount,payer,code\n1,1.00,p,a\n2,2.00,,b\n"})
    again = land(extract, place)
    assert (again.changed["claims"], again.unchanged["claims"]) == (2, 1)
    assert docs(extract, "claims")[0] == {"id": "1", "amount": "1.00", "payer": "p", "code": "a"}


def test_what_comes_again_is_unchanged_and_what_differs_is_changed(
    extract: Extract, folder: Folder
) -> None:
    place = folder(**{"p.csv": b"id,x\n1,a\n2,b\n3,c\n", "log.csv": b"what,who\na,b\na,b\nc,d\n"})
    assert land(extract, place).new == {"p": 3, "log": 3}
    again = land(extract, place)
    assert again.load_ids == []
    assert again.unchanged == {"p": 3, "log": 3}
    assert all(how.endswith("the same file as before") for how in again.asked.values())
    folder(**{"p.csv": b"id,x\n2,B\n1,a\n4,d\n", "log.csv": b"what,who\nc,d\na,b\n"})
    changed = land(extract, place)
    assert (changed.new["p"], changed.changed["p"], changed.unchanged["p"]) == (1, 1, 1)
    assert changed.not_seen == {"p": 1, "log": 1}
    assert extract.query("select count(*) from raw_files.p") == [(4,)]


def test_rows_that_a_full_export_lost_are_set_aside_unless_a_damaged_line_may_hold_them(
    extract: Extract, folder: Folder
) -> None:
    place = folder(**{"p.csv": b"id,x\n1,a\n2,b\n3,c\n", "q.csv": b"id,x\n1,a\n2,b\n"})
    land(extract, place)
    folder(**{"p.csv": b"id,x\n1,a\n2,b\n", "q.csv": b"id,x\n1,a\n2,b,damaged\n"})
    tally = land(extract, place, is_full=True)
    assert dict(tally.deleted) == {"p": 1}
    assert tally.not_seen == {"q": 1}
    assert extract.query("select resource_type, id, doc from raw_files.deleted") == [
        ("p", "3", '{"id":"3","x":"c"}')
    ]
    folder(**{"p.csv": b"id,x\n1,a\n2,b\n3,c\n"})
    back = land(extract, place, is_full=True)
    assert back.new["p"] == 1
    assert extract.query("select count(*) from raw_files.deleted") == [(0,)]


def test_a_key_stays_and_a_row_that_shares_it_is_not_lost(extract: Extract, folder: Folder) -> None:
    place = folder(**{"visits.csv": b"pat_no,day\n1,mon\n2,tue\n"})
    land(extract, place)
    folder(**{"visits.csv": b"pat_no,day\n1,mon\n1,wed\n2,tue\n,thu\n2,tue\n"})
    tally = land(extract, place)
    assert exit_code(tally) == 4
    assert aside(extract) == [
        ("visits.csv", 3, "visits", "repeated_key"),
        ("visits.csv", 5, "visits", "no_id"),
    ]
    assert tally.repeated_identical == {"visits": 1}
    named = land(extract, place, is_full=True, keys={"visits": ("pat_no", "day")})
    assert extract.query("select id from raw_files.visits order by id") == [
        ("1/mon",),
        ("1/wed",),
        ("2/tue",),
    ]
    assert named.quarantined == {"visits": 1}


def test_a_field_of_half_the_sample_lands_as_any_other(extract: Extract, folder: Folder) -> None:
    body = "x" * 200_000
    land(extract, folder(**{"notes.csv": f"id,body\n1,a\n2,{body}\n3,b\n".encode()}))
    found = extract.query("select id, length(doc ->> 'body') from raw_files.notes order by id")
    assert found == [("1", 1), ("2", len(body)), ("3", 1)]


def test_a_key_that_fits_no_table_is_refused(extract: Extract, folder: Folder) -> None:
    place = folder(**{"visits.csv": b"pat_no,day\n1,mon\n"})
    for keys in ({"visit": ("pat_no",)}, {"visits": ("patno",)}):
        with pytest.raises(WrongUsage, match="no such table or columns"):
            land(extract, place, keys=keys)


def test_two_systems_share_a_table_and_no_row_and_two_sources_no_system(
    extract: Extract, folder: Folder
) -> None:
    place = folder(**{"p.csv": b"id,x\n1,a\n"})
    land(extract, place)
    folder(**{"p.csv": b"id,x\n1,z\n"})
    extract.run(source="files", system="west", files=place, is_full=True)
    assert extract.query("select system, id, doc from raw_files.p order by system") == [
        ("south", "1", '{"id":"1","x":"a"}'),
        ("west", "1", '{"id":"1","x":"z"}'),
    ]
    patient = folder(**{"fhir.ndjson": b'{"resourceType":"Patient","id":"1"}'})
    with pytest.raises(WrongUsage, match="another source"):
        extract.run(files=patient, system="south")


def test_a_folder_with_nothing_readable_is_an_error(extract: Extract, folder: Folder) -> None:
    with pytest.raises(NothingReadable):
        land(extract, folder(**{"a.pdf": b"x"}))
    with pytest.raises(WrongUsage):
        extract.run(source="files", system="south")


def test_a_run_is_explained_for_fhir_as_well(extract: Extract, folder: Folder) -> None:
    patient, visit = b'{"resourceType":"Patient","id":"1"}', b'{"resourceType":"Visit","id":"1"}'
    tally = extract.run(files=folder(**{"a.ndjson": b"\n".join([patient, visit, b"{"])}))
    told = explained(tally)
    assert told["requested"] == [{"what": "files", "how": "1 files, read as a whole"}]
    assert told["landed"]["Patient"] == {"new": 1, "changed": 0}  # type: ignore[index]
    assert [(row["type"], row["reason"], row["count"]) for row in told["not_taken"]] == [  # type: ignore[attr-defined]
        ("Visit", "no_clinic_entity", 1)
    ]
    assert [row["reason"] for row in told["quarantined"]] == ["unreadable_json"]  # type: ignore[attr-defined]
