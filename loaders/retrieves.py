"""What metadata an org has: listed and retrieved by SOAP, the only way that it is given out."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.sax.saxutils import escape

from loaders.job_wait import wait_until
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.org_metadata import text_of
from loaders.soap import METADATA, soap_results

_INSTALLED = "installed"


@dataclass(frozen=True, slots=True)
class Listed:
    """A component, and when somebody changed it last."""

    full_name: str
    changed: str
    # It came with a package of somebody else, who may replace it.
    is_installed: bool


def list_components(org: Org, line: OrgLine, kind: str) -> tuple[Listed, ...]:
    """List the components of a type, by name."""
    query = f"<queries><type>{kind}</type></queries><asOfVersion>{line.api_version}</asOfVersion>"
    found = (
        Listed(
            full_name=text_of(each, "fullName"),
            changed=text_of(each, "lastModifiedDate"),
            is_installed=text_of(each, "manageableState") == _INSTALLED,
        )
        for each in soap_results(org, line, METADATA, "listMetadata", query)
    )
    return tuple(sorted(found, key=_full_name))


def _full_name(listed: Listed) -> str:
    return listed.full_name


def retrieve(org: Org, line: OrgLine, kind: str, names: Iterable[str]) -> dict[str, bytes]:
    """
    Retrieve components as the org writes them, byte by byte, by their names.

    Raises:
        JobStillRunning: it did not end in time.

    """
    members = "".join(f"<members>{escape(name)}</members>" for name in sorted(names))
    asked = (
        f"<retrieveRequest><apiVersion>{line.api_version}</apiVersion>"
        "<singlePackage>true</singlePackage>"
        f"<unpackaged><types>{members}<name>{kind}</name></types>"
        f"<version>{line.api_version}</version></unpackaged></retrieveRequest>"
    )
    (started,) = soap_results(org, line, METADATA, "retrieve", asked)
    content = _wait(org, line, text_of(started, "id"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            PurePosixPath(path).stem: archive.read(path)
            for path in archive.namelist()
            if path != "package.xml" and not path.endswith("/")
        }


def _wait(org: Org, line: OrgLine, retrieve_id: str) -> bytes:
    asked = f"<asyncProcessId>{escape(retrieve_id)}</asyncProcessId><includeZip>true</includeZip>"
    (result,) = wait_until(
        line,
        retrieve_id,
        lambda: soap_results(org, line, METADATA, "checkRetrieveStatus", asked),
        ended=lambda results: text_of(results[0], "done") == "true",
        state=lambda results: text_of(results[0], "status"),
    )
    return base64.b64decode(text_of(result, "zipFile"))
