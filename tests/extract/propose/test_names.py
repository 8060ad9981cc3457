"""Names are what Salesforce takes, unlike each other, and the same in whatever order."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from extract.propose.names import NAME_LENGTH, api_name, api_names, label, value_set_name

# Contract 14: letters, digits, single underscores, a letter first, none of `_` at the end.
FIELD_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
SOURCES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.text("ab12_- 'é", max_size=50),
        st.sampled_from(["shoe_size", "shoe-size", "Shoe Size", "shoeSize", "SHOE_SIZE"]),
    ),
    unique=True,
    max_size=12,
)


@given(SOURCES, st.sets(st.sampled_from(["Shoe_Size", "A", "MRN"])))
def test_every_name_is_valid_and_unique_and_free(sources: list[str], taken: set[str]) -> None:
    made = api_names(sources, taken=taken)
    assert set(made) == set(sources)
    for name in made.values():
        assert FIELD_NAME.fullmatch(name), name
        assert len(name) <= NAME_LENGTH
    lower = [name.lower() for name in made.values()]
    assert len(set(lower)) == len(lower)
    assert not set(lower) & {name.lower() for name in taken}


@given(SOURCES)
def test_order_of_the_fields_changes_no_name(sources: list[str]) -> None:
    assert api_names(sources, taken=()) == api_names(reversed(sources), taken=())


@given(st.text(max_size=80))
def test_labels_and_value_sets_fit(source: str) -> None:
    assert 0 < len(label(source)) <= 40
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", value_set_name(api_name(source)))


def test_names_read_like_those_that_people_write() -> None:
    assert api_name("treatment_plan_start") == "Treatment_Plan_Start"
    assert api_name("shoeSize") == "Shoe_Size"
    assert api_name("größe (cm)") == "Groe_Cm"
    assert api_name("2nd visit") == "F_2nd_Visit"
    assert label("treatment_plan_start") == "Treatment Plan Start"


def test_names_that_coincide_are_told_apart_by_what_they_are() -> None:
    alone = api_names(["shoe_size"], taken=())
    both = api_names(["shoe_size", "shoe-size"], taken=())
    late = api_names(["shoe-size"], taken=["shoe_SIZE"])
    assert alone["shoe_size"] == "Shoe_Size"
    assert len({name.lower() for name in both.values()}) == 2
    assert late["shoe-size"] == both["shoe-size"] != "Shoe_Size"
