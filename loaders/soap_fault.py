"""A SOAP service refuses with a status of 500: what tells a refusal from a server that fails."""

from __future__ import annotations

import re

_FAULT = re.compile(rb"<faultcode>\w+:(\w+)</faultcode>")
_FAILS = frozenset({"Server", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION"})


def soap_fault(body: bytes) -> str | None:
    """Give the code with which a SOAP service refused; None where it did not, or failed itself."""
    found = _FAULT.search(body)
    code = found[1].decode() if found else None
    return None if code in _FAILS else code
