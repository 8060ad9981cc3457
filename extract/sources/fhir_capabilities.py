"""Reads what a FHIR server declares that it can do, and asks it for nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from extract.sources.fhir_server import FhirServer, Refusal

LAST_UPDATED = "_lastUpdated"
FORBIDDEN = 403
# Nothing is lost yet: who mistyped an address should hear of it at once.
FIRST_CONTACT_ATTEMPTS = 4


class Named(msgspec.Struct):
    """A search parameter, by name."""

    name: str = ""


class Coded(msgspec.Struct):
    """An interaction, by code."""

    code: str = ""


class DeclaredType(msgspec.Struct):
    """What a server declares about one type."""

    type: str = ""
    interaction: list[Coded] = msgspec.field(default_factory=list)
    searchParam: list[Named] = msgspec.field(default_factory=list)  # noqa: N815 - FHIR's own name


class Rest(msgspec.Struct):
    """The part about REST."""

    resource: list[DeclaredType] = msgspec.field(default_factory=list)
    searchParam: list[Named] = msgspec.field(default_factory=list)  # noqa: N815 - FHIR's own name


class CapabilityStatement(msgspec.Struct):
    """The parts of a CapabilityStatement that matter here."""

    resourceType: str = ""  # noqa: N815 - FHIR's own name
    fhirVersion: str = ""  # noqa: N815 - FHIR's own name
    rest: list[Rest] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Which types there are: to be searched, of them by time, and to be read by id."""

    declared: frozenset[str]
    searchable: tuple[str, ...]
    by_time: frozenset[str]
    readable: frozenset[str]


def read_capabilities(server: FhirServer) -> Capabilities:
    """
    Ask the server what it can do.

    Raises:
        SourceUnavailable: it cannot be asked, or is no FHIR R4 server.

    """
    body = server.get(server.address("metadata"), attempts=FIRST_CONTACT_ATTEMPTS)
    if isinstance(body, Refusal):
        if body.status == FORBIDDEN:
            raise server.wrong_token(body.status)
        raise server.answers_badly(f"has no /metadata (HTTP {body.status})")
    try:
        statement = msgspec.json.decode(body, type=CapabilityStatement)
    except (msgspec.DecodeError, RecursionError):
        raise server.answers_badly("has a /metadata that cannot be read") from None
    if statement.resourceType != "CapabilityStatement" or not statement.rest:
        raise server.answers_badly("does not say what it can do")
    if statement.fhirVersion and not statement.fhirVersion.startswith("4.0"):
        raise server.answers_badly(f"speaks FHIR {statement.fhirVersion}, and R4 (4.0) is needed")
    return capabilities_of(statement)


def capabilities_of(statement: CapabilityStatement) -> Capabilities:
    """Sort the declared types by what can be asked of them."""
    declared = [(rest, each) for rest in statement.rest for each in rest.resource if each.type]
    return Capabilities(
        declared=frozenset(each.type for _, each in declared),
        searchable=tuple(
            sorted({each.type for _, each in declared if allows(each, "search-type")})
        ),
        by_time=frozenset(
            each.type
            for rest, each in declared
            if any(known.name == LAST_UPDATED for known in [*each.searchParam, *rest.searchParam])
        ),
        readable=frozenset(each.type for _, each in declared if allows(each, "read")),
    )


def allows(declared: DeclaredType, interaction: str) -> bool:
    """Tell whether a type allows an interaction."""
    return any(known.code == interaction for known in declared.interaction)
