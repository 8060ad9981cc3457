"""A SOAP service: one address, whatever follows its version, and its operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response

from loaders.stand_in_org import soap
from loaders.stand_in_org.routes import split_path
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.soap import Fault, refused
from loaders.stand_in_org.usage import DAILY_API_REQUESTS
from loaders.stand_in_org.versions import is_spoken
from loaders.stand_in_org.xml_reading import child_text, local

_ADDRESS = ["services", "soap"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation, and who asks for it."""

    site: Site
    user_id: str
    operation: ElementTree.Element

    def text(self, name: str) -> str | None:
        """Give the text of an argument."""
        return child_text(self.operation, name)

    def flag(self, name: str) -> bool:
        """Give a truth argument, false when it is missing."""
        return self.text(name) in ("true", "1")


@dataclass(frozen=True, slots=True)
class Service:
    """A service by the letter in its address."""

    letter: str
    namespace: str
    operations: Mapping[str, Callable[[Asked], object]]

    def is_asked(self, segments: list[str]) -> bool:
        """Tell whether a path is the service's: clients put much behind the version."""
        return [segment.lower() for segment in segments[:3]] == [*_ADDRESS, self.letter]

    def answer(self, site: Site, request: Request, body: bytes) -> Response:
        """Answer one envelope; whatever is wrong with it becomes a fault."""
        try:
            return self._answer(site, split_path(request.scope["raw_path"]), body)
        except Fault as problem:
            return soap.fault(problem)

    def _answer(self, site: Site, segments: list[str], body: bytes) -> Response:
        version = "".join(segments[3:4])
        if not is_spoken(version):
            raise refused("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
        envelope = soap.read(body)
        user_id = site.sessions.user_of(envelope.session_id)
        if user_id is None:
            raise refused(
                "INVALID_SESSION_ID",
                "Invalid Session ID found in SessionHeader: Illegal Session. Session not found,"
                " missing session hash",
            )
        if not site.usage.has_room(DAILY_API_REQUESTS):
            raise refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        site.usage.count(DAILY_API_REQUESTS)
        name = local(envelope.operation)
        if name not in self.operations or envelope.operation.tag != f"{{{self.namespace}}}{name}":
            raise Fault(
                "soapenv:Client",
                f"No operation available for request {envelope.operation.tag}, please check the"
                " WSDL for the service.",
            )
        result = self.operations[name](Asked(site, user_id, envelope.operation))
        return soap.answered(name, result, namespace=self.namespace)
