"""Raw SOAP envelopes over HTTP, written and read by hand."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from xml.etree import ElementTree

import httpx

from tests.loaders.stand_in_org.front_org import VERSION, OrgClient, zipped

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
METADATA = "http://soap.sforce.com/2006/04/metadata"
_PREFIXES = {"e": ENVELOPE, "m": METADATA}


class SoapFault(Exception):
    """A fault that the org answered with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.status = status
        self.code = code
        self.message = message


def envelope(operation: str, inner: str, *, token: str) -> str:
    """Write an envelope as the Salesforce CLI does: default namespaces on the parts."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}">'
        f'<soapenv:Header xmlns="{METADATA}"><SessionHeader><sessionId>{token}</sessionId>'
        "</SessionHeader><CallOptions><client>test</client></CallOptions></soapenv:Header>"
        f'<soapenv:Body xmlns="{METADATA}"><{operation}>{inner}</{operation}></soapenv:Body>'
        "</soapenv:Envelope>"
    )


def post(org: OrgClient, text: str, *, suffix: str = "", version: str = VERSION) -> httpx.Response:
    """Post an envelope without a bearer token: SOAP clients have none."""
    return org.http.post(
        f"/services/Soap/m/{version}{suffix}",
        content=text.encode(),
        headers={"Content-Type": "text/xml", "SOAPAction": '""', "Authorization": ""},
    )


def call(
    org: OrgClient, operation: str, inner: str = "", *, suffix: str = ""
) -> ElementTree.Element:
    """Call an operation; give its response element."""
    text = envelope(operation, inner, token=org.running.token)
    return response_of(post(org, text, suffix=suffix), operation)


def response_of(answer: httpx.Response, operation: str) -> ElementTree.Element:
    """Read an answer, raising the fault it may be."""
    assert answer.headers["Content-Type"] == "text/xml;charset=UTF-8"
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - the org's own answer
    fault = root.find("e:Body/e:Fault", _PREFIXES)
    if fault is not None:
        raise SoapFault(
            answer.status_code,
            fault.findtext("faultcode") or "",
            fault.findtext("faultstring") or "",
        )
    assert answer.status_code == 200
    found = root.find(f"e:Body/m:{operation}Response", _PREFIXES)
    assert found is not None, answer.text
    return found


def text(element: ElementTree.Element, path: str) -> str | None:
    """Give the text at a path of names of the metadata namespace."""
    return element.findtext("/".join(f"m:{name}" for name in path.split("/")), None, _PREFIXES)


def every(element: ElementTree.Element, path: str) -> list[ElementTree.Element]:
    """Give all elements at a path of names of the metadata namespace."""
    return element.findall("/".join(f"m:{name}" for name in path.split("/")), _PREFIXES)


def package_text(files: Mapping[str, str]) -> str:
    """Write files as the base64 text of their zip."""
    return base64.b64encode(zipped(files)).decode()


def deploy(
    org: OrgClient, files: Mapping[str, str], *, suffix: str = "", **options: object
) -> ElementTree.Element:
    """Deploy over SOAP and give the finished result."""
    chosen = {"rollbackOnError": True, "singlePackage": True, **options}
    written = "".join(f"<{name}>{str(value).lower()}</{name}>" for name, value in chosen.items())
    begun = call(
        org,
        "deploy",
        f"<ZipFile>{package_text(files)}</ZipFile><DeployOptions>{written}</DeployOptions>",
        suffix=suffix,
    )
    return finished(org, text(begun, "result/id") or "", suffix=suffix)


def finished(org: OrgClient, deploy_id: str, *, suffix: str = "") -> ElementTree.Element:
    """Poll a deploy to its end; give its `result`."""
    inner = f"<asyncProcessId>{deploy_id}</asyncProcessId><includeDetails>true</includeDetails>"
    for _ in range(30):
        answered = call(org, "checkDeployStatus", inner, suffix=suffix)
        if text(answered, "result/done") == "true":
            (result,) = every(answered, "result")
            return result
    raise AssertionError("the deploy did not end")
