"""Folders of bundles, single resources and NDJSON land; what is broken in them is put aside."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from extract.errors import NothingReadable
from extract.report import exit_code
from extract.sources.fhir_files import blocks_of_lines
from extract.sources.fhir_resources import payloads_of_lines
from tests.extract.conftest import Extract

PATIENT = b'{"resourceType":"Patient","id":"%s","weight":1.00}'
Folder = Callable[..., Path]


def patient(identity: str) -> bytes:
    return PATIENT % identity.encode()


def bundle(*resources: bytes) -> bytes:
    entries = b",".join(b'{"resource": %s}' % one for one in resources)
    return b'{"resourceType":"Bundle","type":"transaction","entry":[%s]}' % entries


def test_every_kind_of_file_lands(extract: Extract, folder: Folder) -> None:
    place = folder(
        **{
            "a/bundle.json": bundle(patient("1"), patient("2")),
            "b.json.gz": gzip.compress(b"\xef\xbb\xbf" + bundle(patient("3"))),
            "Patient.000.ndjson": patient("4") + b"\r\n\n  " + patient("5"),
            "Patient.ndjson.gz": gzip.compress(patient("6") + b"\n"),
            "one.json": b"\n" + patient("7") + b"\n",
            "list.json": b"[" + patient("8") + b", " + patient("9") + b"]",
            "lines.jsonl": patient("10"),
            "manifest.json": b'{"transactionTime":"2026-01-01T00:00:00Z","output":[]}',
            "readme.txt": b"not FHIR",
            ".hidden.json": b"{",
        }
    )
    tally = extract.run(files=place)
    assert extract.ids("patient") == sorted(str(number) for number in range(1, 11))
    assert exit_code(tally) == 0
    assert "2 files of other kinds are left alone" in extract.said.getvalue()


def test_payloads_land_byte_for_byte_with_their_digest(extract: Extract, folder: Folder) -> None:
    odd = b'{ "id" : "1",  "resourceType":"Observation", "valueQuantity":{"value":1.00}}'
    extract.run(files=folder(**{"a.json": bundle(odd)}))
    assert extract.query(
        "select doc, doc_sha256 = sha256(doc), system, last_updated from raw_fhir.observation"
    ) == [(odd.decode(), True, "north", None)]


def test_broken_things_are_quarantined_and_the_rest_lands(extract: Extract, folder: Folder) -> None:
    place = folder(
        **{
            "broken.json": b'{"resourceType":"Bundle","entry":[',
            "cut.json.gz": gzip.compress(bundle(patient("0")))[:-12],
            "good.json": bundle(patient("1"), b'{"resourceType":"Patient"}'),
            "lines.ndjson": b"\n".join(
                [patient("2"), b"{", b'{"id":"x"}', b'"\xff"', patient("3")]
            ),
            "none.json": b'{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1"}]}',
        }
    )
    tally = extract.run(files=place)
    assert extract.ids("patient") == ["1", "2", "3"]
    assert exit_code(tally) == 4
    assert extract.query(
        "select origin, position, resource_type, reason from raw_fhir.quarantined"
        " where system = 'north' order by origin, position"
    ) == [
        ("broken.json", 0, None, "unreadable_file"),
        ("cut.json.gz", -1, None, "unreadable_file"),
        ("good.json", 1, "Patient", "no_id"),
        ("lines.ndjson", 1, None, "unreadable_json"),
        ("lines.ndjson", 2, None, "no_resource_type"),
        ("lines.ndjson", 3, None, "not_utf8"),
        ("none.json", 0, None, "no_resource"),
    ]


def test_a_repaired_file_leaves_the_quarantine(extract: Extract, folder: Folder) -> None:
    place = folder(**{"a.json": b"{", "b.json": bundle(patient("1"), b"{}")})
    assert extract.run(files=place).quarantined.total() == 2
    assert extract.run(files=place).load_ids == []
    folder(**{"a.json": bundle(patient("2"))})
    assert exit_code(extract.run(files=place)) == 4
    assert extract.query("select origin from raw_fhir.quarantined") == [("b.json",)]
    assert extract.ids("patient") == ["1", "2"]


def test_of_repeated_resources_the_newest_stays_then_the_last(
    extract: Extract, folder: Folder
) -> None:
    def stamped(identity: str, stamp: str, name: str) -> bytes:
        meta = {"lastUpdated": stamp}
        value = {"resourceType": "Organization", "id": identity, "meta": meta, "name": name}
        return json.dumps(value).encode()

    place = folder(
        **{
            "1.json": bundle(
                stamped("a", "2026-01-02T00:00:00Z", "newest"),
                stamped("a", "2026-01-02T00:00:00+01:00", "older"),
            ),
            "2.json": bundle(b'{"resourceType":"Organization","id":"b","name":"first"}'),
            "3.json": bundle(
                b'{"resourceType":"Organization","id":"b","name":"last"}',
                b'{"resourceType":"Organization","id":"b","name":"last"}',
                b'{"resourceType":"Organization","id":"B","name":"another"}',
            ),
        }
    )
    tally = extract.run(files=place)
    assert extract.query(
        "select id, json_extract_string(doc, 'name') from raw_fhir.organization order by id"
    ) == [("B", "another"), ("a", "newest"), ("b", "last")]
    assert tally.new["Organization"] == 3
    assert tally.repeated_different["Organization"] == 2
    assert tally.repeated_identical["Organization"] == 1


def test_types_without_a_clinic_entity_are_counted_by_file(
    extract: Extract, folder: Folder
) -> None:
    visit = b'{"resourceType":"Encounter","id":"%s"}'
    place = folder(**{"a.json": bundle(patient("1"), visit % b"1", visit % b"2")})
    for _ in range(2):
        tally = extract.run(files=place)
        assert tally.not_taken == {"Encounter": 2}
        assert exit_code(tally) == 0
    assert extract.query(
        "select system, origin, resource_type, resources, reason from raw_fhir.not_taken"
    ) == [("north", "a.json", "Encounter", 2, "no_clinic_entity")]
    folder(**{"a.json": bundle(patient("1"))})
    extract.run(files=place)
    assert extract.query("select count(*) from raw_fhir.not_taken") == [(0,)]


@pytest.mark.parametrize("size", [1, 7, 50, 70, 10_000])
def test_blocks_of_lines_are_joined_where_they_were_cut(folder: Folder, size: int) -> None:
    lines = [patient(str(number)) for number in range(20)]
    place = folder(**{"Patient.ndjson": b"\n".join(lines)})
    blocks = list(blocks_of_lines(place / "Patient.ndjson", block_bytes=size))
    assert [line for block in blocks for line in payloads_of_lines(block)] == lines


@pytest.mark.parametrize(
    "files", [{}, {"notes.txt": b"x"}, {"a.json": b"{"}, {"Patient.ndjson": b"\n\n"}]
)
def test_a_folder_with_nothing_readable_is_an_error(
    extract: Extract, folder: Folder, tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "files").mkdir()
    folder(**files)
    with pytest.raises(NothingReadable) as failure:
        extract.run(files=tmp_path / "files")
    assert failure.value.exit_code == 5


def test_the_24_synthea_patients_land_whole(extract: Extract, synthea: Path) -> None:
    tally = extract.run(files=synthea, system="synthea")
    assert exit_code(tally) == 0
    assert {name: tally.new[name] for name in ("Patient", "Claim", "Observation")} == {
        "Patient": 24,
        "Claim": 487,
        "Observation": 2327,
    }
    assert tally.new["Organization"] == tally.new["Practitioner"] == 102
    repeated = tally.repeated_identical + tally.repeated_different
    assert repeated == {"Organization": 33, "Practitioner": 33}
    assert tally.not_taken["Encounter"] == 417
    again = extract.run(files=synthea, system="synthea")
    assert again.load_ids == []
    assert again.unchanged.total() == tally.new.total() == 3651


def test_each_synthea_resource_is_a_piece_of_its_file(extract: Extract, synthea: Path) -> None:
    extract.run(files=synthea)
    content = b"".join(path.read_bytes() for path in sorted(synthea.rglob("*.json")))
    docs = [row[0].encode() for row in extract.query("select doc from raw_fhir.patient")]
    docs += [row[0].encode() for row in extract.query("select doc from raw_fhir.claim limit 50")]
    assert all(doc in content for doc in docs)


def test_hl7s_examples_land_as_bulk_data(
    extract: Extract, hl7_examples: Path, tmp_path: Path
) -> None:
    place = tmp_path / "bulk"
    place.mkdir()
    (place / hl7_examples.name).symlink_to(hl7_examples.resolve())
    tally = extract.run(files=place, system="hl7")
    assert exit_code(tally) == 0
    assert (tally.new.total(), tally.not_taken.total()) == (238, 1)
    lines = gzip.decompress(hl7_examples.read_bytes()).decode().splitlines()
    assert extract.query("select doc from raw_fhir.appointment")[0][0] in lines
