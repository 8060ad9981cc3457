"""Files: versions, documents, links (contract 4.9)."""

from __future__ import annotations

import hashlib

import pytest

from tests.loaders.stand_in_org.engine_org import Bench


def _version(bench: Bench, **cells: str) -> str:
    return bench.insert(
        "ContentVersion", **{"PathOnClient": "scan 1.PDF", "VersionData": "YWJj", **cells}
    )


def test_file_gets_document_checksum_and_link(clinic: Bench) -> None:
    contact = clinic.insert("Contact", LastName="a")
    made = _version(clinic, FirstPublishLocationId=contact)
    columns = "Title, FileExtension, FileType, ContentSize, Checksum, VersionNumber, IsLatest"
    checksum = hashlib.md5(b"abc", usedforsecurity=False).hexdigest()
    assert clinic.rows(f"SELECT {columns} FROM ContentVersion") == [
        ("scan 1", "pdf", "PDF", 3, checksum, "1", True)
    ]
    assert clinic.org.file_path(made).read_bytes() == b"abc"
    assert clinic.rows("SELECT Title, LatestPublishedVersionId FROM ContentDocument") == [
        ("scan 1", made)
    ]
    assert clinic.rows("SELECT LinkedEntityId, ShareType FROM ContentDocumentLink ORDER BY Id") == [
        (clinic.org.admin_user_id, "I"),
        (contact, "V"),
    ]


def test_new_version_of_a_document(clinic: Bench) -> None:
    first = _version(clinic)
    document = str(clinic.one("SELECT ContentDocumentId FROM ContentVersion"))
    second = _version(clinic, ContentDocumentId=document, VersionData="ZGVm")
    assert clinic.rows("SELECT Id, VersionNumber, IsLatest FROM ContentVersion ORDER BY Id") == [
        (first, "1", False),
        (second, "2", True),
    ]
    assert clinic.one("SELECT LatestPublishedVersionId FROM ContentDocument") == second


def test_link_is_there_once(clinic: Bench) -> None:
    contact = clinic.insert("Contact", LastName="a")
    _version(clinic, FirstPublishLocationId=contact)
    document = str(clinic.one("SELECT Id FROM ContentDocument"))
    link = {"ContentDocumentId": document, "LinkedEntityId": contact, "ShareType": "V"}
    assert clinic.refused("ContentDocumentLink", **link).code == "DUPLICATE_VALUE"


REFUSED_FILES = {
    "no-path": ({"VersionData": "YQ=="}, "PathOnClient"),
    "no-body": ({"PathOnClient": "a.txt"}, "VersionData"),
    "not-base64": ({"PathOnClient": "a.txt", "VersionData": "%%%"}, "VersionData"),
}


@pytest.mark.parametrize(("cells", "name"), REFUSED_FILES.values(), ids=REFUSED_FILES.keys())
def test_file_is_refused(clinic: Bench, cells: dict[str, str], name: str) -> None:
    assert clinic.refused("ContentVersion", **cells).fields == (name,)
