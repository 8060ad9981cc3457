"""Components of an org's metadata, read by their names: what no query tells."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from loaders.errors import OrgRefused
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.schema_xml import NAMESPACE
from loaders.soap import METADATA, soap_results

# The most that one call may name (contract 5.2).
_MOST = 10
# Not this user, or no such thing in this edition; a name that is not there is no refusal.
_NOT_TOLD = frozenset({"INSUFFICIENT_ACCESS", "INVALID_TYPE"})


def read_metadata(
    org: Org, line: OrgLine, kind: str, names: Sequence[str]
) -> dict[str, ElementTree.Element] | None:
    """
    Give the components that are there, by name; None where the org does not tell this user.

    Raises:
        OrgRefused: the service answers with another fault.
        Unavailable: the org cannot be reached.

    """
    found: dict[str, ElementTree.Element] = {}
    for start in range(0, len(names), _MOST):
        asked = "".join(
            f"<fullNames>{escape(name)}</fullNames>" for name in names[start : start + _MOST]
        )
        try:
            results = soap_results(
                org, line, METADATA, "readMetadata", f"<type>{kind}</type>{asked}"
            )
        except OrgRefused as refusal:
            if refusal.code not in _NOT_TOLD:
                raise
            return None
        records = [record for each in results for record in each.findall(tagged("records"))]
        found |= {text_of(record, "fullName"): record for record in records if len(record)}
    return found


def tagged(name: str) -> str:
    """Give a tag as the parser does."""
    return f"{{{NAMESPACE}}}{name}"


def text_of(element: ElementTree.Element, name: str) -> str:
    """Give the text of a child; empty where it is not there."""
    return element.findtext(tagged(name)) or ""
