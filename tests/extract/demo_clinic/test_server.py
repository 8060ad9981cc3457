"""The server behaves as FHIR servers in the field do."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from tests.extract.demo_clinic.reading import Record, pages, search
from tests.extract.demo_clinic.running import Running

Keeps = Callable[[str], bool]


def _value(record: Record) -> object:
    return record.get("valueQuantity", {}).get("value")


def _declared(clinic: Running) -> dict[str, list[str]]:
    told = clinic.get("/metadata")["rest"][0]["resource"]
    return {one["type"]: [p["name"] for p in one.get("searchParam", [])] for one in told}


def test_capabilities_leave_last_updated_out_on_some_types(clinic: Running) -> None:
    declared = _declared(clinic)
    without = {kind for kind, names in declared.items() if "_lastUpdated" not in names}
    assert {"Consent", "InsurancePlan"} <= without
    assert len(declared) - len(without) > 20


def test_metadata_needs_no_token_and_says_r4(clinic: Running) -> None:
    told = httpx.get(f"{clinic.url}/metadata").json()
    assert told["resourceType"] == "CapabilityStatement"
    assert told["fhirVersion"] == "4.0.1"


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic abc", "Bearer"])
@pytest.mark.parametrize("path", ["/Patient", "/Patient/pt-1", "/_demo/truth", "/?_getpages=x"])
def test_without_the_token_nothing_is_told(clinic: Running, path: str, header: str | None) -> None:
    answer = httpx.get(clinic.url + path, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/Patient/nobody", "/Nothing", "/Nothing/1", "/Patient/1/2"])
def test_what_is_not_there_is_a_404_with_an_outcome(clinic: Running, path: str) -> None:
    answer = clinic.client.get(path)
    assert answer.status_code == 404
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("count", [1, 7, 99, 100, 299, 300, 301, 5000])
@pytest.mark.parametrize("sort", ["", "&_sort=_lastUpdated"])
def test_paging_is_complete_without_repeats(clinic: Running, count: int, sort: str) -> None:
    found = list(pages(clinic.client, f"/Patient?_count={count}{sort}"))
    sizes = [len(page["entry"]) for page in found]
    ids = [entry["resource"]["id"] for page in found for entry in page["entry"]]
    assert len(ids) == len(set(ids)) == 300
    assert {page["total"] for page in found} == {300}
    assert all(size == min(count, 1000) for size in sizes[:-1])


def test_count_has_a_default_and_a_cap(clinic: Running) -> None:
    first = clinic.get("/DocumentReference")
    capped = clinic.get("/Appointment?_count=100000")
    assert len(first["entry"]) == 100
    assert len(capped["entry"]) == 1000
    assert "next" in [link["relation"] for link in capped["link"]]


def test_sorted_pages_are_in_the_order_of_time(clinic: Running) -> None:
    found = search(clinic.client, "/Observation?_sort=_lastUpdated&_count=83")
    stamps = [one["meta"]["lastUpdated"] for one in found]
    assert stamps == sorted(stamps)
    assert len(stamps) > len(set(stamps)), "no two records share the instant of the mass update"


@pytest.mark.parametrize(
    ("asked", "keeps"),
    [
        ("ge2026-06-30T23:59:59Z", lambda stamp: stamp >= "2026-06-30T23:59:59.000Z"),
        ("gt2026-06-30T23:59:59.000Z", lambda stamp: stamp > "2026-06-30T23:59:59.000Z"),
        ("le2026-06-30T23:59:59.000Z", lambda stamp: stamp <= "2026-06-30T23:59:59.000Z"),
        ("lt2026-06-30T23:59:59.000Z", lambda stamp: stamp < "2026-06-30T23:59:59.000Z"),
        ("ge2026-06-30T19:59:59-04:00", lambda stamp: stamp >= "2026-06-30T23:59:59.000Z"),
        ("ge2026-07", lambda stamp: stamp >= "2026-07-01"),
        ("gt2026-06-30", lambda stamp: stamp >= "2026-07-01"),
        ("lt2026", lambda stamp: stamp < "2026"),
        ("2026-06-30", lambda stamp: stamp.startswith("2026-06-30")),
    ],
)
def test_last_updated_filters_at_its_border(clinic: Running, asked: str, keeps: Keeps) -> None:
    everything = search(clinic.client, "/Appointment?_count=1000")
    wanted = {one["id"] for one in everything if keeps(one["meta"]["lastUpdated"])}
    params = {"_lastUpdated": asked, "_count": "300"}
    url = str(httpx.URL("/Appointment", params=params))
    found = search(clinic.client, url)
    assert wanted
    assert {one["id"] for one in found} == wanted
    assert len(found) == len(wanted)


def test_two_bounds_make_a_window(clinic: Running) -> None:
    url = "/Appointment?_lastUpdated=ge2026-01-01&_lastUpdated=lt2026-02-01&_count=1000"
    found = search(clinic.client, url)
    assert found
    assert {one["meta"]["lastUpdated"][:7] for one in found} == {"2026-01"}


@pytest.mark.parametrize(
    "path",
    [
        "/Consent?_lastUpdated=ge2020",
        "/Consent?_sort=_lastUpdated",
        "/Patient?name=anybody",
        "/Patient?_sort=birthdate",
        "/Patient?_lastUpdated=yesterday",
        "/Patient?_lastUpdated=ne2020",
        "/Patient?_lastUpdated=ge2026-01-01T00:00:00",
        "/Patient?_count=0",
        "/Patient?_count=many",
    ],
)
def test_what_is_not_declared_is_refused(clinic: Running, path: str) -> None:
    answer = clinic.client.get(path)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "not-supported"


def test_next_link_is_opaque_and_must_be_whole(clinic: Running) -> None:
    page = clinic.get("/Patient?_count=3")
    link = next(one["url"] for one in page["link"] if one["relation"] == "next")
    assert link.startswith(f"{clinic.url}?")
    assert "Patient" not in link
    assert clinic.client.get(link[:-9]).status_code == 410


def test_a_search_that_finds_nothing_has_no_entries(clinic: Running) -> None:
    page = clinic.get("/Patient?_lastUpdated=ge2090")
    assert page["total"] == 0
    assert "entry" not in page


def test_reading_one_gives_the_bytes_of_the_search(clinic: Running) -> None:
    page = clinic.client.get("/Observation?_count=1000").text
    entries = json.loads(page, parse_float=str)["entry"]
    ids = [e["resource"]["id"] for e in entries if _value(e["resource"]) == "1.00"]
    assert len(ids) > 5
    for ident in ids:
        alone = clinic.client.get(f"/Observation/{ident}").text
        assert '"value":1.00,' in alone
        assert alone in page


def test_binary_comes_as_resource_or_as_itself(clinic: Running) -> None:
    first = clinic.get("/Binary?_count=1")["entry"][0]["resource"]
    as_resource = clinic.get(f"/Binary/{first['id']}")
    as_itself = clinic.client.get(f"/Binary/{first['id']}", headers={"Accept": "*/*"})
    assert as_resource == first
    assert as_itself.headers["content-type"] == first["contentType"]
    assert as_itself.content[:4] in (b"%PDF", b"\x89PNG")
