"""An accepted proposal adds lines to the map's files, and every byte that was there stays."""

from __future__ import annotations

import difflib
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.extract.propose.landing import Practice, extension, practice

ODD = """\
# Kept: a comment above.
models:
  - name: sf_contact   # and one beside
    config:
      contract:   {enforced: true}
      meta: {salesforce: {sobject: Contact, external_id: Clinic_Id__c}}

    columns:
      - {name: Clinic_Id__c, data_type: string}   # 'quotes' "of" all kinds
      -   name: Notes__c
          data_type:   string
          description: >
            Folded,
            and then

            blank lines.


    # What follows the columns stays behind them.
    data_tests: []
"""


@pytest.fixture
def north(tmp_path: Path) -> Practice:
    made = practice(tmp_path)
    fields = [
        extension("color", "valueCode", "red"),
        extension("aims", "valueCode", "walk"),
        extension("aims", "valueCode", "run, or so"),
        extension("yes", "valueBoolean", True),
        extension("note: it's #1", "valueString", "x"),
    ]
    made.land([fields for _ in range(6)])
    return made


def only_added(before: bytes, after: bytes) -> bool:
    """A diff of the bytes has nothing but additions."""
    blocks = difflib.SequenceMatcher(
        None, before.split(b"\n"), after.split(b"\n"), autojunk=False
    ).get_opcodes()
    return all(kind in {"equal", "insert"} for kind, *_ in blocks)


def test_files_only_grow_and_a_second_time_not_at_all(north: Practice) -> None:
    names = ("sf_contact.yml", "salesforce_picklists.csv")
    before = {name: north.path(name).read_bytes() for name in names}
    shown = north.propose().stdout
    assert north.propose("--write").stdout == shown
    for name in names:
        after = north.path(name).read_bytes()
        assert after != before[name]
        assert only_added(before[name], after)
    assert north.propose("--write").stdout == ""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_comments_quotes_order_and_blank_lines_stay(north: Practice, ending: str) -> None:
    path = north.path("sf_contact.yml")
    odd = ODD.replace("\n", ending).encode()
    path.write_bytes(odd)
    assert north.propose("--write").code == 0
    assert only_added(odd, path.read_bytes())
    assert path.read_bytes().count(b"\r\n") == (
        path.read_bytes().count(b"\n") if "\r" in ending else 0
    )
    (model,) = yaml.safe_load(path.read_bytes())["models"]
    columns = {one["name"]: one for one in model["columns"]}
    assert list(columns)[:2] == ["Clinic_Id__c", "Notes__c"]
    told = columns["Note_It_S_1__c"]["config"]["meta"]["salesforce"]
    assert told["source_custom_field"] == "note: it's #1"
    assert columns["Yes__c"]["config"]["meta"]["salesforce"]["source_custom_field"] == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "models: [{name: sf_contact, columns: []}]",
        "models:\n  - name: sf_contact\n    config: {meta: {salesforce: {sobject: Contact}}}\n"
        "    columns: [{name: A, data_type: string}]\n",
        "- not a mapping",
        "models: {",
    ],
)
def test_a_file_that_cannot_be_added_to_is_refused_and_left(north: Practice, text: str) -> None:
    path = north.path("sf_contact.yml")
    path.write_text(text)
    ran = north.propose("--write")
    assert ran.code == 5
    assert "Error: " in ran.stderr
    assert "Try: " in ran.stderr
    assert path.read_text() == text


def test_value_sets_of_new_picklists_are_rows_of_the_seed(north: Practice) -> None:
    north.propose("--write")
    with duckdb.connect() as db:
        rows = db.execute(
            "select value_set, value, label, sort_order from read_csv(?, all_varchar = true)"
            " where value_set in ('Color', 'Aims') order by all",
            [str(north.path("salesforce_picklists.csv"))],
        ).fetchall()
        sets = db.execute(
            "select value_set from read_csv(?, all_varchar = true)",
            [str(north.path("salesforce_picklists.csv"))],
        ).fetchall()
    assert rows == [
        ("Aims", "run, or so", "run, or so", "1"),
        ("Aims", "walk", "Walk", "2"),
        ("Color", "red", "Red", "1"),
    ]
    assert sets == sorted(sets)
