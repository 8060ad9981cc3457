"""Calls of Salesforce's SOAP services: the few things that no other interface offers."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from loaders.errors import WrongCredentials
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
        WrongCredentials: the session has ended, and there is no other one.

    """
    try:
        answer = ask(line, _call(org, line, service, operation, inner))
    except WrongCredentials:
        # Other than with REST the session is in the body, which has to be written anew.
        if not line.renew():
            raise
        answer = ask(line, _call(org, line, service, operation, inner))
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - from our org
    return list(root.iter(f"{{{service.namespace}}}result"))


def _call(org: Org, line: OrgLine, service: SoapService, operation: str, inner: str) -> Request:
    body = (
        f'<env:Envelope xmlns:env="{_ENVELOPE}" xmlns="{service.namespace}"><env:Header>'
        f"<SessionHeader><sessionId>{escape(org.session_id)}</sessionId></SessionHeader>"
        f"</env:Header><env:Body><{operation}>{inner}</{operation}></env:Body></env:Envelope>"
    )
    return Request(
        "POST",
        f"/services/Soap/{service.letter}/{line.api_version}",
        safe=True,
        headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'},
        content=body.encode("utf-8"),
    )
