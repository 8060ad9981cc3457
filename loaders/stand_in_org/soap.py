"""SOAP envelopes: read whatever the prefixes, answered as the original's services do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from starlette.responses import Response

from loaders.stand_in_org.xml_reading import BadXml, child_text, local, read_xml

METADATA = "http://soap.sforce.com/2006/04/metadata"
PARTNER = "urn:partner.soap.sforce.com"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_MEDIA_TYPE = "text/xml;charset=UTF-8"


class Fault(Exception):
    """A refused SOAP call; the code carries its prefix (`sf:INVALID_TYPE`)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Xml:
    """A part of the answer that is XML already, and names its own type."""

    type: str
    text: str


class Nil:
    """A part of the answer that says that there is nothing."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who calls, and what."""

    session_id: str
    operation: ElementTree.Element


def refused(code: str, message: str) -> Fault:
    """Give the service's own fault: the code stands in the code and before the words."""
    return Fault(f"sf:{code}", f"{code}: {message}")


def read(body: bytes) -> Envelope:
    """
    Read a request.

    Raises:
        Fault: it is no XML, no envelope, or asks for nothing.

    """
    try:
        root = read_xml(body)
    except BadXml as problem:
        raise Fault("soapenv:Client", f"Unable to parse the request: {problem}") from problem
    parts = {local(part): part for part in root}
    if root.tag != f"{{{_ENVELOPE}}}Envelope" or "Body" not in parts:
        raise Fault("soapenv:VersionMismatch", f"Only SOAP 1.1 envelopes are read: {root.tag}")
    operation = next(iter(parts["Body"]), None)
    if operation is None:
        raise Fault("soapenv:Client", "The body of the envelope is empty")
    headers = {local(header): header for header in parts.get("Header", ())}
    session_id = child_text(headers.get("SessionHeader"), "sessionId") or ""
    return Envelope(session_id, operation)


def answered(operation: str, result: object, *, namespace: str) -> Response:
    """Answer `<operation>Response` with its result; a list becomes one `result` for each."""
    inner = "".join(_rendered("result", result))
    body = f"<{operation}Response>{inner}</{operation}Response>"
    return _response(body, spaces=f'xmlns="{namespace}" xmlns:xsi="{INSTANCE}"', status=200)


def fault(problem: Fault) -> Response:
    """Answer a fault."""
    code, message = escape(problem.code), escape(problem.message)
    body = (
        f"<soapenv:Fault><faultcode>{code}</faultcode>"
        f"<faultstring>{message}</faultstring></soapenv:Fault>"
    )
    return _response(body, spaces=f'xmlns:sf="{METADATA}"', status=500)


def _response(body: str, *, spaces: str, status: int) -> Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" {spaces}>'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    return Response(text.encode("utf-8"), status, media_type=_MEDIA_TYPE)


def _rendered(name: str, value: object) -> list[str]:
    """Write a value as elements of this name; nothing for what is null or an empty list."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for one in value for text in _rendered(name, one)]
    if isinstance(value, Nil):
        return [f'<{name} xsi:nil="true"/>']
    kind = f' xsi:type="{value.type}"' if isinstance(value, Xml) else ""
    return [f"<{name}{kind}>{_content(value)}</{name}>"]


def _content(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Xml():
            return value.text
        case Mapping():
            return _children(value)
    return escape(str(value))


def _children(value: Mapping[str, object]) -> str:
    return "".join(text for key, inner in value.items() for text in _rendered(key, inner))
