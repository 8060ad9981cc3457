"""Resources are cut out in their own bytes, and one bad one does not cost its neighbours."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.quarantine import Reason
from extract.sources.fhir_resources import Unreadable, cut, open_bundle

GOOD = b'{"resourceType":"Observation","id":"o1","valueQuantity":{"value":1.00}}'


def bundle_of(*resources: bytes) -> bytes:
    entries = b" ,\n".join(b'{ "resource" :  %s }' % one for one in resources)
    return b'{"resourceType": "Bundle", "entry": [%s]}' % entries


def cut_of(*resources: bytes) -> tuple[list[bytes], list[Reason]]:
    page = open_bundle(bundle_of(*resources))
    result = cut(page.resources, origin="a", is_utf8=page.is_utf8)
    docs = [doc for columns in result.by_type.values() for doc in columns.docs]
    return docs, [broken.reason for broken in result.broken]


def test_numbers_blanks_and_key_order_stay_as_they_were_sent() -> None:
    odd = b'{ "id" : "o2",\n\t"value":{"value":1.00, "x": 1e2},  "resourceType":"Observation"}'
    assert cut_of(GOOD, odd) == ([GOOD, odd], [])


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
    st.sampled_from([None, 1, 4]),
    st.booleans(),
)
def test_any_resource_is_cut_in_its_own_bytes(
    content: object, indent: int, ascii_only: bool
) -> None:
    value = {"resourceType": "Basic", "id": "x", "content": content}
    try:
        body = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        return
    docs, reasons = cut_of(GOOD, body, GOOD)
    assert docs in ([GOOD, GOOD, body], [GOOD, GOOD])
    assert (docs == [GOOD, GOOD]) == (reasons == [Reason.UNREADABLE_JSON])


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"resourceType":"Patient","id":"\xff"}', Reason.NOT_UTF8),
        (b'{"resourceType":"Patient","id":"p","name":"\\ud83d"}', Reason.UNREADABLE_JSON),
        (b'{"resourceType":"Patient","id":"p","name":"\\ude00 x"}', Reason.UNREADABLE_JSON),
        (b'{"resourceType":"Patient","id":"p","text":"a\nb"}', Reason.UNREADABLE_JSON),
        (b'{"resourceType":"Patient","id":"p","text":"a\x00b"}', Reason.UNREADABLE_JSON),
        (b'{"resourceType":"Patient"}', Reason.NO_ID),
        (b'{"resourceType":"Patient","id":7}', Reason.NO_ID),
        (b'{"resourceType":"Patient","id":""}', Reason.NO_ID),
        (b'{"id":"p"}', Reason.NO_RESOURCE_TYPE),
        (b'"Patient"', Reason.NO_RESOURCE_TYPE),
        (b"null", Reason.NO_RESOURCE),
    ],
)
def test_a_broken_resource_is_put_aside_in_its_own_bytes(broken: bytes, reason: Reason) -> None:
    page = open_bundle(bundle_of(GOOD, broken, GOOD))
    result = cut(page.resources, origin="a", is_utf8=page.is_utf8)
    assert result.by_type["Observation"].docs == [GOOD, GOOD]
    assert [(one.position, one.reason, one.payload) for one in result.broken] == [
        (1, reason, broken)
    ]


def test_line_breaks_around_a_broken_resource_are_nobodys_defect() -> None:
    pretty = b'{\n"resourceType":"Patient",\n\t"id":"p",\r\n"active":true\n}'
    broken = b'{"resourceType":"Patient","id":"q","text":"a \n\t b"}'
    assert cut_of(pretty, broken, pretty) == ([pretty, pretty], [Reason.UNREADABLE_JSON])


def test_a_whole_pair_of_surrogates_is_no_defect() -> None:
    face = b'{"resourceType":"Patient","id":"p","name":"\\ud83d\\ude00"}'
    assert cut_of(face, b'{"resourceType":"Patient","id":"q","name":"\\ud83d"}') == (
        [face],
        [Reason.UNREADABLE_JSON],
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"resourceType":"Patient"}', b'{"resourceType":"Bundle"', b"[" * 100_000],
)
def test_what_is_no_bundle_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        open_bundle(body)


def test_a_resource_nested_too_deeply_is_put_aside() -> None:
    deep = b'{"resourceType":"Patient","id":"p","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    result = cut([GOOD, deep], origin="a", is_utf8=True)
    assert result.by_type["Observation"].docs == [GOOD]
    assert [one.reason for one in result.broken] == [Reason.UNREADABLE_JSON]
