"""Text that was encoded as UTF-8 twice is found and read as it was meant; no other is altered."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT

MACROS = ("once_encoded", "has_text_encoded_twice")
# Letters and signs of Europe, and what lies far from them.
TEXTS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x24F) | st.sampled_from("日本—…€😀\n\t"),
    max_size=12,
)


@cache
def sql_of(macro: str) -> str:
    """Write a macro's expression over the column `value`, as dbt does for DuckDB."""
    source = "".join((ROOT / "macros" / f"{name}.sql").read_text("utf-8") for name in MACROS)
    adapter = SimpleNamespace()
    template = jinja2.Environment(autoescape=False).from_string(source)  # noqa: S701 - SQL
    module = template.make_module({"return": str, "adapter": adapter})
    adapter.dispatch = lambda name: getattr(module, f"duckdb__{name}")
    return str(getattr(module, macro)("value"))


def told(macro: str, values: list[str]) -> list[Any]:
    with duckdb.connect() as database:
        rows = database.execute(
            f"select {sql_of(macro)} from (select unnest($values) as value,"
            " generate_subscripts($values, 1) as place) order by place",
            {"values": values},
        ).fetchall()
    return [one for (one,) in rows]


def encoded_twice(text: str) -> str:
    """Take the bytes of a text for Windows-1252, as MySQL's `latin1` does."""
    return "".join(
        one.decode("cp1252") if one not in b"\x81\x8d\x8f\x90\x9d" else chr(one[0])
        for one in (bytes([byte]) for byte in text.encode())
    )


def western_bytes(text: str) -> bytes:
    """Write a text in Windows-1252; what that does not have stands for itself."""
    return b"".join(
        one.encode("latin-1") if "\x80" <= one <= "\x9f" else one.encode("cp1252") for one in text
    )


def has_letter_beyond_ascii(text: str) -> bool:
    return any(unicodedata.category(one).startswith("L") for one in text if not one.isascii())


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS, min_size=20, max_size=60))
def test_what_was_encoded_twice_is_read_as_it_was_meant(texts: list[str]) -> None:
    read = told("once_encoded", [encoded_twice(text) for text in texts])
    assert read == [text if has_letter_beyond_ascii(text) else None for text in texts]


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS, min_size=20, max_size=60))
def test_no_text_is_altered_that_is_not_the_double_of_another(texts: list[str]) -> None:
    for text, read in zip(texts, told("once_encoded", texts), strict=True):
        assert read is None or (read.encode() == western_bytes(text) and len(read) < len(text))


def test_text_as_people_write_it_stays() -> None:
    texts = ["Renée", "NÃO", "AÇÃO", "Âge", "Müller — ok", "25 °C", "日本", ""]
    partly = [f"{encoded_twice('é')} and {text}é" for text in texts]
    assert told("once_encoded", texts + partly) == [None] * 2 * len(texts)


def test_a_document_is_known_by_any_of_its_texts() -> None:
    documents = [
        {"a": "plain", "b": [{"c": encoded_twice('Ren\\é"e')}]},
        {"a": "Renée", "b": "NÃO"},
        {},
    ]
    texts = [json.dumps(one, ensure_ascii=False) for one in documents]
    assert told("has_text_encoded_twice", texts) == [True, False, False]
