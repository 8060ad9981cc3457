"""Calls of Salesforce's SOAP services: the few things that no other interface offers."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from loaders.org_connection import Org
from loaders.org_line import OrgLine, Request, ask
from loaders.schema_xml import NAMESPACE

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class SoapService:
    """A service, by the letter in its address."""

    letter: str
    namespace: str


METADATA = SoapService("m", NAMESPACE)
PARTNER = SoapService("u", "urn:partner.soap.sforce.com")


def soap_results(
    org: Org, line: OrgLine, service: SoapService, operation: str, inner: str
) -> list[ElementTree.Element]:
    """
    Call an operation that can be called twice without harm, and give its results.

    Raises:
        OrgRefused: the service answers with a fault.

    """
    body = (
        f'<env:Envelope xmlns:env="{_ENVELOPE}" xmlns="{service.namespace}"><env:Header>'
        f"<SessionHeader><sessionId>{escape(org.access_token)}</sessionId></SessionHeader>"
        f"</env:Header><env:Body><{operation}>{inner}</{operation}></env:Body></env:Envelope>"
    )
    request = Request(
        "POST",
        f"/services/Soap/{service.letter}/{line.api_version}",
        safe=True,
        headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'},
        content=body.encode("utf-8"),
    )
    root = ElementTree.fromstring(ask(line, request).content)  # noqa: S314 - from our org
    return list(root.iter(f"{{{service.namespace}}}result"))
