"""The axes of an estimate earn the points of their numbers, and the grade follows from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loaders.estimate_axes import Axis, Scale, axes_of, grade, heaviest
from loaders.estimate_facts import EntityFacts, Facts, FileFacts, MartFacts
from loaders.estimate_fit import fit_of
from loaders.estimate_org import OrgFacts
from loaders.estimate_source import Reading
from loaders.mapping import Mapping
from tests.loaders.estimating import NOTHING, mapping_of


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Mapping:
    return mapping_of(tmp_path_factory.mktemp("clinic"))


def axes(mapping: Mapping, facts: Facts, **more: object) -> dict[str, Axis]:
    given: dict[str, object] = {"readings": (), "org": None, **more}
    return {axis.name: axis for axis in axes_of(mapping, facts, **given)}  # type: ignore[arg-type]


def test_an_object_maps_one_to_one_when_one_mart_takes_all_of_it_and_nothing_else(
    mapping: Mapping,
) -> None:
    marts = (
        MartFacts("Account", 3, 1, None),
        MartFacts("Contact", 3, 1, None),
        MartFacts("Insurance_Coverage__c", 2, 1, None),
    )
    entities = (
        EntityFacts(1, "patients", 5, 3),
        EntityFacts(4, "payers", 1, 1),
        EntityFacts(5, "coverages", 4, 2),
        EntityFacts(15, "custom_field_values", 900, 900),
    )
    facts = replace(NOTHING, marts=marts, entities=entities)
    found = fit_of(mapping, facts)
    # Patients become Accounts as well, payers share them, and values of fields are no object.
    assert (found.fitting, found.objects, found.fitting_records) == (1, 3, 4)
    assert axes(mapping, facts)["object fit"].value == "60.0 % not 1:1"
    assert axes(mapping, facts)["object fit"].low == 4
    # The YAML says so, and the mart holds a row that no coverage stands behind.
    more = replace(facts, marts=(*marts[:2], MartFacts("Insurance_Coverage__c", 3, 1, None)))
    assert fit_of(mapping, more).fitting == 0


@pytest.mark.parametrize(
    ("axis", "facts", "points"),
    [
        ("field clarity", {"undecided": tuple("ab")}, 1),
        ("field clarity", {"undecided": tuple("abcdefghi")}, 2),
        ("data quality", {"defective": 4}, 0),
        ("data quality", {"defective": 5}, 1),
        ("data quality", {"defective": 30}, 2),
        ("data quality", {"defective": 100}, 3),
        ("data quality", {"defective": 101}, 4),
        ("volume, skew", {"marts": (MartFacts("Task", 99_999, 1, 10_000),)}, 0),
        ("volume, skew", {"marts": (MartFacts("Task", 99_999, 1, 10_001),)}, 1),
        ("volume, skew", {"marts": (MartFacts("Task", 1_000_000, 1, 1),)}, 2),
        ("volume, skew", {"marts": (MartFacts("Task", 2_000_000, 1, 1),)}, 3),
        ("volume, skew", {"marts": (MartFacts("Task", 2_000_001, 1, 10_001),)}, 4),
        ("files", {"files": FileFacts()}, 0),
        ("files", {"files": FileFacts(files=50_000)}, 2),
        ("files", {"files": FileFacts(files=500_001)}, 4),
        ("files", {"files": FileFacts(files=1, largest=2_000_000_001)}, 4),
    ],
)
def test_axes_earn_the_points_of_their_number(
    mapping: Mapping, axis: str, facts: dict[str, object], points: int
) -> None:
    known = replace(NOTHING, entities=(EntityFacts(1, "patients", 1_000, 1_000),), **facts)  # type: ignore[arg-type]
    found = axes(mapping, known)[axis]
    assert (found.low, found.high) == (points, points)


def test_relations_count_ties_and_mixed_lookups(mapping: Mapping) -> None:
    """The link ties a file to an Account or a Contact: a tie, and a lookup to several objects."""
    found = axes(mapping, NOTHING)["relations"]
    assert (found.value, found.low) == ("2 that cost", 1)
    assert found.inputs.startswith("manifest: 1 n:m objects, 0 second passes, 1 lookups")


def test_what_is_not_known_may_earn_any_points(mapping: Mapping) -> None:
    found = axes(mapping, NOTHING)
    for name in ("object fit", "data quality", "source access", "org side"):
        assert (found[name].low, found[name].high, found[name].value) == (0, 4, "unknown")
    paged = axes(mapping, NOTHING, readings=(Reading("a", "paged", 1, 1, 1.0),))["source access"]
    assert (paged.low, paged.high) == (2, 2)
    # A folder does not say whether it is a dump or was gathered by hand.
    files = axes(mapping, NOTHING, readings=(Reading("a", "files", 1, 0, 0.0),))["source access"]
    assert (files.low, files.high) == (0, 4)
    silent = OrgFacts("UAT", "00D1", {}, {"duplicate rules": 10, "flows": None})
    org = axes(mapping, NOTHING, org=silent)["org side"]
    assert (org.low, org.high) == (2, 4)
    assert "flows: unknown" in org.inputs
    told = axes(mapping, NOTHING, org=OrgFacts("UAT", "00D1", {}, {"flows": 51}))["org side"]
    assert (told.low, told.high) == (4, 4)


def axis(name: str, low: int, high: int | None = None) -> Axis:
    return Axis(name, low, low if high is None else high, "", "", "")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([1, 1, 1, 2], "A"),
        ([3, 3], "B"),
        ([4], "C"),
        ([3, 3, 3, 3], "C"),
        ([3, 3, 3, 3, 3, 3, 1], "D"),
        ([4, 4, 4, 4, 4, 4, 2], "E"),
    ],
)
def test_the_grade_follows_from_the_sum_and_one_full_axis_caps_it(
    points: list[int], expected: str
) -> None:
    assert grade([axis(str(number), each) for number, each in enumerate(points)]) == expected


def test_an_unknown_axis_leaves_two_grades_and_weighs_all_that_it_may() -> None:
    found = [axis("a", 1), axis("b", 0, 4), axis("c", 3), axis("d", 2), axis("e", 0)]
    assert grade(found) == "B to C"
    assert [each.name for each in heaviest(found)] == ["b", "c", "d"]
    # Nothing that costs nothing would lower the grade.
    assert [each.name for each in heaviest([axis("a", 0), axis("b", 1)])] == ["b"]


def test_a_scale_says_its_bounds_in_words_that_fit() -> None:
    assert Scale((1, 50_000, 250_000, 2_000_001)).text == "1 / 50k / 250k / 2M"
