"""Contract 2.6: how a job's file is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import broken, errors, insert, made, raw, upsert
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

UNESCAPED = (
    "InvalidBatch : Failed to parse CSV. Found unescaped quote. "
    "A value with quote should be within a quote"
)
ENDING = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "


def stored(org: OrgClient, key: str, *names: str) -> list[object]:
    (record,) = org.records(f"SELECT {', '.join(names)} FROM {THING} WHERE Key__c = '{key}'")
    return [record[name] for name in names]


@pytest.mark.contract("2.6-1", "2.11-1", "2.11-3")
def test_a_byte_order_mark_fails_the_job(org: OrgClient) -> None:
    marked = broken(org, b"\xef\xbb\xbfTitle__c\nA\n")
    assert marked == "InvalidBatch : Field name not found : \ufeffTitle__c"
    assert broken(org, b'\xef\xbb\xbf"Title__c"\nA\n') == UNESCAPED


@pytest.mark.contract("2.6-1")
def test_text_beyond_ascii_arrives_as_it_was_sent(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    assert not insert(org, "Key__c,Title__c", f"{key('utf')},Zoë 𝄞 李").failed
    assert stored(org, key("utf"), "Title__c") == ["Zoë 𝄞 李"]


@pytest.mark.contract("2.6-2")
def test_headers_fit_in_any_letter_case_and_values_are_not_trimmed(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    done = insert(org, "KEY__C,title__c,Open_Key__c", f"{key('t')}, Smith,x")
    assert made(done)
    assert done.successful[0]["title__c"] == " Smith"


@pytest.mark.contract("2.6-2", "2.6-1")
def test_a_space_beside_a_quote_fails_its_row_only(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    first, second, third = key("a"), key("b"), key("c")
    done = insert(
        org, "Key__c,Title__c", f'{first}, "Smith"', f'{second},"Q ""x"", y"', f'{third},"S" '
    )
    assert done.info["state"] == "JobComplete"
    assert {row["Key__c"]: row["Title__c"] for row in done.failed} == {
        first: ' "Smith"', third: '"S" ',
    }  # fmt: skip
    assert all("Found unescaped quote" in row["sf__Error"] for row in done.failed)
    assert [row["Title__c"] for row in done.successful] == ['Q "x", y']


@pytest.mark.contract("2.6-2", "2.11-3")
def test_quotes_are_doubled_and_closed(org: OrgClient) -> None:
    assert broken(org, b'Title__c\nA "b" c\n') == UNESCAPED
    assert broken(org, b'Title__c\n"A\nB\n') == (
        "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
    )
    done = insert(org, "Title__c,Mail__c", '"He said ""no"""')
    # One cell for two columns.
    assert done.info["state"] == "Failed"


@pytest.mark.contract("2.6-3", "2.11-4")
def test_line_ends_are_those_that_were_announced_inside_quotes_too(org: OrgClient) -> None:
    for content in (b"Title__c\r\nA\r\n", b'Title__c\n"A\r\nB"\n'):
        assert broken(org, content) == ENDING + "LF"
    for content in (b"Title__c\nA\n", b'Title__c\r\n"A\nB"\r\n'):
        assert broken(org, content, lineEnding="CRLF") == ENDING + "CRLF"
    done = insert(org, "Title__c", '"two\nlines"')
    assert done.successful[0]["Title__c"] == "two\nlines"


@pytest.mark.contract("2.6-4")
def test_an_empty_cell_leaves_a_value_and_na_clears_it(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    mine = key("n")
    header = "Key__c,Title__c,Kind__c,Flag__c"
    assert not upsert(org, header, f"{mine},Old,One,").failed
    # Not sent: the default.
    assert stored(org, mine, "Flag__c") == [False]
    assert not upsert(org, header, f"{mine},,#N/A,true").failed
    assert stored(org, mine, "Title__c", "Kind__c", "Flag__c") == ["Old", None, True]
    one = org.records(f"SELECT Id FROM {THING} WHERE Key__c = '{mine}'")[0]["Id"]
    assert not org.job(THING, "update", f"Id,Title__c\n{one},\n").failed
    assert stored(org, mine, "Title__c") == ["Old"]
    assert not org.job(THING, "update", f"Id,Title__c\n{one},#N/A\n").failed
    assert stored(org, mine, "Title__c") == [None]


DATES = {"2024-02-29": "2024-02-29", "1940-06-07Z": "1940-06-07"}
MOMENTS = {
    "2024-05-06T07:08:09.123Z": "2024-05-06T07:08:09.123+0000",
    "2024-05-06T07:08:09Z": "2024-05-06T07:08:09.000+0000",
    "2024-05-06T07:08:09.123+02:00": "2024-05-06T05:08:09.123+0000",
    "2024-05-06T07:08:09-05:00": "2024-05-06T12:08:09.000+0000",
}
NO_DATES = ("2023-02-29", "06/07/1940", "1940-06-07+02:00", "19400607", "2024-05-06T07:08:09Z")
NO_MOMENTS = ("2024-05-06", "2024-05-06 07:08:09Z", "2024-05-06T25:00:00Z", "1715000000000")


@pytest.mark.contract("2.6-5", "2.10-10")
def test_dates_and_moments_have_their_forms(org: OrgClient, key: Callable[[str], str]) -> None:
    good = [("Day__c", text, want) for text, want in DATES.items()]
    good += [("Moment__c", text, want) for text, want in MOMENTS.items()]
    bad = [("Day__c", text) for text in NO_DATES] + [("Moment__c", text) for text in NO_MOMENTS]
    rows = [
        f"{key('d')}-{n},{text if name == 'Day__c' else ''},{text if name != 'Day__c' else ''}"
        for n, (name, text, *_) in enumerate([*good, *bad])
    ]
    done = insert(org, "Key__c,Day__c,Moment__c", *rows)
    assert (len(done.successful), len(done.failed)) == (len(good), len(bad))
    for n, (name, _, want) in enumerate(good):
        assert stored(org, f"{key('d')}-{n}", name) == [want]
    said = {row["Key__c"]: row["sf__Error"] for row in done.failed}
    for n, (name, text) in enumerate(bad, len(good)):
        label = name.removesuffix("__c")
        assert said[f"{key('d')}-{n}"] == (
            f"INVALID_TYPE_ON_FIELD_IN_RECORD:{label}: value not of required type: {text}:{name} --"
        )


@pytest.mark.contract("2.6-6", "2.9-5")
def test_numbers_may_be_written_with_an_exponent(org: OrgClient, key: Callable[[str], str]) -> None:
    rows = [f"{key('x')}-{n},{text}" for n, text in enumerate(("1.5E3", "-2e-1", "12"))]
    assert not insert(org, "Key__c,Amount__c", *rows).failed
    found = [stored(org, f"{key('x')}-{n}", "Amount__c")[0] for n in range(3)]
    assert found == [1500.0, -0.2, 12.0]
    assert len(insert(org, "Amount__c", '"1,500"', "1.500 EUR", "NaN").failed) == 3


@pytest.mark.contract("2.6-6")
@pytest.mark.both_ways("numeric_booleans", True, False)
def test_booleans_are_true_and_false_and_perhaps_digits(
    org: OrgClient, way: bool, key: Callable[[str], str]
) -> None:
    done = insert(
        org, "Key__c,Flag__c",
        *(f"{key('b')}-{text},{text}" for text in ("true", "FALSE", "yes", "2")),
    )  # fmt: skip
    assert {row["Flag__c"] for row in done.failed} == {"yes", "2"}
    digits = insert(org, "Key__c,Flag__c", f"{key('b')}-1,1", f"{key('b')}-0,0")
    assert (len(digits.successful), len(digits.failed)) == ((2, 0) if way else (0, 2))


@pytest.mark.contract("2.6-7")
@pytest.mark.both_ways("likely_texts", True, False)
def test_a_delete_file_holds_ids_and_nothing_else(org: OrgClient, way: bool) -> None:
    one = made(insert(org, "Title__c", "Stays"))
    message = broken(org, f"Id,Title__c\n{one},x\n".encode(), operation="delete")
    assert (message == "InvalidBatch : The 'delete' batch must contain only ids") is way
    assert str(message).startswith("InvalidBatch : ")
    done = org.job(THING, "delete", f"id\n{one}\n")
    assert errors(done) == []
    assert (
        raw(org, done.info["id"], "successfulResults").splitlines()[1] == f'"{one}","false","{one}"'
    )
