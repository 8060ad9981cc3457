"""Files over REST: multipart upload, the document made for it, links, and raw download."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

BYTES = b"%PDF-1.4 \x00\x01\xff\r\n not really a document"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def uploaded(org: OrgClient, content: bytes, *, part: str = "entity_content", **fields: str) -> str:
    record = json.dumps({"Title": "Letter", "PathOnClient": "letter.pdf", **fields})
    answer = org.data(
        "POST",
        "sobjects/ContentVersion",
        files={
            part: (None, record, "application/json"),
            "VersionData": ("letter.pdf", content, "application/octet-stream"),
        },
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["id"].startswith("068")
    return str(answer.json()["id"])


def version(org: OrgClient, version_id: str) -> dict[str, object]:
    return org.records(
        "SELECT ContentDocumentId, ContentSize, Checksum, FileExtension, VersionData "
        f"FROM ContentVersion WHERE Id = '{version_id}'"
    )[0]


def test_a_file_comes_back_as_it_was_sent(org: OrgClient) -> None:
    made = uploaded(org, BYTES)
    shown = version(org, made)
    assert shown["ContentSize"] == len(BYTES)
    assert shown["Checksum"] == hashlib.md5(BYTES).hexdigest()  # noqa: S324 the org's own checksum
    assert shown["FileExtension"] == "pdf"
    address = str(shown["VersionData"])
    assert address == f"/services/data/v67.0/sobjects/ContentVersion/{made}/VersionData"
    assert org.http.get(address).content == BYTES
    absent = org.data("GET", "sobjects/ContentVersion/068000000000001AAA/VersionData")
    assert absent.status_code == 404


def test_a_file_of_zero_bytes_is_refused(org: OrgClient) -> None:
    record = json.dumps({"Title": "Empty", "PathOnClient": "empty.txt"})
    answer = org.data(
        "POST",
        "sobjects/ContentVersion",
        files={
            "entity_content": (None, record, "application/json"),
            "VersionData": ("empty.txt", b"", "text/plain"),
        },
    )
    assert (answer.status_code, answer.json()[0]["fields"]) == (400, ["VersionData"])


def test_the_json_part_may_have_any_name(org: OrgClient) -> None:
    assert uploaded(org, BYTES, part="ContentVersion")


def test_a_file_may_come_as_base64_in_json(org: OrgClient) -> None:
    record = {
        "Title": "Text",
        "PathOnClient": "note.txt",
        "VersionData": base64.b64encode(BYTES).decode(),
    }
    made = org.data("POST", "sobjects/ContentVersion", json=record)
    assert made.status_code == 201, made.text
    assert version(org, made.json()["id"])["ContentSize"] == len(BYTES)


def test_a_file_published_to_a_record_is_linked_and_deleted_with_its_document(
    org: OrgClient,
) -> None:
    account = org.data("POST", "sobjects/Account", json={"Name": "Has a File"}).json()["id"]
    made = uploaded(org, BYTES, FirstPublishLocationId=account)
    document = version(org, made)["ContentDocumentId"]
    linked = f"SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '{account}'"
    assert [link["ContentDocumentId"] for link in org.records(linked)] == [document]
    assert org.data("DELETE", f"sobjects/ContentDocument/{document}").status_code == 204
    assert org.records(linked) == []
    assert org.data("GET", f"sobjects/ContentVersion/{made}/VersionData").status_code == 404


def test_a_multipart_request_without_its_file_is_refused(org: OrgClient) -> None:
    answer = org.data(
        "POST",
        "sobjects/ContentVersion",
        files={"entity_content": (None, '{"Title": "x"}', "application/json")},
    )
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (
        400,
        "INVALID_MULTIPART_REQUEST",
    )
