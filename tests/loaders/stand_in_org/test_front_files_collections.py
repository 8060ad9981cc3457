"""Many files in one request: Collections with binary parts (contract 4.4, 4.9)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import httpx
import pytest

from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.front_org import OrgClient, serving

Record = dict[str, object]
Parts = list[tuple[str, tuple[str | None, bytes, str]]]


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    data = tmp_path_factory.mktemp("org")
    with serving(data, settings=Settings(collection_files_mb=1)) as client:
        yield client


def record(number: int, **more: object) -> Record:
    attributes: Record = {
        "type": "ContentVersion",
        "binaryPartName": f"binaryPart{number}",
        "binaryPartNameAlias": "VersionData",
    }
    return {"attributes": attributes, "Title": f"Letter {number}", **more}


def bare(**values: object) -> Record:
    return {"attributes": {"type": "ContentVersion"}, **values}


def body_of(number: int) -> bytes:
    return b"%PDF-1.4 \x00\xff\r\n " + str(number).encode()


def part(number: int, content: bytes | None = None) -> tuple[str, tuple[str | None, bytes, str]]:
    content = body_of(number) if content is None else content
    return (f"binaryPart{number}", (f"letter-{number}.pdf", content, "application/octet-stream"))


def collection(records: list[Record], *, all_or_none: bool = False) -> Parts:
    content = json.dumps({"allOrNone": all_or_none, "records": records}).encode()
    return [("collection", (None, content, "application/json"))]


def send(org: OrgClient, form: Parts) -> httpx.Response:
    return org.data("POST", "composite/sobjects", files=form)


def count(org: OrgClient) -> int:
    return len(org.records("SELECT Id FROM ContentVersion"))


@pytest.mark.parametrize("amount", [1, 200], ids=["contract 4.9: one", "contract 4.4: 200"])
def test_files_of_one_request_come_back_as_they_were_sent_in_its_order(
    org: OrgClient, amount: int
) -> None:
    form = collection([record(number) for number in range(amount)])
    # The parts' own order says nothing: a record names its part.
    form += [part(number) for number in reversed(range(amount))]
    answer = send(org, form)
    assert answer.status_code == 200, answer.text
    saved = answer.json()
    assert [(one["success"], one["errors"]) for one in saved] == [(True, [])] * amount
    shown = {
        str(row["Id"]): row
        for row in org.records("SELECT Id, Title, Checksum, PathOnClient FROM ContentVersion")
    }
    for number, one in enumerate(saved):
        row = shown[one["id"]]
        assert row["Title"] == f"Letter {number}"
        assert row["PathOnClient"] == f"letter-{number}.pdf"
        assert row["Checksum"] == hashlib.md5(body_of(number)).hexdigest()  # noqa: S324 the org's
    last = f"/services/data/v67.0/sobjects/ContentVersion/{saved[-1]['id']}/VersionData"
    assert org.http.get(last).content == body_of(amount - 1)


def test_contract_4_4_a_refused_file_leaves_the_others_and_keeps_its_place(org: OrgClient) -> None:
    records = [record(0), record(1, ContentDocumentId="069000000000001AAA"), record(2), bare()]
    form = [*collection(records), part(0), part(1), part(2, b"")]
    good, astray, empty, nothing = send(org, form).json()
    assert good["success"]
    assert astray["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    assert empty["errors"][0]["fields"] == ["VersionData"]
    assert nothing["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"


def test_contract_4_4_all_or_none_keeps_no_file_of_a_request_with_a_bad_one(
    org: OrgClient,
) -> None:
    before = count(org)
    form = [*collection([record(0), record(1)], all_or_none=True), part(0), part(1, b"")]
    first, second = send(org, form).json()
    assert first["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert second["errors"][0]["fields"] == ["VersionData"]
    assert count(org) == before


def named(**attributes: object) -> Record:
    return {"attributes": {"type": "ContentVersion", **attributes}, "Title": "x"}


BROKEN: dict[str, Parts] = {
    "a part that is not there": [*collection([record(0), record(1)]), part(0)],
    "a part that no record names": [*collection([record(0)]), part(0), part(1)],
    "two parts of one name": [*collection([record(0)]), part(0), part(0)],
    "two records with one part": [*collection([record(0), record(0)]), part(0)],
    "a part without file name": [
        *collection([record(0)]),
        ("binaryPart0", (None, b"text", "text/plain")),
    ],
    "a name without its field": [*collection([named(binaryPartName="binaryPart0")]), part(0)],
    "a field without its name": [*collection([named(binaryPartNameAlias="VersionData")]), part(0)],
    "a body given twice": [*collection([record(0, VersionData="eA==")]), part(0)],
    "the JSON after the files": [part(0), *collection([record(0)])],
}


@pytest.mark.parametrize("form", BROKEN.values(), ids=[f"contract 4.9: {name}" for name in BROKEN])
def test_a_form_whose_names_do_not_answer_each_other_is_refused_whole(
    org: OrgClient, form: Parts
) -> None:
    before = count(org)
    answer = send(org, form)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_MULTIPART_REQUEST")
    assert count(org) == before


def test_contract_4_9_a_record_cannot_name_a_part_where_there_is_no_form(org: OrgClient) -> None:
    answer = org.data("POST", "composite/sobjects", json={"records": [record(0)]})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_MULTIPART_REQUEST")


def test_contract_4_9_only_a_base64_field_takes_a_part(org: OrgClient) -> None:
    wanted = named(binaryPartName="binaryPart0", binaryPartNameAlias="Title")
    answer = send(org, [*collection([wanted]), part(0)])
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_contract_4_4_not_more_than_200_files_in_one_request(org: OrgClient) -> None:
    form = collection([record(number) for number in range(201)])
    answer = send(org, [*form, *(part(number) for number in range(201))])
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_contract_4_9_the_files_of_a_request_have_a_limit_together(org: OrgClient) -> None:
    half = b"x" * (512 * 1024)
    form = [*collection([record(0), record(1)]), part(0, half), part(1, half)]
    assert [one["success"] for one in send(org, form).json()] == [True, True]
    over = [*collection([record(0), record(1)]), part(0, half), part(1, half + b"x")]
    answer = send(org, over)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (413, "REQUEST_ENTITY_TOO_LARGE")
    assert Settings().collection_files_mb == 500
