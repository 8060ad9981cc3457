"""A FHIR server is read by its own rules, with patience, and without showing the token around."""

from __future__ import annotations

import email.utils
from datetime import timedelta

import pytest

from extract.errors import (
    ClinicAnswersBadly,
    ClinicTooBusy,
    ClinicUnreachable,
    ExtractError,
    WrongCredentials,
    WrongUsage,
)
from extract.report import exit_code
from tests.extract.conftest import NOW, Extract
from tests.extract.small_clinic import TOKEN, SmallClinic, resource


def fill(clinic: SmallClinic, count: int = 5) -> None:
    clinic.put("Patient", *(resource("Patient", f"p{i}", second=i) for i in range(count)))


def test_every_page_is_read_by_the_servers_own_links(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic, 5)
    tally = extract.run(url=clinic.url)
    assert extract.ids("patient") == [f"p{i}" for i in range(5)]
    assert tally.new == {"Patient": 5}
    first, *following = clinic.searches()
    assert "_sort=_lastUpdated" in first
    assert all(one.startswith("/fhir/next?token=") for one in following)
    assert set(clinic.tokens) == {f"Bearer {TOKEN}"}


def test_a_relative_link_is_followed(extract: Extract, clinic: SmallClinic) -> None:
    clinic.page_link = lambda link: "/fhir/next?" + link.partition("?")[2]
    fill(clinic)
    assert extract.run(url=clinic.url).new["Patient"] == 5


def test_payloads_land_byte_for_byte_over_http(extract: Extract, clinic: SmallClinic) -> None:
    body = b'{ "resourceType":"Observation" ,"id":"o", "valueQuantity": {"value": 1.00 }}'
    clinic.put("Observation", body)
    extract.run(url=clinic.url)
    assert extract.query("select doc from raw_fhir.observation") == [(body.decode(),)]


def test_only_declared_parameters_are_sent(extract: Extract, clinic: SmallClinic) -> None:
    clinic.untimed.add("Consent")
    clinic.put("Consent", resource("Consent", "c1"))
    for _ in range(2):
        extract.run(url=clinic.url)
    assert all("_sort" not in one and "_lastUpdated" not in one for one in clinic.searches())


def test_types_that_are_not_declared_are_not_asked_for(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 1)
    extract.run(url=clinic.url)
    assert len(clinic.searches()) == 1


def test_other_types_are_counted_by_the_server(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic, 1)
    clinic.put("Encounter", resource("Encounter", "e1"), resource("Encounter", "e2"))
    assert extract.run(url=clinic.url).not_taken == {"Encounter": 2}
    assert extract.query("select resource_type, resources, reason from raw_fhir.not_taken") == [
        ("Encounter", 2, "no_clinic_entity")
    ]


def test_a_busy_server_is_given_the_time_that_it_asks_for(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    date = email.utils.format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    clinic.trouble.extend(
        [(429, {"Retry-After": "7"}, b""), (503, {"Retry-After": date}, b""), "cut off"]
    )
    assert extract.run(url=clinic.url).new["Patient"] == 5
    assert extract.slept[:2] == [7.0, 83.0]
    assert "trying again in 7 s" in extract.said.getvalue()


def test_a_limit_that_does_not_say_how_long_is_given_half_a_minute(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.after_page = lambda _type, page: clinic.trouble.extend([(429, {}, b"")] * 5 * (not page))
    assert extract.run(url=clinic.url).new["Patient"] == 5
    assert (len(extract.slept), sum(extract.slept)) == (5, pytest.approx(30, abs=2))


def test_a_connection_that_breaks_in_the_middle_of_a_page_loses_nothing(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.after_page = lambda _type, page: clinic.trouble.append("cut") if page == 0 else None
    assert extract.run(url=clinic.url).new["Patient"] == 5


def test_a_server_that_stays_busy_is_an_error(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic)
    clinic.trouble.extend([(503, {"Retry-After": "0"}, b"")] * 20)
    with pytest.raises(ClinicTooBusy):
        extract.run(url=clinic.url)
    assert extract.slept


def test_a_server_that_asks_for_days_is_not_waited_for(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.trouble.append((429, {"Retry-After": "90000"}, b""))
    with pytest.raises(ClinicTooBusy):
        extract.run(url=clinic.url)
    assert extract.slept == []


def test_an_unreachable_clinic_is_an_error(extract: Extract) -> None:
    with pytest.raises(ClinicUnreachable) as failure:
        extract.run(url="http://127.0.0.1:9/fhir")
    assert failure.value.exit_code == 5


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_wrong_token_is_an_error(
    extract: Extract, clinic: SmallClinic, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("SOURCES__FHIR__TOKEN", token)
    fill(clinic)
    with pytest.raises(WrongCredentials) as failure:
        extract.run(url=clinic.url)
    assert failure.value.exit_code == 5
    assert "SOURCES__FHIR__TOKEN" in failure.value.hint


def test_a_type_that_the_server_refuses_is_reported_and_the_rest_lands(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.put("Claim", resource("Claim", "c1"))
    clinic.forbidden.add("Claim")
    tally = extract.run(url=clinic.url)
    assert (tally.new["Patient"], tally.refused, exit_code(tally)) == (5, ["Claim"], 4)
    assert extract.query("select resource_type, resources, reason from raw_fhir.not_taken") == [
        ("Claim", None, "refused_by_server")
    ]


def test_a_server_that_refuses_everything_is_a_matter_of_the_token(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.forbidden.add("Patient")
    with pytest.raises(WrongCredentials):
        extract.run(url=clinic.url)


def test_the_token_is_not_sent_to_another_host(extract: Extract, clinic: SmallClinic) -> None:
    clinic.page_link = lambda link: link.replace("127.0.0.1", "localhost")
    fill(clinic)
    with pytest.raises(ClinicAnswersBadly, match="another address"):
        extract.run(url=clinic.url)
    assert len(clinic.searches()) == 1


def test_a_link_that_is_no_address_is_an_error(extract: Extract, clinic: SmallClinic) -> None:
    clinic.page_link = lambda _link: "http://clinic.example:port/"
    fill(clinic)
    with pytest.raises(ClinicAnswersBadly, match="no address"):
        extract.run(url=clinic.url)


def test_a_redirect_is_not_followed(extract: Extract, clinic: SmallClinic) -> None:
    clinic.trouble.append((302, {"Location": "http://localhost:9/"}, b""))
    with pytest.raises(ClinicAnswersBadly, match="redirect"):
        extract.run(url=clinic.url)


def test_links_that_run_in_a_circle_are_an_error(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic, 9)
    clinic.page_link = lambda link: link.partition("?")[0] + "?token=Patient-1-0"
    with pytest.raises(ClinicAnswersBadly, match="circle"):
        extract.run(url=clinic.url)


@pytest.mark.parametrize(
    "trouble",
    [
        (200, {}, b"<html>"),
        (200, {}, b'{"resourceType": "Patient"}'),
        (200, {}, b"[]"),
        (404, {}, b""),
    ],
)
def test_what_is_no_fhir_server_is_an_error(
    extract: Extract, clinic: SmallClinic, trouble: tuple[int, dict[str, str], bytes]
) -> None:
    clinic.trouble.append(trouble)
    with pytest.raises(ClinicAnswersBadly):
        extract.run(url=clinic.url)


def test_another_version_of_fhir_is_an_error(extract: Extract, clinic: SmallClinic) -> None:
    clinic.fhir_version = "5.0.0"
    fill(clinic)
    with pytest.raises(ClinicAnswersBadly, match="R4"):
        extract.run(url=clinic.url)


def test_a_page_that_stays_unreadable_is_an_error_and_not_an_end(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.spoil = lambda body: body[:-1]
    with pytest.raises(ClinicAnswersBadly, match="Patient"):
        extract.run(url=clinic.url)
    assert extract.ids("patient") == []


def test_a_broken_resource_on_a_page_is_quarantined_and_the_rest_lands(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 3)
    clinic.put(
        "Patient",
        b'{"resourceType": "Patient", "meta": {"lastUpdated": "2026-03-01T10:00:01.5Z"}}',
        b'{"resourceType": "Patient", "id": "x", "name": "\\ud83d"}',
    )
    tally = extract.run(url=clinic.url)
    assert extract.ids("patient") == ["p0", "p1", "p2"]
    assert exit_code(tally) == 4
    assert extract.query(
        "select origin, resource_type, reason from raw_fhir.quarantined order by reason"
    ) == [("Patient", "Patient", "no_id"), ("Patient", None, "unreadable_json")]
    extract.run(url=clinic.url, is_full=True)
    extract.run(url=clinic.url)
    assert extract.query("select count(*) from raw_fhir.quarantined") == [(2,)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "paper"}, "no source"),
        ({"system": "North Clinic"}, "system's name"),
        ({"url": "ehr.example"}, "https://"),
        ({"url": "http://[::bad"}, "https://"),
        ({}, "no address"),
        ({"url": "http://127.0.0.1:9", "patients": 3}, "--patients"),
    ],
)
def test_words_that_make_no_sense_are_refused(
    extract: Extract, options: dict[str, object], message: str
) -> None:
    with pytest.raises(WrongUsage, match=message) as failure:
        extract.run(**options)
    assert failure.value.exit_code == 2


def test_no_error_shows_the_token_or_a_record(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic)
    clinic.spoil = lambda body: body[:-1]
    with pytest.raises(ExtractError) as failure:
        extract.run(url=clinic.url)
    said = f"{failure.value} {failure.value.hint} {extract.said.getvalue()}"
    assert TOKEN not in said
    assert "p1" not in said
