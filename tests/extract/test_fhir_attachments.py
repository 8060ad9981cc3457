"""Files that documents point at are fetched by id, once, where the server cannot search them."""

from __future__ import annotations

import pytest

from extract.explain import explained
from extract.report import exit_code
from tests.extract.conftest import Extract
from tests.extract.small_clinic import SmallClinic, resource


@pytest.fixture
def filed(clinic: SmallClinic) -> SmallClinic:
    """A clinic with three documents of two files, one named in full, and a report of a third."""
    clinic.by_id_only.add("Binary")
    names = ("b1", "b2", "b3")
    clinic.put("Binary", *(resource("Binary", name, data="aGVsbG8=") for name in names))
    report = resource("DiagnosticReport", "r1", presentedForm=[{"url": "Binary/b3"}])
    clinic.put("DiagnosticReport", report)
    for number, url in enumerate(("Binary/b1", f"{clinic.url}/Binary/b2", "Binary/b1")):
        attachment = {"attachment": {"url": url}}
        document = resource("DocumentReference", f"d{number}", second=number, content=[attachment])
        clinic.put("DocumentReference", document)
    return clinic


def fetched(clinic: SmallClinic) -> list[str]:
    return [one for one in clinic.searches() if "/Binary" in one]


def test_each_named_file_is_fetched_once(extract: Extract, filed: SmallClinic) -> None:
    tally = extract.run(url=filed.url)
    assert (tally.new["Binary"], exit_code(tally)) == (3, 0)
    assert extract.ids("binary") == ["b1", "b2", "b3"]
    assert extract.run(url=filed.url).load_ids == []
    assert fetched(filed) == ["/fhir/Binary/b1", "/fhir/Binary/b2", "/fhir/Binary/b3"]


def test_a_full_run_fetches_them_again(extract: Extract, filed: SmallClinic) -> None:
    extract.run(url=filed.url)
    filed.put("Binary", resource("Binary", "b1", data="d29ybGQ="))
    assert extract.run(url=filed.url, is_full=True).changed["Binary"] == 1


def test_a_file_that_the_server_does_not_show_is_counted(
    extract: Extract, filed: SmallClinic
) -> None:
    filed.resources["Binary"].pop()
    tally = extract.run(url=filed.url)
    assert (tally.new["Binary"], tally.refused, exit_code(tally)) == (2, ["Binary"], 4)
    assert extract.query("select resource_type, resources, reason from raw_fhir.not_taken") == [
        ("Binary", 1, "refused_by_server")
    ]


def test_an_address_may_be_written_with_escaped_slashes(
    extract: Extract, filed: SmallClinic
) -> None:
    documents = filed.resources["DocumentReference"]
    documents[:] = [one.replace(b"/", b"\\/") for one in documents]
    assert exit_code(extract.run(url=filed.url)) == 0
    assert extract.ids("binary") == ["b1", "b2", "b3"]


def test_files_of_another_host_are_not_asked_for_but_counted(
    extract: Extract, filed: SmallClinic
) -> None:
    elsewhere = {"attachment": {"url": "https://elsewhere.example/Binary/b9"}}
    held = {"attachment": {"url": "https://elsewhere.example/Binary/b8", "data": "aGVsbG8="}}
    document = resource("DocumentReference", "x", second=9, content=[elsewhere, held])
    filed.put("DocumentReference", document)
    tally = extract.run(url=filed.url)
    assert not any("b9" in one for one in filed.requests)
    told = [{key: one[key] for key in ("reason", "count")} for one in explained(tally)["not_taken"]]  # type: ignore[attr-defined]
    assert told == [{"reason": "file_elsewhere", "count": 1}]
    filed.put("DocumentReference", resource("DocumentReference", "x", second=10, content=[held]))
    extract.run(url=filed.url)
    assert extract.query("select reason from raw_fhir.not_taken") == []
