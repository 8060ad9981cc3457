"""What a FHIR server deleted is set aside once it says so, and nothing that it merely left out."""

from __future__ import annotations

from extract.explain import explained
from extract.report import remarks
from tests.extract.conftest import Extract
from tests.extract.small_clinic import SmallClinic, id_of, resource

ASIDE = "select resource_type, id, doc is not null from raw_fhir.deleted order by all"


def landed(extract: Extract, clinic: SmallClinic, *names: str) -> None:
    clinic.put("Patient", *(resource("Patient", name, second=at) for at, name in enumerate(names)))
    extract.run(url=clinic.url)


def leave(clinic: SmallClinic, *names: str) -> None:
    held = clinic.resources["Patient"]
    clinic.resources["Patient"] = [one for one in held if id_of(one) not in names]


def test_a_whole_read_sets_aside_what_the_server_says_is_gone(
    extract: Extract, clinic: SmallClinic
) -> None:
    landed(extract, clinic, "p0", "p1", "p2", "p3", "p4")
    leave(clinic, "p1", "p3")
    searched = extract.run(url=clinic.url)
    assert not searched.deleted.total()
    assert "deletions not looked for since 2026-03-02T00:00:00+00:00: --full" in remarks(searched)
    assert len(extract.ids("patient")) == 5
    extract.slept.append(3600)
    tally = extract.run(url=clinic.url, is_full=True)
    assert not tally.deletions_unseen_since
    assert tally.deleted == {"Patient": 2}
    assert extract.ids("patient") == ["p0", "p2", "p4"]
    assert extract.query(ASIDE) == [("Patient", "p1", True), ("Patient", "p3", True)]
    # It goes on from its cursor, and what is there again is no longer deleted.
    clinic.put("Patient", resource("Patient", "p3", second=9))
    tally = extract.run(url=clinic.url)
    assert tally.new == {"Patient": 1}
    assert explained(tally)["deletions_unseen_since"] == "2026-03-02T01:00:00+00:00"
    assert "_lastUpdated=ge" in clinic.searches()[-2]
    extract.run(url=clinic.url, is_full=True)
    assert extract.query(ASIDE) == [("Patient", "p1", True)]


def test_what_a_shifted_page_left_out_stays_landed(extract: Extract, clinic: SmallClinic) -> None:
    """A record that moves up while pages are read is on none of them, and is there all the same."""
    clinic.is_counted = False
    landed(extract, clinic, "p0", "p1", "p2", "p3", "p4")

    def shift(_type: str, page: int) -> None:
        if page == 0:
            leave(clinic, "p0")

    clinic.after_page = shift
    tally = extract.run(url=clinic.url, is_full=True)
    assert (tally.deleted.total(), len(extract.ids("patient"))) == (0, 5)
    assert "/fhir/Patient/p2" in clinic.requests
    assert "Patient: 1 landed before are not listed any more" in extract.said.getvalue()


def test_what_cannot_be_asked_for_by_id_or_is_refused_stays_landed(
    extract: Extract, clinic: SmallClinic
) -> None:
    landed(extract, clinic, "p0", "p1")
    leave(clinic, "p1")
    clinic.after_page = lambda _type, _page: clinic.forbidden.add("Patient")
    assert not extract.run(url=clinic.url, is_full=True).deleted.total()
    clinic.forbidden.clear()
    clinic.after_page = lambda _type, _page: None
    clinic.never_by_id.add("Patient")
    assert not extract.run(url=clinic.url, is_full=True).deleted.total()
    assert extract.ids("patient") == ["p0", "p1"]


def test_a_type_without_time_is_always_read_whole_and_tells_of_deletions(
    extract: Extract, clinic: SmallClinic
) -> None:
    clinic.untimed.add("Patient")
    landed(extract, clinic, "p0", "p1")
    leave(clinic, "p0")
    assert extract.run(url=clinic.url).deleted == {"Patient": 1}
