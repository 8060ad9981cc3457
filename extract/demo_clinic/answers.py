"""The FHIR documents with which the server answers: bundles, outcomes, its capabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from extract.demo_clinic import dates
from extract.demo_clinic.search import WITHOUT_LAST_UPDATED
from extract.demo_clinic.store import Row

FHIR_JSON = "application/fhir+json"
EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"


def fhir_response(
    body: Any,  # noqa: ANN401 - whatever JSON has
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """Answer with a FHIR document."""
    return Response(
        msgspec.json.encode(body), status_code=status, headers=headers, media_type=FHIR_JSON
    )


def outcome(
    status: int, *, code: str, text: str, headers: dict[str, str] | None = None
) -> Response:
    """Answer with an OperationOutcome."""
    issue = {"severity": "error", "code": code, "diagnostics": text}
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return fhir_response(body, status=status, headers=headers)


def bundle(rows: Sequence[Row], *, kind: str, base: str, total: int, next_url: str) -> Response:
    """Answer with a page of a search; the resources' own bytes go in as they are."""
    links = [{"relation": "self", "url": f"{base}/{kind}"}]
    if next_url:
        links.append({"relation": "next", "url": next_url})
    entries = [
        {
            "fullUrl": f"{base}/{kind}/{row.id}",
            "resource": msgspec.Raw(row.doc),
            "search": {"mode": "match"},
        }
        for row in rows
    ]
    body = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        "link": links,
        "entry": entries,
    }
    if not entries:
        del body["entry"]  # FHIR knows no empty lists
    return fhir_response(body)


def _declared(kind: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
    }
    if kind not in WITHOUT_LAST_UPDATED:
        told["searchParam"] = [{"name": "_lastUpdated", "type": "date"}]
    return told


def capability_statement(kinds: Sequence[str]) -> dict[str, Any]:
    """Declare what each type can be asked for; some cannot be asked for what is new."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": dates.REFERENCE_DAY.isoformat(),
        "kind": "instance",
        "software": {"name": "Invented Practice Manager", "version": "0.1"},
        "implementation": {"description": "The demo clinic: everybody in it is invented"},
        "fhirVersion": "4.0.1",
        "format": ["json", FHIR_JSON],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Authorization: Bearer"},
                "resource": [_declared(kind) for kind in kinds],
                "operation": [{"name": "export", "definition": EXPORT}],
            }
        ],
    }
