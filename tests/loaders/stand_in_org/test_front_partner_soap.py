"""The partner service of SOAP: records are taken back out of the recycle bin, each for itself."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import VERSION, OrgClient, serving
from tests.loaders.stand_in_org.soap_calls import ENVELOPE

PARTNER = "urn:partner.soap.sforce.com"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def undelete(org: OrgClient, *ids: str, operation: str = "undelete") -> httpx.Response:
    named = "".join(f"<ids>{each}</ids>" for each in ids)
    body = (
        f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns="{PARTNER}"><e:Header><SessionHeader><sessionId>'
        f"{org.running.token}</sessionId></SessionHeader></e:Header><e:Body><{operation}>{named}"
        f"</{operation}></e:Body></e:Envelope>"
    )
    return org.http.post(
        f"/services/Soap/u/{VERSION}",
        content=body.encode(),
        headers={"Content-Type": "text/xml", "SOAPAction": '""', "Authorization": ""},
    )


def results(answer: httpx.Response) -> list[tuple[str | None, str | None]]:
    """Give the success and the code of each result."""
    assert answer.status_code == 200, answer.text
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - the org's own answer
    names = {"p": PARTNER}
    return [
        (
            each.findtext("p:success", None, names),
            each.findtext("p:errors/p:statusCode", None, names),
        )
        for each in root.iter(f"{{{PARTNER}}}result")
    ]


@pytest.mark.parametrize("contract", ["4.12 undelete only in SOAP, at most 200 ids"])
def test_undelete_takes_back_what_it_can_and_says_why_not(org: OrgClient, contract: str) -> None:
    made = org.http.post(f"/services/data/v{VERSION}/sobjects/Account", json={"Name": "Back"})
    account = made.json()["id"]
    org.http.delete(f"/services/data/v{VERSION}/sobjects/Account/{account}")
    assert results(undelete(org, account[:15], account, "nonsense")) == [
        ("true", None),
        ("false", "UNDELETE_FAILED"),
        ("false", "MALFORMED_ID"),
    ], contract
    there = org.http.get(f"/services/data/v{VERSION}/sobjects/Account/{account}")
    assert there.json()["Name"] == "Back"

    too_many = undelete(org, *[account] * 201)
    assert (too_many.status_code, "EXCEEDED_ID_LIMIT" in too_many.text) == (500, True)
    assert "No operation available" in undelete(org, account, operation="create").text
