"""Shield: which encryption an org takes, and which PHI no field encryption covers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from loaders.contract import Column, Mapping, Mart
from loaders.deploys import deploy_package
from loaders.describe import ObjectDescribe
from loaders.errors import DeployRefused
from loaders.org_line import OrgLine
from loaders.schema_fields import ENCRYPTABLE_TYPES, NOT_ENCRYPTED, encryption_scheme, is_key
from loaders.schema_package import Package, package_of
from loaders.schema_xml import Pair, render

_PROBE = "Contact"
# Salesforce Help, "Which Standard Fields Can I Encrypt?"; of an address, street and city only.
_STANDARD = {
    "Account": {"Name", "Phone", "Fax", "Website", "Description", "BillingStreet", "BillingCity",
                "ShippingStreet", "ShippingCity"},
    "Contact": {"FirstName", "MiddleName", "LastName", "Email", "Phone", "MobilePhone", "HomePhone",
                "OtherPhone", "Fax", "Title", "Description", "MailingStreet", "MailingCity",
                "OtherStreet", "OtherCity"},
    "Event": {"Subject", "Description"},
    "Lead": {"FirstName", "MiddleName", "LastName", "Company", "Email", "Phone", "MobilePhone",
             "Fax", "Title", "Description", "Street", "City"},
    "Opportunity": {"Name", "Description", "NextStep"},
    "Task": {"Subject", "Description"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A PHI field that a deploy does not encrypt, and why."""

    sobject: str
    field: str
    type: str
    reason: str


def uncovered_phi(mapping: Mapping) -> tuple[Uncovered, ...]:
    """List the PHI fields that no field encryption of ours covers, in the mapping's order."""
    return tuple(
        Uncovered(mart.sobject, column.name, column.sf_type, reason)
        for mart in mapping.marts
        for column in mart.columns
        if column.phi and (reason := not_encrypted_because(mart, column))
    )


def not_encrypted_because(mart: Mart, column: Column) -> str | None:
    """Say why a PHI field has no scheme of ours; nothing when it has one."""
    if not column.custom:
        return _standard_reason(mart, column)
    if encryption_scheme(mart, column):
        return None
    if column.sf_type not in ENCRYPTABLE_TYPES:
        return f"a {column.sf_type} cannot be encrypted field by field"
    if is_key(mart, column):
        return "records are found by it"
    return "the mapping asks for none"


def _standard_reason(mart: Mart, column: Column) -> str:
    if column.name == "VersionData":
        return "a file: switch on Encrypt Files and Attachments in Setup"
    if column.name in _STANDARD.get(mart.sobject, ()):
        return "a standard field: choose it in Setup, Encryption Policy"
    return "a standard field that Shield does not encrypt"


def refused_schemes(line: OrgLine, mapping: Mapping) -> dict[str, str]:
    """
    Ask an org which of the schemes of the mapping it does not take, and why, in its own words.

    A field of each is validated and never made. An org without Shield refuses them all: a load is
    possible without them, and whoever runs it has to know.
    """
    wanted = sorted(set(_schemes(mapping)))
    if not wanted:
        return {}
    names = {f"Encryption_Check_{number}__c": scheme for number, scheme in enumerate(wanted, 1)}
    try:
        deploy_package(line, _probe(names), name="an encryption check", check_only=True)
    except DeployRefused as refused:
        return {
            names[each.full_name.removeprefix(f"{_PROBE}.")]: each.problem
            for each in refused.failures
        }
    return {}


def without_schemes(
    mapping: Mapping, schemes: Collection[str], described: dict[str, ObjectDescribe]
) -> Mapping:
    """
    Give the mapping without what an org does not take.

    A field that is encrypted stays so: a deploy that said nothing of it would lay its values open.
    """
    marts = (
        _without(mart, schemes, described.get(mart.sobject)) if schemes else mart
        for mart in mapping.marts
    )
    return replace(mapping, marts=tuple(marts))


def _without(mart: Mart, schemes: Collection[str], described: ObjectDescribe | None) -> Mart:
    there = described.fields if described else {}
    encrypted = {name for name, field in there.items() if field.encrypted}
    columns = (
        replace(column, encryption=NOT_ENCRYPTED)
        if encryption_scheme(mart, column) in schemes and column.name not in encrypted
        else column
        for column in mart.columns
    )
    return replace(mart, columns=tuple(columns))


def _schemes(mapping: Mapping) -> Iterator[str]:
    for mart in mapping.marts:
        for column in mart.columns:
            if scheme := encryption_scheme(mart, column):
                yield scheme


def _probe(names: dict[str, str]) -> Package:
    fields: list[Pair] = [("fields", _probe_field(name, names[name])) for name in names]
    members = {"CustomField": [f"{_PROBE}.{name}" for name in names]}
    return package_of({f"objects/{_PROBE}.object": render("CustomObject", fields)}, members)


def _probe_field(name: str, scheme: str) -> list[Pair]:
    return [
        ("fullName", name),
        ("encryptionScheme", scheme),
        ("label", "Encryption Check"),
        ("length", "40"),
        ("type", "Text"),
    ]
